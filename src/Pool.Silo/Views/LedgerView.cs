using Pool.EventSourcing;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Silo.Views;

/// <summary>How an event of a ledger changes what ledgers list: their entries with the nodes of the log's tree, their accounts, the lines of statements, and days' net statements.</summary>
internal sealed class LedgerView(ViewTable<ListedEntry> entries, ViewTable<ListedAccount> accounts, ViewTable<StatementLine> lines, ViewTable<NetStatement> statements)
{
    /// <summary>Rows of one list that one event may add: each needs a place of its own.</summary>
    private const int MostRows = 1_024;

    public async ValueTask Apply(JournalRecord record)
    {
        var (street, happened) = (StreetId.Parse(record.Street!), EventCatalogue<LedgerEvent>.Read(record));
        foreach (var (i, position) in ((happened as DayNetted)?.Positions ?? []).Index())
        {
            var statement = new NetStatement(street, ((DayNetted)happened).Day, position);
            statements.Save(statement.Key, new(statement, record.Version, Place(record, i)), street.Text, position.Peer.Text, statement.DayText);
        }

        if (await ListedEntry.Of(street, happened, Earlier) is not { } entry)
        {
            return;
        }

        entries.Save(
            ListedEntry.Key(street, entry.Number), new(entry, record.Version, record.Position),
            street.Text, entry.Receiver?.Text, entry.Service is { } given ? AccountId.OfPartner(given.Giver).Text : null, $"{entry.Book}");
        foreach (var (i, posting) in (entry.Economic?.Postings ?? []).Index())
        {
            var account = await Follow(record, i, posting.Account, account => account.After(posting));
            lines.Save(
                $"{ListedEntry.Key(street, entry.Number)}/{i}",
                new(new(street, entry.Number, entry.At, entry.Economic!.Kind, entry.Economic.Transfer, posting, account.Of(posting.Unit)), record.Version, Place(record, i)),
                ListedAccount.Key(street, posting.Account), StatementLine.MonthKey(street, StatementLine.MonthOf(entry.At)));
        }

        if (entry.Service is { } service)
        {
            await Follow(record, 0, AccountId.OfPartner(service.Giver), account => account with { Service = account.Service + service.Added });
        }
    }

    private async ValueTask<ListedEntry> Earlier(string key) =>
        (await entries.Find(key))?.Value ?? throw new InvalidOperationException($"Entry {key} is not in the view, and a later one is to come.");

    private async ValueTask<ListedAccount> Follow(JournalRecord record, int line, AccountId account, Func<ListedAccount, ListedAccount> change)
    {
        var street = StreetId.Parse(record.Street!);
        var key = ListedAccount.Key(street, account);
        var before = await accounts.Find(key);
        var after = change(before?.Value ?? new(street, account, 0, 0, Minutes.Zero));
        accounts.Save(key, new(after, record.Version, before?.Place ?? Place(record, line)), street.Text, $"{account.Kind}");
        return after;
    }

    /// <summary>Where the rows of one event stand in a list, which may have several of it.</summary>
    public static long Place(JournalRecord record, int row) => row < MostRows ? checked((record.Position * MostRows) + row) : throw new InvalidOperationException($"An event has more than {MostRows} rows of one list.");
}
