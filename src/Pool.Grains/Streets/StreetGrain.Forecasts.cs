using System.Collections.Immutable;
using Pool.Actors;
using Pool.Demands;
using Pool.Hosting;
using Pool.Matching;
using Pool.Values;
using Pool.Views;

namespace Pool.Streets;

/// <summary>What may come to lack.</summary>
internal sealed partial class StreetGrain
{
    /// <summary>Demands read of the list at a time.</summary>
    private const int PageSize = 500;

    public async Task<SkillCover> Cover(SkillCode skill, bool requiresCertificate, TimeSpan horizon)
    {
        var (street, now) = (State, Now);
        await Durable();
        return SkillCover.Of(Id, street.Index, skill, requiresCertificate, now, now + horizon);
    }

    public async Task<Answer<GapForecast>> ForecastGaps(SkillCode skill, int days)
    {
        var (street, known) = (await Get(), await GrainFactory.Skills().Get(skill));
        var fault = Check.Range("horizon_days", days, 1, (long)Limits.FarthestWindow.TotalDays);
        if (Check.Lowest(fault, street.Refusal, known.Refusal is { } unknown ? unknown with { Fields = ["skill"] } : null) is { } refusal)
        {
            return refusal;
        }

        var (requires, horizon) = (known.Value!.RequiresCertificate, TimeSpan.FromDays(days));
        var (cover, nearest) = (await Cover(skill, requires, horizon), await Nearest(skill, requires, horizon, street.Value!.Neighbours));
        var (open, missed) = (await Demands(Of(DemandStatus.Open), DateTimeOffset.MinValue), await Demands(Of(DemandStatus.Expired), Now - horizon - Limits.FarthestWindow));
        return street.Select(_ => new GapForecast(
            cover,
            open.Sum(demand => demand.SeatsUnasked),
            missed.Where(demand => demand.ClosedAt >= Now - horizon).Sum(demand => demand.Terms.Seats - demand.SeatsAccepted),
            nearest));

        ImmutableArray<ListCondition> Of(DemandStatus status) => [new(ViewColumns.Street, Id.Text), new(ViewColumns.Skill, skill.Text), new(ViewColumns.State, $"{status}")];
    }

    /// <summary>Demands of a list, the newest first, until there are as many as wanted, or some more.</summary>
    /// <param name="since">Those that were posted before are left out.</param>
    private async Task<List<Demand>> Demands(ImmutableArray<ListCondition> of, DateTimeOffset since, int wanted = int.MaxValue)
    {
        var views = GrainFactory.Views();
        var (demands, after, more) = (new List<Demand>(), (long?)null, true);
        while (more && demands.Count < wanted)
        {
            var page = await views.List<Demand>(new(of, after, PageSize, 0));
            demands.AddRange(page.Items.Select(item => item.Value).TakeWhile(demand => demand.PostedAt >= since));
            more = page.More && page.Items[^1].Value.PostedAt >= since;
            after = more ? page.Items[^1].Place : null;
        }

        return demands;
    }

    private async Task<NearestLender?> Nearest(SkillCode skill, bool requiresCertificate, TimeSpan horizon, IReadOnlyCollection<StreetId> adjacent)
    {
        var seen = new HashSet<StreetId> { Id };
        for (var (ring, streets) = (2, adjacent.Where(seen.Add).ToList()); ring <= Limits.Reach; ring++)
        {
            var found = await Task.WhenAll(streets.Select(async street =>
            {
                var grain = GrainFactory.Street(street);
                return new NearestLender(street, ring, (await grain.Cover(skill, requiresCertificate, horizon)).Partners, await GrainFactory.Lender(street).Lends(Id, skill));
            }));
            if (found.Where(lender => lender.Partners > 0).OrderByDescending(lender => lender.Lends).ThenByDescending(lender => lender.Partners).ThenBy(lender => lender.Street.Text, StringComparer.Ordinal).FirstOrDefault() is { } nearest)
            {
                return nearest;
            }

            var profiles = await Task.WhenAll(streets.Select(street => GrainFactory.Street(street).Get()));
            streets = [.. profiles.SelectMany(profile => profile.Value?.Neighbours ?? []).Where(seen.Add)];
        }

        return null;
    }
}
