using Pool.Values;

namespace Pool.Rounds;

/// <summary>A service that an option may have: at one of its starts.</summary>
internal readonly record struct Turn(int Option, TimeWindow Slot)
{
    /// <summary>Every turn of the tangle's options.</summary>
    public static List<Turn> Of(RoundProblem problem, Tangle tangle) =>
    [
        .. tangle.Options.SelectMany(option => problem.Options[option].Starts.Select(start => new Turn(option, TimeWindow.From(start, problem.Demands[problem.Options[option].Demand].Duration)))),
    ];

    /// <summary>
    /// The turns of one partner that share an instant, for every instant that counts: at the others no others share it. With
    /// each, how many people the partner has.
    /// </summary>
    public static IEnumerable<(int People, List<int> Turns)> AtTheSameTime(RoundProblem problem, IReadOnlyList<Stint> stints, Tangle tangle, IReadOnlyList<Turn> turns)
    {
        var ofPartner = Enumerable.Range(0, turns.Count).ToLookup(turn => problem.Options[turns[turn].Option].Partner);
        foreach (var partner in tangle.Stints.Select(stint => stints[stint].Partner).Distinct())
        {
            foreach (var at in ofPartner[partner].Select(turn => turns[turn].Slot.Start).Distinct().Order())
            {
                var together = ofPartner[partner].Where(turn => turns[turn].Slot.Start <= at && at < turns[turn].Slot.End).ToList();
                if (together.Count > 1)
                {
                    yield return (problem.People[partner], together);
                }
            }
        }
    }
}
