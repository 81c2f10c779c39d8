using System.Diagnostics;
using System.Globalization;

namespace Pool.Rounds;

/// <summary>
/// Who serves whom, and when, where windows overlap (CP-SAT of Google OR-Tools). A linear programme says what cannot be
/// beaten. The best plan is looked for among the turns that the programme likes best; if it leaves more open than must be, the
/// lightest open seats among all turns; and at last the least cost among all that can still be part of a better plan, which
/// proves how good it is.
/// </summary>
internal sealed class TangleSolver(RoundProblem problem, IReadOnlyList<Stint> stints, Tangle tangle, Timetable timetable, TimeSpan limit, int processors)
{
    /// <summary>Turns of the first searches for each seat, besides those of the plan that there is.</summary>
    private const int LikelyTurns = 24;

    /// <summary>More turns than this are not looked at in one model: it would not be built in time.</summary>
    private const int MostTurns = 200_000;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<Turn> _turns = Turn.Of(problem, tangle);

    private TimeSpan Left => limit - Stopwatch.GetElapsedTime(_began);

    /// <summary>Changes the timetable to the best plan that it finds for the tangle.</summary>
    /// <returns>A bound: no plan of the tangle costs less.</returns>
    public long Solve()
    {
        if (_turns.Count > MostTurns || TangleBound.Of(problem, stints, tangle, _turns, Left) is not { } relaxed)
        {
            return tangle.Bound;
        }

        var (likely, weight) = (Likely(relaxed), relaxed.Weight);
        Model(likely).Solve(relaxed.Bound, timetable, Parameters(Left / 2));
        if (tangle.OpenWeight(problem, timetable) > weight)
        {
            weight = Model(All).LeaveOpen(weight, timetable, Parameters(Left / 2));
            Model(likely).Spend(tangle.OpenWeight(problem, timetable), timetable, Parameters(Left / 2));
        }

        var open = tangle.OpenWeight(problem, timetable);
        var bound = weight == relaxed.Weight ? relaxed.Bound : weight * RoundCost.OfWeight(problem.Seats);
        var spare = tangle.Cost(problem, timetable) - bound;
        if (spare <= 0 || open > weight)
        {
            // Where it is not proved which seats stay open, nothing can be proved of the cost.
            return bound;
        }

        var useful = weight == relaxed.Weight ? All.Where(turn => relaxed.Excess[turn] <= spare) : All;
        return Math.Max(bound, (open * RoundCost.OfWeight(problem.Seats)) + Model(useful).Spend(open, timetable, Parameters(Left)));
    }

    private IEnumerable<int> All => Enumerable.Range(0, _turns.Count);

    /// <summary>The tangle with some turns only, and with those of the plan that there is.</summary>
    private TangleModel Model(IEnumerable<int> turns) => new(
        problem, stints, tangle,
        [.. turns.Union(All.Where(turn => timetable.Of(_turns[turn].Option)?.Slot == _turns[turn].Slot)).Order().Select(turn => _turns[turn])], timetable);

    private List<int> Likely(TangleBound relaxed) =>
    [
        .. All
            .GroupBy(turn => problem.Options[_turns[turn].Option].Demand)
            .SelectMany(demand => demand.OrderBy(turn => relaxed.Excess[turn]).Take(LikelyTurns * problem.Demands[demand.Key].Seats)),
    ];

    private string Parameters(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"max_time_in_seconds:{Math.Max(0, time.TotalSeconds)},num_workers:{Math.Max(1, processors)},random_seed:1,linearization_level:2");
}
