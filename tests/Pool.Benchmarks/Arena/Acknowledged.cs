namespace Pool.Benchmarks.Arena;

/// <summary>How many demands clients were told of as proposed, and as settled; or how many of them are stored.</summary>
internal sealed record Acknowledged(long Proposed, long Settled)
{
    public const string ProposalMade = "demand.proposal-made";
    public const string AssignmentSettled = "demand.assignment-settled";

    public static readonly Acknowledged Nothing = new(0, 0);

    /// <param name="type">Of an event of the pool's journal.</param>
    public Acknowledged With(string type) => type switch
    {
        ProposalMade => this with { Proposed = Proposed + 1 },
        AssignmentSettled => this with { Settled = Settled + 1 },
        _ => this,
    };

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
