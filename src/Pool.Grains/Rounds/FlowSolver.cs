using Google.OrTools.Graph;

namespace Pool.Rounds;

/// <summary>
/// A round as a flow of seats to stints at the least cost (Google OR-Tools). It knows how many services a stint holds, not
/// when they are: where the count is right, it is the optimum, and else no plan is better.
/// </summary>
internal static class FlowSolver
{
    /// <returns>Of each option: how many people serve by it.</returns>
    public static int[] Solve(RoundProblem problem, IReadOnlyList<Stint> stints)
    {
        var sink = problem.Demands.Length + stints.Count;
        var flow = new MinCostFlow(sink + 1, problem.Options.Length + sink);
        var arcs = new int[problem.Options.Length];
        for (var stint = 0; stint < stints.Count; stint++)
        {
            var node = problem.Demands.Length + stint;
            foreach (var option in stints[stint].Options)
            {
                var (demand, people, cost) = (problem.Options[option].Demand, problem.Options[option].People, problem.Options[option].Cost);
                arcs[option] = flow.AddArcWithCapacityAndUnitCost(demand, node, people, cost);
            }

            flow.AddArcWithCapacityAndUnitCost(node, sink, stints[stint].People * stints[stint].Turns, 0);
        }

        for (var demand = 0; demand < problem.Demands.Length; demand++)
        {
            var (seats, urgency) = (problem.Demands[demand].Seats, problem.Demands[demand].Urgency);
            flow.AddArcWithCapacityAndUnitCost(demand, sink, seats, RoundCost.OfWeight(problem.Seats) * RoundCost.Weight(urgency));
            flow.SetNodeSupply(demand, seats);
        }

        flow.SetNodeSupply(sink, -problem.Seats);
        var status = flow.Solve();
        return status == MinCostFlowBase.Status.OPTIMAL
            ? [.. arcs.Select(arc => (int)flow.Flow(arc))]
            : throw new InvalidOperationException($"The flow of a round was not solved: {status}.");
    }
}
