using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;
using Pool.Benchmarks.Arena;

namespace Pool.Benchmarks.Opponents;

/// <summary>
/// The auditor's checks on an opponent's own tables: calendars (I1), the service record (I2), seats (I3), that a request has one
/// effect (I7), holds (I8), and that all is stored which clients were told (I5). What an opponent does not have, like a journal or
/// treaties, is not asked of it.
/// </summary>
internal static class TableAudit
{
    private static readonly (string Invariant, string Wrong)[] Sql =
    [
        ("I1: a partner's overlapping bookings exceed its capacity",
            """
            SELECT count(*) FROM booking b JOIN partner p ON p.id = b.partner
             WHERE b.lane NOT BETWEEN 1 AND p.capacity
                OR EXISTS (SELECT FROM booking other WHERE other.partner = b.partner AND other.lane = b.lane AND other.during && b.during AND (other.demand, other.number) <> (b.demand, b.number))
            """),
        ("I1: an accepted seat has no booking, or a settled one still has", "SELECT count(*) FROM proposal p WHERE (step BETWEEN 2 AND 4 OR step = 6) <> EXISTS (SELECT FROM booking b WHERE b.demand = p.demand AND b.number = p.number AND held_until IS NULL)"),
        ("I2: a partner's minutes are not the sum of its entries", "SELECT count(*) FROM partner WHERE minutes_served <> (SELECT coalesce(sum(minutes), 0) FROM entry WHERE entry.partner = partner.id)"),
        ("I3: a settled seat has not its one entry", "SELECT count(*) FROM proposal p LEFT JOIN entry e ON e.number = p.entry WHERE (step = 5) <> (e.number IS NOT NULL) OR e.minutes <> p.agreed_minutes"),
        ("I3: an entry has no settled seat", "SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT FROM proposal p WHERE p.demand = e.demand AND p.number = e.proposal AND p.entry = e.number AND p.step = 5)"),
        ("I3: a demand has two seats taken", "SELECT count(*) FROM (SELECT FROM proposal WHERE step BETWEEN 2 AND 6 GROUP BY demand HAVING count(*) > 1) AS twice"),
        ("I7: fewer requests are kept than there were effects", "SELECT greatest(0, (SELECT sum(greatest(0, CASE step WHEN 7 THEN 0 WHEN 6 THEN 4 ELSE step - 1 END)) FROM proposal) - (SELECT count(*) FROM request))::bigint"),
        ("I8: a hold outlives its expiry by more than a minute", "SELECT count(*) FROM booking WHERE held_until < now() - interval '1 minute'"),
    ];

    /// <returns>What is wrong, a sentence each.</returns>
    public static async Task<IReadOnlyList<string>> Of(string opponent, string address, Acknowledged told)
    {
        await using var database = NpgsqlDataSource.Create(address);
        return opponent == OpponentServer.RowPerGrain ? await OfRows(database, told) : await OfTables(database, told);
    }

    private static async Task<IReadOnlyList<string>> OfTables(NpgsqlDataSource database, Acknowledged told)
    {
        var wrong = new List<string>();
        foreach (var (invariant, sql) in Sql)
        {
            if (await Count(sql) is var count and > 0)
            {
                wrong.Add($"{invariant}: {count} times.");
            }
        }

        var stored = new Acknowledged(await Demands("SELECT DISTINCT demand FROM proposal"), await Demands("SELECT demand FROM proposal WHERE step = 5"));
        return [.. wrong, .. stored.Lacks(told)];

        async Task<long> Count(string sql)
        {
            await using var command = database.CreateCommand(sql);
            return (long)(await command.ExecuteScalarAsync())!;
        }

        async Task<HashSet<Guid>> Demands(string sql)
        {
            await using var command = database.CreateCommand(sql);
            await using var row = await command.ExecuteReaderAsync();
            var demands = new HashSet<Guid>();
            while (await row.ReadAsync())
            {
                demands.Add(row.GetGuid(0));
            }

            return demands;
        }
    }

    private static async Task<IReadOnlyList<string>> OfRows(NpgsqlDataSource database, Acknowledged told)
    {
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var partners = await Read<PartnerRow>(database, serializer, "partner");
        var demands = (await Read<StoredDemand>(database, serializer, "demand")).Where(demand => demand.Row is not null).ToList();
        var proposals = demands.Select(demand => (Demand: demand, demand.Row!.Proposal)).Where(pair => pair.Proposal is not null).Select(pair => (pair.Demand, Proposal: pair.Proposal!)).ToList();
        var booked = partners.SelectMany(partner => partner.Bookings).ToLookup(booking => (booking.Demand, booking.Number));
        var settled = proposals.Where(pair => pair.Proposal.Step == Step.Settled).ToList();
        string?[] wrong =
        [
            Wrong("I1: a partner's overlapping bookings exceed its capacity", partners.Count(partner => partner.Bookings.Any(
                booking => partner.Bookings.Count(other => other.Starts < booking.Ends && booking.Starts < other.Ends && other.Starts <= booking.Starts) > partner.Capacity))),
            Wrong("I1: an accepted seat has no booking, or a settled one still has", proposals.Count(
                pair => (pair.Proposal.Step is Step.Accepted or Step.Started or Step.Completed or Step.Disputed)
                    != booked[(pair.Demand.Row!.Terms.Id, pair.Proposal.Number)].Any(booking => booking.HeldUntil is null))),
            Wrong("I1: a seat is held or booked twice", booked.Count(seat => seat.Count() > 1)),
            Wrong("I2: the partners' minutes are not those of the settled seats", partners.Sum(partner => partner.MinutesServed) == settled.Sum(pair => pair.Proposal.AgreedMinutes!.Value) ? 0 : 1),
            Wrong("I3: the partners' entries are not as many as the settled seats", partners.Sum(partner => partner.Entries) == settled.Count ? 0 : 1),
            Wrong("I7: a demand has not one request for each step", proposals.Count(pair => pair.Demand.Requests.Count != (pair.Proposal.Step == Step.Disputed ? 4 : (int)pair.Proposal.Step - 1))),
            Wrong("I8: a hold outlives its expiry by more than a minute", booked.SelectMany(seat => seat).Count(booking => booking.HeldUntil < DateTime.UtcNow.AddMinutes(-1))),
        ];
        return [.. wrong.OfType<string>(), .. new Acknowledged(Demands(proposals), Demands(settled)).Lacks(told)];
    }

    private static HashSet<Guid> Demands(IEnumerable<(StoredDemand Demand, ProposalRow Proposal)> proposals) => [.. proposals.Select(pair => pair.Demand.Row!.Terms.Id)];

    private static string? Wrong(string invariant, int times) => times == 0 ? null : $"{invariant}: {times} times.";

    private static async Task<List<T>> Read<T>(NpgsqlDataSource database, Serializer serializer, string state)
    {
        await using var command = database.CreateCommand("SELECT payloadbinary FROM orleansstorage WHERE graintypestring LIKE '%' || $1 AND payloadbinary IS NOT NULL");
        command.Parameters.Add(new() { Value = state });
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await row.ReadAsync())
        {
            rows.Add(serializer.Deserialize<T>(row.GetFieldValue<byte[]>(0))!);
        }

        return rows;
    }
}
