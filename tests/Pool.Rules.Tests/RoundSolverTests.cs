using Pool.Demands;
using Pool.Rounds;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class RoundSolverTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_one_seat_each_at_one_hour_a_round_costs_what_the_linear_sum_assignment_costs(int seed)
    {
        var (problem, costs) = SomeRound.OfOneHour(seed, demands: 60, partners: 96);
        var plan = Sound(problem, RoundSolver.Solve(problem, Limit, processors: 1));

        Assert.Equal((60, SomeRound.LinearSum(costs), SomeRound.LinearSum(costs)), (plan.Seats, plan.Cost, plan.Bound));
    }

    [Fact]
    public void With_seats_teams_and_overlapping_windows_a_round_costs_what_the_best_of_all_plans_costs()
    {
        for (var seed = 1; seed <= 400; seed++)
        {
            var problem = SomeRound.Tangled(seed);
            var plan = Sound(problem, RoundSolver.Solve(problem, Limit, processors: 1));
            Assert.Equal((seed, BestOfAll(problem)), (seed, plan.Cost));
            Assert.True(plan.Bound <= plan.Cost, $"seed {seed}: {plan.Bound} is no bound of {plan.Cost}");
        }
    }

    [Fact]
    public void The_same_problem_has_the_same_plan()
    {
        var problem = SomeRound.OfADay(3, demands: 20, partners: 20, optionsEach: 8);
        var (once, again) = (RoundSolver.Solve(problem, Limit, processors: 1), RoundSolver.Solve(problem, Limit, processors: 1));

        Assert.Equal(once.Picks.AsEnumerable(), again.Picks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_plan_that_had_no_time_to_be_improved_is_a_plan_all_the_same_with_a_bound_below_it(int seed)
    {
        var problem = SomeRound.OfADay(seed, demands: 40, partners: 24, optionsEach: 10);
        var plan = Sound(problem, RoundSolver.Solve(problem, TimeSpan.Zero, processors: 1));

        Assert.InRange(plan.Bound, 1, plan.Cost);
    }

    [Fact]
    public void An_emergency_has_the_partner_whom_a_routine_demand_costs_less()
    {
        var problem = SomeRound.OfOneHour(1, demands: 2, partners: 1).Problem;
        foreach (var emergency in new[] { 0, 1 })
        {
            var urgent = problem with { Demands = problem.Demands.SetItem(emergency, problem.Demands[emergency] with { Urgency = Urgency.Emergency }) };
            var pick = Assert.Single(RoundSolver.Solve(urgent, Limit, processors: 1).Picks);
            Assert.Equal(emergency, urgent.Options[pick.Option].Demand);
        }
    }

    [Fact]
    public void Without_options_every_seat_stays_open()
    {
        var problem = SomeRound.OfOneHour(1, demands: 2, partners: 1).Problem with { Options = [] };
        var plan = RoundSolver.Solve(problem, Limit, processors: 1);

        Assert.Equal((0, RoundCost.Open(problem, []), RoundCost.Open(problem, [])), (plan.Seats, plan.Cost, plan.Bound));
    }

    /// <summary>Asserts that the plan is one: no seat twice, nobody in two places, every slot one of those that there are, and the cost as it is told.</summary>
    private static RoundPlan Sound(RoundProblem problem, RoundPlan plan)
    {
        Assert.Distinct(plan.Picks.Select(pick => pick.Option));
        foreach (var pick in plan.Picks)
        {
            var option = problem.Options[pick.Option];
            Assert.InRange(pick.People, 1, option.People);
            Assert.Contains(pick.Slot.Start, option.Starts);
            Assert.Equal(problem.Demands[option.Demand].Duration.ToTimeSpan(), pick.Slot.Length);
            var beside = plan.Picks.Where(other => problem.Options[other.Option].Partner == option.Partner && other.Slot.Start <= pick.Slot.Start && pick.Slot.Start < other.Slot.End);
            Assert.InRange(beside.Sum(other => other.People), 1, problem.People[option.Partner]);
        }

        for (var demand = 0; demand < problem.Demands.Length; demand++)
        {
            var (sought, picks) = (problem.Demands[demand], plan.Picks.Where(pick => problem.Options[pick.Option].Demand == demand).ToList());
            Assert.InRange(picks.Sum(pick => pick.People), 0, sought.Seats);
            if (sought.AllOrNone && picks.Count > 0)
            {
                Assert.Equal(sought.Seats, picks.Sum(pick => pick.People));
                Assert.Single(picks.Select(pick => pick.Slot).Distinct());
            }
        }

        Assert.Equal(plan.Picks.Sum(pick => pick.People), plan.Seats);
        Assert.Equal(plan.Picks.Sum(pick => pick.People * problem.Options[pick.Option].Cost) + RoundCost.Open(problem, plan.Picks), plan.Cost);
        return plan;
    }

    private static long BestOfAll(RoundProblem problem)
    {
        var picks = new List<RoundPick>();
        var best = long.MaxValue;
        Choose(0);
        return best;

        void Choose(int option)
        {
            if (option == problem.Options.Length)
            {
                best = IsServedTogether() ? Math.Min(best, picks.Sum(pick => pick.People * problem.Options[pick.Option].Cost) + RoundCost.Open(problem, picks)) : best;
                return;
            }

            Choose(option + 1);
            var (terms, sought) = (problem.Options[option], problem.Demands[problem.Options[option].Demand]);
            var left = sought.Seats - picks.Sum(pick => problem.Options[pick.Option].Demand == terms.Demand ? pick.People : 0);
            for (var people = Math.Min(left, terms.People); people > 0; people--)
            {
                foreach (var start in terms.Starts)
                {
                    picks.Add(new(option, TimeWindow.From(start, sought.Duration), people));
                    if (IsRoomFor(terms.Partner))
                    {
                        Choose(option + 1);
                    }

                    picks.RemoveAt(picks.Count - 1);
                }
            }
        }

        bool IsRoomFor(int partner)
        {
            var his = picks.Where(pick => problem.Options[pick.Option].Partner == partner).ToList();
            return his.All(pick => his.Where(other => other.Slot.Start <= pick.Slot.Start && pick.Slot.Start < other.Slot.End).Sum(other => other.People) <= problem.People[partner]);
        }

        bool IsServedTogether() => picks.GroupBy(pick => problem.Options[pick.Option].Demand)
            .All(demand => !problem.Demands[demand.Key].AllOrNone
                || (demand.Sum(pick => pick.People) == problem.Demands[demand.Key].Seats && demand.Select(pick => pick.Slot).Distinct().Count() == 1));
    }
}
