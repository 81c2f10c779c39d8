namespace Pool.Rounds;

/// <summary>
/// A part of a round that has nothing to do with the rest of it, and in which the plan costs more than the flow: mostly the
/// demands of one skill and day.
/// </summary>
/// <param name="Bound">What the flow costs in it.</param>
internal sealed record Tangle(IReadOnlyList<int> Demands, IReadOnlyList<int> Stints, IReadOnlyList<int> Options, long Bound)
{
    public static List<Tangle> Of(RoundProblem problem, List<Stint> stints, int[] flow, Timetable timetable)
    {
        var parts = Parts(problem, stints);
        var tangles = new List<Tangle>();
        foreach (var part in Enumerable.Range(0, stints.Count).GroupBy(stint => parts[problem.Demands.Length + stint]))
        {
            var options = part.SelectMany(stint => stints[stint].Options).ToList();
            var tangle = new Tangle([.. options.Select(option => problem.Options[option].Demand).Distinct()], [.. part], options, 0);
            var bound = tangle.Cost(problem, option => flow[option]);
            if (tangle.Cost(problem, timetable) > bound)
            {
                tangles.Add(tangle with { Bound = bound });
            }
        }

        return tangles;
    }

    /// <summary>What a plan costs in it.</summary>
    public long Cost(RoundProblem problem, Timetable timetable) => Cost(problem, option => timetable.Of(option)?.People ?? 0);

    /// <summary>How much the seats weigh that a plan leaves open in it.</summary>
    public long OpenWeight(RoundProblem problem, Timetable timetable) => OpenWeight(problem, option => timetable.Of(option)?.People ?? 0);

    private long Cost(RoundProblem problem, Func<int, int> people) =>
        Options.Sum(option => people(option) * problem.Options[option].Cost) + (OpenWeight(problem, people) * RoundCost.OfWeight(problem.Seats));

    private long OpenWeight(RoundProblem problem, Func<int, int> people) =>
        Demands.Sum(demand => (long)problem.Demands[demand].Seats * RoundCost.Weight(problem.Demands[demand].Urgency))
        - Options.Sum(option => (long)people(option) * RoundCost.Weight(problem.Demands[problem.Options[option].Demand].Urgency));

    /// <summary>Of each demand, then of each stint: a number that those share who have to do with each other.</summary>
    private static int[] Parts(RoundProblem problem, List<Stint> stints)
    {
        var above = Enumerable.Range(0, problem.Demands.Length + stints.Count).ToArray();
        for (var stint = 0; stint < stints.Count; stint++)
        {
            foreach (var option in stints[stint].Options)
            {
                above[Root(problem.Options[option].Demand)] = Root(problem.Demands.Length + stint);
            }
        }

        return [.. above.Select(Root)];

        int Root(int at)
        {
            while (above[at] != at)
            {
                at = above[at] = above[above[at]];
            }

            return at;
        }
    }
}
