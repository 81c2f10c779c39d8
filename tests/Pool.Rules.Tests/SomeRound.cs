using System.Collections.Immutable;
using Google.OrTools.Graph;
using Pool.Demands;
using Pool.Offers;
using Pool.Rounds;
using Pool.Values;

namespace Pool.Rules.Tests;

/// <summary>Rounds that a seed makes.</summary>
internal static class SomeRound
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Every demand wants one person for the same hour, and everybody may serve it, at a cost of their own.</summary>
    public static (RoundProblem Problem, long[,] Costs) OfOneHour(int seed, int demands, int partners)
    {
        var chance = new Random(seed);
        var costs = new long[demands, partners];
        var options = ImmutableArray.CreateBuilder<RoundOption>(demands * partners);
        for (var demand = 0; demand < demands; demand++)
        {
            for (var partner = 0; partner < partners; partner++)
            {
                costs[demand, partner] = chance.Next(1 << 24);
                options.Add(Option(demand, partner, 1, costs[demand, partner], [Morning]));
            }
        }

        return (new(Sought(demands, () => new(1, new(60), Urgency.Routine, false)), [.. Enumerable.Repeat(1, partners)], options.DrainToImmutable()), costs);
    }

    /// <summary>What the best one-to-one assignment costs.</summary>
    public static long LinearSum(long[,] costs)
    {
        var assignment = new LinearSumAssignment();
        for (var demand = 0; demand < costs.GetLength(0); demand++)
        {
            for (var partner = 0; partner < costs.GetLength(1); partner++)
            {
                assignment.AddArcWithCost(demand, partner, costs[demand, partner]);
            }
        }

        // It wants as many on the left as on the right: the partners who are left over serve nobody.
        for (var idle = costs.GetLength(0); idle < costs.GetLength(1); idle++)
        {
            for (var partner = 0; partner < costs.GetLength(1); partner++)
            {
                assignment.AddArcWithCost(idle, partner, 0);
            }
        }

        return assignment.Solve() == LinearSumAssignment.Status.OPTIMAL ? assignment.OptimalCost() : throw new InvalidOperationException("Not solved.");
    }

    /// <summary>Seats, teams and windows that get into each other's way; few enough of them that every plan can be looked at.</summary>
    public static RoundProblem Tangled(int seed)
    {
        var chance = new Random(seed);
        var demands = Sought(2 + chance.Next(2), () => new(1 + chance.Next(2), new(60 * (1 + chance.Next(2))), (Urgency)(1 + chance.Next(3)), chance.Next(4) == 0));
        ImmutableArray<int> people = [.. Enumerable.Range(0, 1 + chance.Next(3)).Select(_ => 1 + chance.Next(2))];
        var options = ImmutableArray.CreateBuilder<RoundOption>();
        for (var demand = 0; demand < demands.Length; demand++)
        {
            for (var partner = 0; partner < people.Length; partner++)
            {
                var starts = Enumerable.Range(0, 3).Where(_ => chance.Next(3) > 0).Select(hour => Morning.AddHours(hour)).ToImmutableArray();
                if (chance.Next(5) > 0 && starts.Length > 0)
                {
                    options.Add(Option(demand, partner, Math.Min(demands[demand].Seats, people[partner]), chance.Next(1 << 24), starts));
                }
            }
        }

        return new(demands, people, options.DrainToImmutable());
    }

    /// <summary>Demands with a window of half a day for partners who have some hours of it.</summary>
    /// <param name="optionsEach">Partners who may serve a demand.</param>
    public static RoundProblem OfADay(int seed, int demands, int partners, int optionsEach)
    {
        var chance = new Random(seed);
        var sought = Sought(demands, () => new(1, new(60 + (30 * chance.Next(3))), Urgency.Routine, false));
        var hours = Enumerable.Range(0, partners).Select(_ => (From: chance.Next(12), Slots: 3 + chance.Next(6))).ToArray();
        var options = ImmutableArray.CreateBuilder<RoundOption>();
        for (var demand = 0; demand < demands; demand++)
        {
            var opens = chance.Next(12);
            foreach (var partner in Enumerable.Range(0, partners).OrderBy(_ => chance.Next()).Take(optionsEach))
            {
                var last = Math.Min(opens + 8, hours[partner].From + hours[partner].Slots) - ((int)sought[demand].Duration.Value / 30);
                var starts = Enumerable.Range(0, 24).Where(slot => slot >= Math.Max(opens, hours[partner].From) && slot <= last).Select(slot => Morning.AddMinutes(30 * slot)).ToImmutableArray();
                if (starts.Length > 0)
                {
                    options.Add(Option(demand, partner, 1, ((long)chance.Next(4) << 22) + chance.Next(1 << 20), starts));
                }
            }
        }

        return new(sought, [.. Enumerable.Repeat(1, partners)], options.DrainToImmutable());
    }

    /// <summary>
    /// Four streets around a crossing, three communities each. There are as many partners as demands, all of one skill; a
    /// partner has an hour in one of six half-days, and a demand accepts two of them.
    /// </summary>
    public static RoundProblem OfFourStreets(int seed, int demands)
    {
        const int HalfDays = 6;
        var chance = new Random(seed);
        var sought = Sought(demands, () => new(1, new(60), Urgency.Routine, false));
        var partners = Enumerable.Range(0, demands).Select(_ => (Home: Anywhere(), HalfDay: chance.Next(HalfDays), Load: chance.Next(1_000))).ToArray();
        var options = ImmutableArray.CreateBuilder<RoundOption>();
        for (var demand = 0; demand < demands; demand++)
        {
            var (home, one, other) = (Anywhere(), chance.Next(HalfDays), 1 + chance.Next(HalfDays - 1));
            for (var partner = 0; partner < partners.Length; partner++)
            {
                var (at, halfDay, load) = partners[partner];
                if (halfDay == one || halfDay == (one + other) % HalfDays)
                {
                    options.Add(Option(demand, partner, 1, RoundCost.Of(((long)Ring(home, at) << 48) + ((long)load << 20)), [Morning.AddHours(12 * halfDay)]));
                }
            }
        }

        return new(sought, [.. Enumerable.Repeat(1, partners.Length)], options.DrainToImmutable());

        (int X, int Y, int Community) Anywhere() => (chance.Next(2), chance.Next(2), chance.Next(3));

        static int Ring((int X, int Y, int Community) home, (int X, int Y, int Community) other) =>
            home == other ? 0 : 1 + Math.Abs(home.X - other.X) + Math.Abs(home.Y - other.Y);
    }

    /// <summary>The ring of an option of <see cref="OfFourStreets"/>.</summary>
    public static long RingOf(RoundOption option) => option.Cost >> 22;

    private static ImmutableArray<SoughtSeats> Sought(int count, Func<SoughtSeats> demand) => [.. Enumerable.Range(0, count).Select(_ => demand())];

    private static RoundOption Option(int demand, int partner, int people, long cost, ImmutableArray<DateTimeOffset> starts) => new(
        demand, partner, new(new(PartnerId.Parse($"partner-{partner}"), "offer-1"), CommunityId.Parse("330109002037"), 0, 1, FeeMode.Volunteer, 0), people, cost, starts);
}
