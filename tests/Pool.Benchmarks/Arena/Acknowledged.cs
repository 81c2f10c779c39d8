using Pool.Auditing;

namespace Pool.Benchmarks.Arena;

/// <summary>The demands of which clients were told as proposed, and as settled; or those that are stored.</summary>
internal sealed record Acknowledged(IReadOnlySet<Guid> Proposed, IReadOnlySet<Guid> Settled)
{
    public const string ProposalMade = "demand.proposal-made";
    public const string AssignmentSettled = "demand.assignment-settled";

    /// <summary>What of all that clients were told is not there, a sentence each.</summary>
    public IEnumerable<string> Lacks(Acknowledged told)
    {
        if (told.Proposed.Count(demand => !Proposed.Contains(demand)) is var proposed and > 0)
        {
            yield return $"I5: of {told.Proposed.Count} proposals that clients were told of {proposed} are not stored.";
        }

        if (told.Settled.Count(demand => !Settled.Contains(demand)) is var settled and > 0)
        {
            yield return $"I5: of {told.Settled.Count} settled demands that clients were told of {settled} are not stored.";
        }
    }
}

/// <summary>The demands of a pool's journal that were proposed, and those that were settled.</summary>
internal sealed class StoredDemands
{
    private readonly HashSet<Guid> _proposed = [];
    private readonly HashSet<Guid> _settled = [];

    public Acknowledged All => new(_proposed, _settled);

    public void Take(JournalRow happened)
    {
        if (happened.Type == Acknowledged.ProposalMade)
        {
            _proposed.Add(Demand(happened));
        }
        else if (happened.Type == Acknowledged.AssignmentSettled)
        {
            _settled.Add(Demand(happened));
        }
    }

    private static Guid Demand(JournalRow happened) => Guid.Parse(happened.Stream.AsSpan(happened.Stream.IndexOf('/') + 1));
}
