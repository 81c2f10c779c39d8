using Pool.Auditing;

namespace Pool.Benchmarks.Arena;

/// <summary>How many demands clients were told of as proposed, and as settled; or how many of them are stored.</summary>
internal sealed record Acknowledged(long Proposed, long Settled)
{
    public const string ProposalMade = "demand.proposal-made";
    public const string AssignmentSettled = "demand.assignment-settled";

    /// <summary>What of all that clients were told is not there, a sentence each.</summary>
    public IEnumerable<string> Lacks(Acknowledged told)
    {
        if (told.Proposed > Proposed)
        {
            yield return $"I5: clients were told of {told.Proposed} proposals, and {Proposed} are stored.";
        }

        if (told.Settled > Settled)
        {
            yield return $"I5: clients were told of {told.Settled} settled demands, and {Settled} are stored.";
        }
    }
}

/// <summary>The demands of a pool's journal that were proposed, and those that were settled, each once.</summary>
internal sealed class StoredDemands
{
    private readonly HashSet<string> _proposed = [];
    private readonly HashSet<string> _settled = [];

    public Acknowledged Count => new(_proposed.Count, _settled.Count);

    public void Take(JournalRow happened)
    {
        if (happened.Type == Acknowledged.ProposalMade)
        {
            _proposed.Add(happened.Stream);
        }
        else if (happened.Type == Acknowledged.AssignmentSettled)
        {
            _settled.Add(happened.Stream);
        }
    }
}
