using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pool.Actors;
using Pool.Databases;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Silo.Database;
using Pool.Silo.Hosting;
using Pool.Streets;
using Pool.Values;

namespace Pool.Benchmarks;

/// <summary>
/// What one street's ledger does a second, durable on PostgreSQL, against a ledger of SQL rows on the same server: two balances
/// updated under their locks and the entry inserted, one transaction in one round trip. Settlements come one in a call, as
/// demands make them; orders in batches, as platforms send them.
/// </summary>
internal static class LedgerBenchmark
{
    private const int Callers = 512;
    private const int Connections = 16;

    /// <summary>Orders in a batch, and who sends batches at a time.</summary>
    private const int Batch = 200;
    private const int Platforms = 16;
    private const int Accounts = 1_000;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);
    private static readonly StreetId Street = StreetId.Parse("330109002");
    private static readonly ResidentId Elder = ResidentId.Parse("elder");

    public static async Task<IReadOnlyList<Ratio>> Run()
    {
        await using var server = await DatabaseServer.Start();
        var address = await server.CreateDatabase();
        var ports = LoopbackPorts.Free(2);
        var options = new PoolOptions { HttpPort = 0, Database = address, Address = IPAddress.Loopback, SiloPort = ports[0], ClientPort = ports[1] };
        await using var database = await ClusterDatabase.OpenForSilo(options, default);
        await using var silo = ClusterHost.Silo(options, database, LogLevel.None);
        await silo.StartAsync();
        try
        {
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            var ledger = grains.Ledger(Street);
            await using var rows = await SqlLedger.Create(address);
            await Found(grains);
            return
            [
                await Ratio.Measure(
                    $"Durable transfers from one fund, {Platforms} callers with {Batch} in a batch",
                    () => Batches(ledger, (_, _) => Home(0)),
                    $"SQL rows, a transaction each, on {Connections} connections",
                    () => Ratio.Rate(Connections, Time, (caller, call) => rows.Transfer(caller, 0, 1 + (Spread(caller, call) % Accounts))), goal: 10, atLeast: true, "transfers/s"),
                await Ratio.Measure(
                    $"Durable transfers uniform over {Accounts:N0} accounts, {Platforms} callers with {Batch} in a batch",
                    () => Batches(ledger, (caller, order) => Home(Spread(caller, order))),
                    $"SQL rows, a transaction each, on {Connections} connections",
                    () => Ratio.Rate(Connections, Time, (caller, call) => rows.Transfer(caller, 1 + (Spread(caller, call) % (Accounts / 2)), 1 + (Accounts / 2) + (Spread(call, caller) % (Accounts / 2)))),
                    goal: 4, atLeast: true, "transfers/s"),
                await Ratio.Measure(
                    $"Durable settlements of one fund, {Callers} callers",
                    () => Ratio.Rate(Callers, Time, (caller, call) => ledger.Post(Payment(0, caller % Accounts))),
                    $"SQL rows, a transaction each, on {Connections} connections",
                    () => Ratio.Rate(Connections, Time, (caller, call) => rows.Transfer(caller, 0, 1 + (Spread(caller, call) % Accounts))), goal: 10, atLeast: true, "settlements/s"),
                await Ratio.Measure(
                    $"Durable settlements uniform over {Accounts:N0} accounts, {Callers} callers",
                    () => Ratio.Rate(Callers, Time, (caller, call) => ledger.Post(Payment(1 + (Spread(caller, call) % (Accounts / 2)), Spread(call, caller) % (Accounts / 2)))),
                    $"SQL rows, a transaction each, on {Connections} connections",
                    () => Ratio.Rate(Connections, Time, (caller, call) => rows.Transfer(caller, 1 + (Spread(caller, call) % (Accounts / 2)), 1 + (Accounts / 2) + (Spread(call, caller) % (Accounts / 2)))),
                    goal: 4, atLeast: true, "settlements/s"),
            ];
        }
        finally
        {
            await silo.StopAsync();
        }
    }

    /// <summary>Opens the street with as many communities as half of the accounts are funds of.</summary>
    private static async Task Found(IGrainFactory grains)
    {
        await grains.Street(Street).Open("a street", [], DispatchPolicy.Default, [], NewCommand());
        await grains.Ledger(Street).SetPolicy(LedgerPolicy.Default with { FundCredits = new(Limits.MostAmount), MostCredits = new(Limits.MostAmount) }, NewCommand());
        for (var i = 0; i < Accounts / 2; i++)
        {
            await grains.Community(Home(i)).Open("a community", NewCommand());
        }
    }

    /// <summary>One of the communities.</summary>
    private static CommunityId Home(int any) => CommunityId.Parse($"{Street}{1 + (any % (Accounts / 2)):000}");

    private static Command NewCommand() => new(Guid.NewGuid(), 1, "benchmark");

    /// <summary>Grants of funds to residents, in batches.</summary>
    /// <returns>Transfers a second.</returns>
    private static async Task<double> Batches(ILedgerGrain ledger, Func<int, int, CommunityId> fund) => Batch * await Ratio.Rate(Platforms, Time, async (caller, call) =>
    {
        var outcomes = (await ledger.Transfer([.. Enumerable.Range(0, Batch).Select(i =>
        {
            var order = (call * Batch) + i;
            return new TransferRequest(NewCommand(), EntryKind.Grant, new(fund(caller, order)), new(Home(Spread(order, caller)), Resident: Elder), Unit.TimeCredit, 1);
        })])).Value;
        if (outcomes.FirstOrDefault(outcome => outcome.Refusal is not null)?.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"A transfer was refused: {refusal}");
        }
    });

    /// <summary>The same every time, and all over the accounts.</summary>
    private static int Spread(int one, int other) => (int)(((uint)one * 2_654_435_761u) ^ ((uint)other * 2_246_822_519u)) & int.MaxValue;

    private static Payment Payment(int fund, int partner) => new(
        new(new(Guid.NewGuid()), 1), FeeMode.LowFee, SkillCode.Parse("elder-care"), 1, 1, new(1), CommunityId.Parse($"{Street}{fund % 1_000:000}"),
        new(CommunityId.Parse($"{Street}999"), PartnerId.Parse($"partner-{partner}")), TimeProvider.System.GetUtcNow());

    /// <summary>What a program without an actor does.</summary>
    private sealed class SqlLedger(NpgsqlDataSource database, NpgsqlConnection[] connections) : IAsyncDisposable
    {
        private const string Schema =
            """
            CREATE TABLE row_account (id int PRIMARY KEY, balance bigint NOT NULL, credit bigint NOT NULL, CHECK (balance + credit >= 0));
            CREATE TABLE row_entry (id uuid PRIMARY KEY, payer int NOT NULL, payee int NOT NULL, amount bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
            INSERT INTO row_account SELECT id, 0, 1000000000000 FROM generate_series(0, 1001) AS id;
            """;

        public static async Task<SqlLedger> Create(string address)
        {
            await DatabaseServer.Execute(address, Schema);
            var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address) { MaxPoolSize = Connections, MaxAutoPrepare = 10, AutoPrepareMinUsages = 1 }.ConnectionString);
            return new(database, await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => database.OpenConnectionAsync().AsTask())));
        }

        public async Task Transfer(int connection, int payer, int payee)
        {
            // Locks are taken in the order of the ids, or two transfers would wait for each other.
            await using var batch = new NpgsqlBatch(connections[connection]);
            foreach (var (account, amount) in new[] { (payer, -50L), (payee, 50L) }.OrderBy(part => part.Item1))
            {
                batch.BatchCommands.Add(new("UPDATE row_account SET balance = balance + $2 WHERE id = $1") { Parameters = { new() { Value = account }, new() { Value = amount } } });
            }

            batch.BatchCommands.Add(new("INSERT INTO row_entry (id, payer, payee, amount) VALUES ($1, $2, $3, 50)")
            {
                Parameters = { new() { Value = Guid.NewGuid() }, new() { Value = payer }, new() { Value = payee } },
            });
            await batch.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }

            await database.DisposeAsync();
        }
    }
}
