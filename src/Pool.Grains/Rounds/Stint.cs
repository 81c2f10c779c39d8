namespace Pool.Rounds;

/// <summary>A stretch of a partner's time within which its options may get into each other's way; those of two stretches never do.</summary>
/// <param name="Partner">The partner's place in the problem.</param>
/// <param name="People">How many people it has.</param>
/// <param name="Options">The options that lie in it, as places in the problem.</param>
/// <param name="Turns">How many services one person has time for, at the most; they may well be fewer.</param>
internal sealed record Stint(int Partner, int People, IReadOnlyList<int> Options, int Turns)
{
    /// <summary>The stints of every partner.</summary>
    public static List<Stint> Of(RoundProblem problem)
    {
        var ofPartner = new List<int>?[problem.People.Length];
        for (var option = 0; option < problem.Options.Length; option++)
        {
            (ofPartner[problem.Options[option].Partner] ??= []).Add(option);
        }

        var stints = new List<Stint>();
        for (var partner = 0; partner < ofPartner.Length; partner++)
        {
            stints.AddRange(OfPartner(problem, partner, ofPartner[partner] ?? []));
        }

        return stints;
    }

    private static IEnumerable<Stint> OfPartner(RoundProblem problem, int partner, List<int> options)
    {
        options.Sort((one, other) => problem.Options[one].Starts[0].CompareTo(problem.Options[other].Starts[0]) is var order and not 0 ? order : one.CompareTo(other));
        var (from, end) = (0, DateTimeOffset.MinValue);
        for (var at = 0; at < options.Count; at++)
        {
            if (at > from && problem.Options[options[at]].Starts[0] >= end)
            {
                yield return Stretch(at);
                from = at;
            }

            var ends = problem.Options[options[at]].Starts[^1] + Length(problem, options[at]);
            end = end > ends ? end : ends;
        }

        if (from < options.Count)
        {
            yield return Stretch(options.Count);
        }

        Stint Stretch(int until)
        {
            var together = options.GetRange(from, until - from);
            return new(partner, problem.People[partner], together, MostTurns(problem, together));
        }
    }

    public static TimeSpan Length(RoundProblem problem, int option) => problem.Demands[problem.Options[option].Demand].Duration.ToTimeSpan();

    private static int MostTurns(RoundProblem problem, List<int> options)
    {
        var lastStart = options.Max(option => problem.Options[option].Starts[^1]);
        var firstEnd = options.Min(option => problem.Options[option].Starts[0] + Length(problem, option));
        if (lastStart < firstEnd)
        {
            // Whenever they begin, there is an instant that all of them share.
            return 1;
        }

        var span = options.Max(option => problem.Options[option].Starts[^1] + Length(problem, option)) - problem.Options[options[0]].Starts[0];
        return Math.Min(options.Count, (int)(span / options.Min(option => Length(problem, option))));
    }
}
