using Pool.Values;

namespace Pool.Matching;

/// <summary>How evenly the work of one skill lies on a street's partners.</summary>
/// <param name="Partners">Who offers the skill.</param>
/// <param name="Served">What they served this quarter, all together, in every skill.</param>
/// <param name="Gini">The Gini coefficient of what each served: 0 where all served the same, towards 1 where one served all.</param>
[GenerateSerializer, Immutable, Alias("pool.Fairness")]
public sealed record Fairness(
    [property: Id(0)] StreetId Street, [property: Id(1)] int Partners, [property: Id(2)] Minutes Served, [property: Id(3)] double Gini)
{
    public static Fairness Of(StreetId street, OfferIndex index, StreetHints hints, SkillCode skill, DateTimeOffset now)
    {
        var served = new Dictionary<PartnerId, long>();
        foreach (ref readonly var offer in index.Of(skill))
        {
            served[offer.PartnerId] = StreetHints.Served(offer, hints.Of(offer.PartnerId), Quarter.Of(now)).Value;
        }

        return new(street, served.Count, new(served.Values.Sum()), GiniOf(served.Values));
    }

    /// <summary>Half the mean difference between two of them, as a part of their mean (C. Gini, 1912); 0 where there is nothing.</summary>
    public static double GiniOf(IEnumerable<long> amounts)
    {
        var sorted = amounts.Order().ToList();
        var sum = sorted.Sum();
        return sum == 0 ? 0 : sorted.Select((amount, at) => (double)amount * ((2 * at) + 1 - sorted.Count)).Sum() / ((double)sorted.Count * sum);
    }
}
