using Pool.Matching;
using Pool.Offers;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>How evenly work comes to lie on partners, and what it costs the demands.</summary>
public sealed class FairnessTests(ITestOutputHelper output)
{
    private const int Partners = 40;
    private const int Demands = 600;

    /// <summary>Few enough that several demands want somebody in the same hour.</summary>
    private const int Hours = 60;

    [Theory]
    [InlineData(new long[0], 0)]
    [InlineData(new long[] { 0, 0 }, 0)]
    [InlineData(new long[] { 60 }, 0)]
    [InlineData(new long[] { 60, 60, 60 }, 0)]
    [InlineData(new long[] { 0, 0, 0, 120 }, 0.75)]
    [InlineData(new long[] { 30, 0, 10, 20 }, 0.41666)]
    public void The_gini_coefficient_is_half_the_mean_difference_by_the_mean(long[] served, double gini) =>
        Assert.Equal(gini, Fairness.GiniOf(served), 0.0001);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Hours_lie_on_partners_at_most_a_third_as_unevenly_as_with_the_highest_level_first_and_no_demand_pays_for_it(int seed)
    {
        var (fair, fairFill) = Dispatch(seed, candidates => candidates[0]);
        var (levelFirst, levelFill) = Dispatch(seed, candidates => candidates.OrderByDescending(candidate => candidate.Level).ThenBy(candidate => candidate.Offer).First());

        output.WriteLine($"Gini {fair:0.000} against {levelFirst:0.000} with the highest level first; {fairFill} against {levelFill} of {Demands} demands served.");
        Assert.InRange(fair, 0, levelFirst / 3);
        Assert.InRange(fairFill, levelFill, Demands);
    }

    /// <summary>Demands of one skill, each for up to an hour, each served by whom the ranking puts first of those who are free.</summary>
    /// <returns>The Gini coefficient of hours, and how many demands were served.</returns>
    private static (double Gini, int Served) Dispatch(int seed, Func<IReadOnlyList<Candidate>, Candidate> first)
    {
        var chance = new Random(seed);
        var served = Enumerable.Range(0, Partners).Select(partner => PartnerId.Parse($"partner-{partner}")).ToDictionary(partner => partner, _ => 0L);
        var offers = served.Keys.Select(partner => Some.Offer(partner) with { Level = 1 + chance.Next(5) }).ToList();
        var busy = new HashSet<(PartnerId, DateTimeOffset)>();
        var (profile, filled) = (SomeStreet.Profile(Some.Street, Some.OtherStreet), 0);
        for (var demand = 0; demand < Demands; demand++)
        {
            var (start, length) = (Some.Now.AddHours(chance.Next(Hours)), 15 * (1 + chance.Next(4)));
            var index = SomeStreet.Index(offers, served.Select(partner => SomeStreet.Facts(partner.Key.Text) with { Served = new(partner.Value) }));
            var query = new RingQuery(
                0, Some.Home, Some.Skill, 1 + (chance.Next(3) == 0 ? chance.Next(4) : 0), false, TimeWindow.From(start, Some.Hour), Some.Hour, [FeeMode.Volunteer], [], [], Partners, 1);
            var free = MatchRules.Search(SomeStreet.Of(profile, index), new(), query, Some.Now).Candidates
                .Where(candidate => !busy.Contains((candidate.Offer.Partner, start))).ToList();
            if (free.Count > 0)
            {
                var chosen = first(free).Offer.Partner;
                (filled, served[chosen]) = (filled + 1, served[chosen] + length);
                busy.Add((chosen, start));
            }
        }

        return (Fairness.GiniOf(served.Values), filled);
    }
}
