using System.Data.Common;
using Orleans.Serialization;
using Pool.Communities;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Skills;
using Pool.Series;
using Pool.Streets;
using Pool.Values;
using Pool.Views;
using static Pool.Views.ViewColumns;

namespace Pool.Silo.Views;

/// <summary>Every list view, and how an event of the journal changes it.</summary>
internal sealed class ViewTables(DbConnection connection, Serializer serializer) : IDisposable
{
    /// <summary>
    /// Raised when a table or a state that it keeps changes: a SQLite file is then built again from the journal, and so are a
    /// database's tables, by the script that raises the shape of its checkpoint.
    /// </summary>
    public const int Shape = 8;

    private readonly ViewTable<Skill> _skills = new("skill", [Field], newestFirst: false, connection, serializer);
    private readonly ViewTable<Street> _streets = new("street", [], newestFirst: false, connection, serializer);
    private readonly ViewTable<Community> _communities = new("community", [ViewColumns.Street], newestFirst: false, connection, serializer);
    private readonly ViewTable<Partner> _partners = new("partner", [ViewColumns.Street, ViewColumns.Community, Kind, ViewColumns.Circle, Mode, State], newestFirst: false, connection, serializer);
    private readonly ViewTable<Offer> _offers = new("offer", [ViewColumns.Street, ViewColumns.Community, ViewColumns.Partner, ViewColumns.Skill, ViewColumns.FeeMode, State], newestFirst: false, connection, serializer);
    private readonly ViewTable<Demand> _demands = new("demand", [ViewColumns.Street, ViewColumns.Community, ViewColumns.Skill], newestFirst: true, connection, serializer, filters: [State, Mode]);
    private readonly ViewTable<ListedProposal> _proposals = new("proposal", [ViewColumns.Street, ViewColumns.Community, ViewColumns.Demand, ViewColumns.Partner], newestFirst: true, connection, serializer, filters: [State]);
    private readonly ViewTable<DemandSeries> _series = new("series", [ViewColumns.Street, ViewColumns.Community, State], newestFirst: true, connection, serializer);
    private readonly ViewTable<ListedEntry> _entries = new("entry", [ViewColumns.Street, ViewColumns.Community, Giver], newestFirst: false, connection, serializer, filters: [ViewColumns.Book], appended: true);
    private readonly ViewTable<ListedAccount> _accounts = new("account", [ViewColumns.Street], newestFirst: false, connection, serializer, filters: [Kind]);
    private readonly ViewTable<StatementLine> _lines = new("statement_line", [Account, Month], newestFirst: false, connection, serializer, appended: true);
    private readonly ViewTable<NetStatement> _statements = new("net_statement", [ViewColumns.Street, Peer, Day], newestFirst: true, connection, serializer);
    private readonly ViewTable<ListedClearing> _clearings = new("clearing", [ViewColumns.Street, State], newestFirst: true, connection, serializer);

    private IViewTable[] All => [_skills, _streets, _communities, _partners, _offers, _demands, _proposals, _series, _entries, _accounts, _lines, _statements, _clearings];

    private LedgerView Ledgers => new(_entries, _accounts, _lines, _statements);

    /// <summary>What creates every table in a SQLite file; a database's tables come with its migrations.</summary>
    public string Sqlite => string.Join('\n', All.Select(table => table.Sqlite));

    /// <summary>The table of a kind of resource.</summary>
    public ViewTable<T> Of<T>() where T : class =>
        All.OfType<ViewTable<T>>().SingleOrDefault() ?? throw new ArgumentException($"There is no view of {typeof(T).Name}.");

    public async ValueTask Apply(JournalRecord record)
    {
        switch (record.Stream[..record.Stream.IndexOf('/')])
        {
            case "catalogue":
                var added = (SkillAdded)EventCatalogue<SkillEvent>.Read(record);
                _skills.Save(added.Skill.Code.Text, new(added.Skill, record.Version, record.Position), added.Skill.Field);
                break;
            case "street" when record.Type is "street.opened" or "street.changed" or "street.treaty-set" or "street.treaty-recalled":
                await Follow<Street, StreetEvent>(_streets, record);
                break;
            case "community":
                await Follow<Community, CommunityEvent>(_communities, record, community => [community.Id.Street.Text]);
                break;
            case "partner":
                await Follow<Partner, PartnerEvent>(_partners, record, partner =>
                    [partner.Community.Street.Text, partner.Community.Text, $"{partner.Profile!.Kind}", $"{partner.Profile.Circle}", $"{partner.Profile.Mode}", $"{partner.Suspended}"]);
                break;
            case "offer":
                await Follow<Offer, OfferEvent>(_offers, record, offer =>
                    [offer.Community.Street.Text, offer.Community.Text, offer.Terms!.Offer.Partner.Text, offer.Terms.Skill.Text, $"{offer.Terms.FeeMode}", $"{offer.Withdrawn}"]);
                break;
            case "series":
                await Follow<DemandSeries, SeriesEvent>(_series, record, series => [series.Community.Street.Text, series.Community.Text, $"{series.IsRunning}"]);
                break;
            case "demand":
                await FollowDemand(record);
                break;
            case "ledger":
                await Ledgers.Apply(record);
                break;
            case "transfer":
                await FollowClearing(record);
                break;
        }
    }

    /// <summary>Writes what the events since the last time have changed.</summary>
    public async Task Flush()
    {
        foreach (var table in All)
        {
            await table.Flush();
        }
    }

    /// <summary>Drops what is remembered and not written.</summary>
    public void Forget()
    {
        foreach (var table in All)
        {
            table.Forget();
        }
    }

    public void Dispose()
    {
        foreach (var table in All)
        {
            table.Dispose();
        }
    }

    private async ValueTask FollowDemand(JournalRecord record)
    {
        var item = await Follow<Demand, DemandEvent>(_demands, record, demand =>
            [demand.Community.Street.Text, demand.Community.Text, demand.Terms.Skill.Text, $"{demand.Status}", $"{demand.Terms.Mode}"]);
        var demand = item.Value;
        // Searching changes no proposal; closing the demand changes all.
        var about = Explanation.ProposalOf(EventCatalogue<DemandEvent>.Read(record));
        var closes = record.Type is "demand.cancelled" or "demand.expired";
        foreach (var proposal in demand.Proposals.Where(proposal => closes || proposal.Number == about))
        {
            var key = $"{demand.Id}/{proposal.Number}";
            var before = record.Type == "demand.proposal-made" ? null : await _proposals.Find(key);
            var place = before?.Place ?? record.Position;
            _proposals.Save(
                key,
                new(new(demand.Id, demand.Community, proposal), record.Version, place),
                demand.Community.Street.Text, demand.Community.Text, demand.Id.Text, proposal.Partner.Text, $"{proposal.Status}");
        }
    }

    /// <summary>A clearing is listed by each street that has a part in it; other transfers by none.</summary>
    private async ValueTask FollowClearing(JournalRecord record)
    {
        var proposer = ListedClearing.Key(StreetId.Parse(record.Street!), record.Stream);
        var before = record.Version == 1 ? null : await _clearings.Find(proposer);
        if (before is null && record.Version > 1)
        {
            return;
        }

        var after = (before?.Value.Transfer ?? JointTransfer.Empty).Evolve(EventCatalogue<JointTransferEvent>.Read(record));
        foreach (var (i, leg) in (after.IsClearing ? after.Legs : []).Index())
        {
            var key = ListedClearing.Key(leg.Street, record.Stream);
            var place = (await _clearings.Find(key))?.Place ?? LedgerView.Place(record, i);
            _clearings.Save(key, new(new(leg.Street, after), record.Version, place), leg.Street.Text, $"{after.Status}");
        }
    }

    private static async ValueTask<ListItem<TState>> Follow<TState, TEvent>(ViewTable<TState> table, JournalRecord record, Func<TState, string?[]>? columns = null)
        where TState : class, Actors.IActorState<TState, TEvent>
        where TEvent : class, Actors.IEvent
    {
        // A stream that begins has no row to go on from.
        var before = record.Version == 1 ? null : await table.Find(record.Stream);
        var state = (before?.Value ?? TState.Empty).Evolve(EventCatalogue<TEvent>.Read(record));
        var after = new ListItem<TState>(state, record.Version, before?.Place ?? record.Position);
        table.Save(record.Stream, after, columns?.Invoke(state) ?? []);
        return after;
    }
}
