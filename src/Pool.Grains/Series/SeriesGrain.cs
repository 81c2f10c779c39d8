using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Values;

namespace Pool.Series;

[GrainType("series")]
internal sealed class SeriesGrain(ActorServices services) : EventSourcedGrain<DemandSeries, SeriesEvent>(services), ISeriesGrain
{
    private SeriesId Id => SeriesId.Parse(this.GetPrimaryKeyString());

    protected override int SnapshotEvery => 128;

    public async Task<Answer<DemandSeries>> Begin(CommunityId home, SeriesTerms terms, Command command)
    {
        var community = await GrainFactory.Community(home).Get();
        var skill = await GrainFactory.Skills().Get(terms.Each.Skill);
        var known = skill.Refusal is { } unknown ? unknown with { Fields = ["series.each.skill"] } : skill;
        var payer = terms.Each.Payer is { } account ? await GrainFactory.Ledger(home.Street).MayPay(account, "series.each.payer") : null;
        return await Decide(command, (series, now) => SeriesRules.Begin(series, Id, home, terms, known, Check.Lowest(community.Refusal, payer), now));
    }

    public Task<Answer<DemandSeries>> Get() => Read();

    public Task<Answer<DemandSeries>> End(string why, Command command) =>
        Decide(command, (series, now) => SeriesRules.End(series, Id, why, now));

    protected override bool OwesStep => SeriesRules.NextStep(State, Now) is not null;

    protected override bool TimerIsDue => State.DueAt <= Now;

    protected override async Task CarryStep()
    {
        if (SeriesRules.NextStep(State, Now) is { } step)
        {
            var (community, command) = (GrainFactory.Community(State.Community), new Command(step.Demand.Value, step.Number, Stream));
            var posted = await community.PostDemand(step.Terms with { SameAs = await Served() }, command);
            if (posted.Refusal?.Reason == RefusalReason.NobodyTookPart)
            {
                // Those who had a seat have given it back just now.
                posted = await community.PostDemand(step.Terms, command);
            }

            await Decide((series, now) => SeriesRules.Posted(series, step, posted.Refusal, now));
        }
    }

    /// <summary>The latest demand of the series that somebody has a seat of, where the next is for the same people; null where there is none.</summary>
    private async Task<DemandId?> Served()
    {
        if (!State.Terms!.SamePeople)
        {
            return null;
        }

        foreach (var occurrence in State.Occurrences.Reverse())
        {
            if (occurrence.Demand is { } demand && (await GrainFactory.Demand(demand).Get()).Value is { SeatsAccepted: > 0 })
            {
                return demand;
            }
        }

        return null;
    }
}
