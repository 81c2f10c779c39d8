using Google.OrTools.LinearSolver;

namespace Pool.Rounds;

/// <summary>
/// The tangle with parts of services allowed (a linear programme, GLOP of Google OR-Tools): what it costs is a bound, and
/// mostly close to the best plan, because it counts the people of a partner at every instant at which a service may begin.
/// </summary>
/// <param name="Weight">No plan's open seats weigh less.</param>
/// <param name="Bound">No plan costs less.</param>
/// <param name="Spent">The part of the bound that is not for open seats.</param>
/// <param name="Excess">Of each turn: how much more than the bound a plan costs that takes it, if its open seats weigh no more.</param>
internal sealed record TangleBound(long Weight, long Bound, long Spent, IReadOnlyList<long> Excess)
{
    /// <summary>Costs are counted in rings: the programme is exact to some digits only, and they are to be the right ones.</summary>
    private const double Ring = 1 << 22;

    /// <summary>What floating point may be wrong by.</summary>
    private const double Precision = 1e-6;

    /// <returns>Null where the programme was not solved in time.</returns>
    public static TangleBound? Of(RoundProblem problem, IReadOnlyList<Stint> stints, Tangle tangle, IReadOnlyList<Turn> turns, TimeSpan limit)
    {
        using var solver = Solver.CreateSolver("GLOP");
        solver.SetTimeLimit((long)Math.Max(0, limit.TotalMilliseconds));
        var turned = turns.Select(turn => solver.MakeNumVar(0, problem.Options[turn.Option].People, "")).ToList();
        var open = Constrain(solver, problem, stints, tangle, turns, turned);

        var objective = solver.Objective();
        objective.SetMinimization();
        foreach (var (seats, weight) in open)
        {
            objective.SetCoefficient(seats, weight);
        }

        if (solver.Solve() != Solver.ResultStatus.OPTIMAL)
        {
            return null;
        }

        // Weights are whole; so is the least of them.
        var least = (long)Math.Ceiling(objective.Value() - (Precision * Math.Max(1, objective.Value())));
        var asLight = solver.MakeConstraint(double.NegativeInfinity, Math.Max(least, objective.Value() + Precision), "");
        objective.Clear();
        objective.SetMinimization();
        foreach (var (seats, weight) in open)
        {
            asLight.SetCoefficient(seats, weight);
        }

        for (var turn = 0; turn < turns.Count; turn++)
        {
            objective.SetCoefficient(turned[turn], problem.Options[turns[turn].Option].Cost / Ring);
        }

        if (solver.Solve() != Solver.ResultStatus.OPTIMAL)
        {
            return null;
        }

        var wrong = Precision * Math.Max(1, objective.Value());
        var spent = (long)(Math.Max(0, objective.Value() - wrong) * Ring);
        return new(
            least, (least * RoundCost.OfWeight(problem.Seats)) + spent, spent, [.. turned.Select(variable => (long)((variable.ReducedCost() - wrong) * Ring))]);
    }

    /// <returns>Of each demand: its open seats, and what one weighs.</returns>
    private static List<(Variable Seats, int Weight)> Constrain(
        Solver solver, RoundProblem problem, IReadOnlyList<Stint> stints, Tangle tangle, IReadOnlyList<Turn> turns, List<Variable> turned)
    {
        var seats = tangle.Demands.ToDictionary(demand => demand, demand => solver.MakeConstraint(problem.Demands[demand].Seats, problem.Demands[demand].Seats, ""));
        var open = new List<(Variable Seats, int Weight)>();
        foreach (var (demand, constraint) in seats)
        {
            open.Add((solver.MakeNumVar(0, problem.Demands[demand].Seats, ""), RoundCost.Weight(problem.Demands[demand].Urgency)));
            constraint.SetCoefficient(open[^1].Seats, 1);
        }

        foreach (var option in Enumerable.Range(0, turns.Count).GroupBy(turn => turns[turn].Option))
        {
            var once = solver.MakeConstraint(0, problem.Options[option.Key].People, "");
            foreach (var turn in option)
            {
                seats[problem.Options[option.Key].Demand].SetCoefficient(turned[turn], 1);
                once.SetCoefficient(turned[turn], 1);
            }
        }

        foreach (var (people, together) in Turn.AtTheSameTime(problem, stints, tangle, turns))
        {
            var room = solver.MakeConstraint(0, people, "");
            foreach (var turn in together)
            {
                room.SetCoefficient(turned[turn], 1);
            }
        }

        return open;
    }
}
