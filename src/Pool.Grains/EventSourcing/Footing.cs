namespace Pool.EventSourcing;

/// <summary>An append that is queued and not known to be durable.</summary>
/// <param name="Sequence">Those of its activation: broken where it does not become durable.</param>
/// <param name="Outcome">Ends when it is durable.</param>
internal readonly record struct Undurable(AppendSequence Sequence, Task Outcome);

/// <summary>
/// What one call rests on, and then its answer: appends of this process that are not durable yet. Neither call nor answer waits
/// for them, because the journal writes what the one who is told appends after them, or, where they fail, not at all. In
/// another process nothing of it is known.
/// </summary>
[GenerateSerializer, Immutable, Alias("pool.Footing")]
public sealed class Footing
{
    [NonSerialized]
    private readonly IReadOnlyCollection<Undurable>? _asked;

    [NonSerialized]
    private readonly List<Undurable> _answered = [];

    [Id(0)]
    private readonly bool _isFirm;

    internal Footing(IReadOnlyCollection<Undurable> asked) => (_asked, _isFirm) = (asked, asked.Count == 0);

    private Footing(bool isFirm) => _isFirm = isFirm;

    /// <summary>Whether it was made in this process, so that the answer may be ahead, too.</summary>
    internal bool IsHere => _asked is not null;

    /// <summary>What the call rests on.</summary>
    /// <exception cref="NoFootingException">It rests on something, and was made in another process.</exception>
    internal IReadOnlyCollection<Undurable> Asked => _asked ?? (_isFirm ? [] : throw new NoFootingException());

    /// <summary>What its answer rests on.</summary>
    internal IReadOnlyCollection<Undurable> Answered => _answered;

    internal void Answer(Undurable append) => _answered.Add(append);

    /// <summary>The same as it arrives in another process.</summary>
    public Footing Elsewhere() => new(_isFirm);
}

/// <summary>The actor is in another process than its caller: what the call rests on must be durable first.</summary>
[GenerateSerializer, Alias("pool.NoFootingException")]
public sealed class NoFootingException() : Exception("The call rests on what only its caller's process knows.");
