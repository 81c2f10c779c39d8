using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.Silo.Hosting;
using Pool.Values;
using Pool.Views;

namespace Pool.Benchmarks;

/// <summary>
/// How long it takes to prove, from the views of a pool in one process, that an entry stands in a log of many, and that a log
/// goes on from an older size of it. The entries are written into the views' file at once, not through the journal; they are
/// read as a pool reads them, and every proof is checked.
/// </summary>
internal static class ProofBenchmark
{
    private const int Proofs = 2_000;
    private const double Goal = 5;

    private static readonly StreetId Street = StreetId.Parse("330109002");

    /// <returns>Whether every goal was met.</returns>
    public static async Task<bool> Run(int entries)
    {
        var folder = Directory.CreateTempSubdirectory("pool-proofs-").FullName;
        try
        {
            var sizes = new SortedDictionary<long, MerkleHash>();
            await InPool(folder, async services =>
            {
                await services.GetRequiredService<IViewStore>().Find<ListedEntry>(["none"], 0);
                await Fill(Path.Combine(folder, "views.db"), services.GetRequiredService<Serializer<ListedEntry>>(), entries, sizes);
                return true;
            });
            return await InPool(folder, services => Measure(new(services.GetRequiredService<IViewStore>()), sizes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> InPool(string folder, Func<IServiceProvider, Task<bool>> work)
    {
        using var taken = DataFolder.Take(folder);
        await using var app = PoolHost.Build(new() { GrpcPort = 0, HttpPort = 0 }, taken, TimeProvider.System, LogLevel.Warning);
        await app.StartAsync();
        var met = await work(app.Services);
        await app.StopAsync();
        return met;
    }

    /// <summary>Unpaid services, as the views keep them.</summary>
    /// <param name="sizes">Takes the root of the log at many of its sizes, the last among them.</param>
    private static async Task Fill(string path, Serializer<ListedEntry> serializer, int entries, SortedDictionary<long, MerkleHash> sizes)
    {
        const int Progress = 1_000_000;
        await using var file = new SqliteConnection($"Data Source={path};Pooling=False");
        await file.OpenAsync();
        await using var insert = file.CreateCommand();
        insert.CommandText = "INSERT INTO entry (key, place, version, body, street) VALUES (@key, @place, 1, @body, @street)";
        foreach (var name in (string[])["@key", "@place", "@body", "@street"])
        {
            insert.Parameters.AddWithValue(name, Street.Text);
        }

        // Of the entries before, those that end a subtree which is not part of a larger one yet.
        var (ends, log, home) = (new Dictionary<string, ListedEntry>(), MerkleFrontier.Empty, CommunityId.Parse($"{Street}001"));
        var transaction = file.BeginTransaction();
        for (var number = 1L; number <= entries; number++)
        {
            var service = new ServiceEntry(EntryKind.Settlement, TransferId.OfOrder(Guid.NewGuid()), Pseudonym.Parse("abcdefghijklmnop"), home, SkillCode.Parse("elder-care"), 1, new(60));
            var entry = (await ListedEntry.Of(Street, new ServiceEntryRecorded(DateTimeOffset.UnixEpoch, number, service), key => ValueTask.FromResult(ends[key])))!;
            for (var level = 0; level < entry.Nodes.Length - 1; level++)
            {
                ends.Remove(ListedEntry.Key(Street, number - (1L << level)));
            }

            var row = ListedEntry.Key(Street, number);
            ends[row] = entry;
            log = log.Append(entry.Nodes[0]);
            (insert.Transaction, insert.Parameters[0].Value, insert.Parameters[1].Value, insert.Parameters[2].Value) = (transaction, row, number, serializer.SerializeToArray(entry));
            await insert.ExecuteNonQueryAsync();
            if (number == entries || number % Math.Max(1, entries / Proofs) is 0 or 1)
            {
                sizes[number] = log.Root;
            }

            if (number % Progress == 0)
            {
                await transaction.CommitAsync();
                await transaction.DisposeAsync();
                transaction = file.BeginTransaction();
                await Console.Error.WriteLineAsync($"{number:N0} of {entries:N0} entries");
            }
        }

        await transaction.CommitAsync();
        await transaction.DisposeAsync();
    }

    private static async Task<bool> Measure(EntryLog entries, SortedDictionary<long, MerkleHash> sizes)
    {
        var (random, inclusions, consistencies) = (new Random(20261128), new List<double>(), new List<double>());
        var (size, root) = sizes.Last();
        var older = sizes.ToArray();
        for (var i = 0; i < Proofs; i++)
        {
            var index = random.NextInt64(size);
            var begun = Stopwatch.GetTimestamp();
            var proof = await entries.Inclusion(Street, index, size, 0);
            inclusions.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            var entry = await entries.Find(Street, index + 1, 0);
            Check(MerkleProof.Includes(root, size, index, entry!.Nodes[0], proof));

            var (before, rootBefore) = older[random.Next(older.Length)];
            begun = Stopwatch.GetTimestamp();
            proof = await entries.Consistency(Street, before, size, 0);
            consistencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            Check(MerkleProof.Extends(rootBefore, before, root, size, proof));
        }

        return Tell("that an entry stands", size, inclusions) & Tell("that it goes on from an older size", size, consistencies);
    }

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A proof proves nothing.");
        }
    }

    private static bool Tell(string what, long size, List<double> milliseconds)
    {
        milliseconds.Sort();
        var (median, late) = (milliseconds[Proofs / 2], milliseconds[Proofs * 99 / 100]);
        Console.WriteLine($"{Proofs:N0} proofs {what} in a log of {size:N0} entries: p50 {median:0.00} ms, p99 {late:0.00} ms; goal p99 under {Goal} ms: {(late < Goal ? "met" : "NOT MET")}");
        return late < Goal;
    }
}
