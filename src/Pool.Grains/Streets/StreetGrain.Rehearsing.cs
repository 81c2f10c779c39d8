using Pool.Actors;
using Pool.Hosting;
using Pool.Treaties;
using Pool.Values;
using Pool.Views;

namespace Pool.Streets;

/// <summary>What a treaty would have changed.</summary>
internal sealed partial class StreetGrain
{
    /// <summary>Demands of one rehearsal, the newest of the time, to the page.</summary>
    private const int MostRehearsed = 2_000;

    public async Task<Street?> Whole()
    {
        var street = State;
        await Durable();
        return street.Exists ? street with { Loans = LoanBook.Empty } : null;
    }

    public async Task<Answer<TreatyRehearsal>> Rehearse(StreetId borrower, TreatyTerms terms, int days)
    {
        var (street, unknown) = (await Read(), Check.Lowest(await Task.WhenAll(terms.Skills.Select(Unknown).Append(Unknown(borrower)))));
        if (TreatyRules.RehearsalFault(State, Id, borrower, terms, days, unknown) is { } refusal)
        {
            return refusal;
        }

        var demands = await Demands([new(ViewColumns.Street, borrower.Text)], Now.AddDays(-days), MostRehearsed);
        var (rings, streets) = await Around(borrower);
        var rehearsal = await _services.Beside(_ => Rehearsal.Of(demands, rings, streets, Id, borrower, terms));
        return street.Select(_ => rehearsal);
    }

    /// <summary>The streets around one, ring by ring; it lies itself in rings 0 and 1.</summary>
    private async Task<(Dictionary<int, IReadOnlyList<StreetId>> Rings, List<Street> Opened)> Around(StreetId centre)
    {
        var (rings, opened, seen) = (new Dictionary<int, IReadOnlyList<StreetId>> { [0] = [centre] }, new List<Street>(), new HashSet<StreetId> { centre });
        IReadOnlyList<StreetId> streets = [centre];
        for (var ring = 1; ring <= Limits.Reach; ring++)
        {
            rings[ring] = streets;
            var known = (await Task.WhenAll(streets.Select(street => GrainFactory.Street(street).Whole()))).OfType<Street>().ToList();
            opened.AddRange(known);
            streets = [.. known.SelectMany(street => street.Profile!.Neighbours).Where(seen.Add)];
        }

        return (rings, opened);
    }
}
