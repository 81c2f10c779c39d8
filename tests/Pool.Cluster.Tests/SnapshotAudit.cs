using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;
using Pool.Actors;
using Pool.Auditing;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Partners;
using Pool.Streets;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>Compares every snapshot that stands in a cluster's database with the replay of its stream from the first event on (I6).</summary>
public static class SnapshotAudit
{
    private static readonly Serializer Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    /// <summary>Orleans keeps a key that reads like a hexadecimal number, as a street's does, as that number.</summary>
    private const string Snapshots =
        "SELECT GrainTypeString || '/' || CASE GrainIdExtensionString WHEN '' THEN to_hex(GrainIdN1) ELSE GrainIdExtensionString END, PayloadBinary FROM OrleansStorage";

    /// <returns>How many snapshots there are, and those that are otherwise than their streams, a sentence each.</returns>
    public static async Task<(int Count, IReadOnlyList<string> Wrong)> Of(string database, RecordedJournal journal)
    {
        var streams = journal.Rows.GroupBy(row => row.Stream).ToDictionary(stream => stream.Key, stream => stream.ToList());
        var (count, wrong) = (0, new List<string>());
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Snapshots, connection);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            count++;
            var (name, snapshot) = (row.GetString(0), row.GetFieldValue<byte[]>(1));
            if (!streams.TryGetValue(name, out var stream))
            {
                wrong.Add($"There is a snapshot of {name}, of which the journal knows nothing.");
            }
            else if (Difference(stream, snapshot) is { } difference)
            {
                wrong.Add($"The snapshot of {stream[0].Stream} is not what its events say: {difference}");
            }
        }

        return (count, wrong);
    }

    private static string? Difference(List<JournalRow> stream, byte[] snapshot) => stream[0].Stream.Split('/')[0] switch
    {
        "demand" => Difference<Demand, DemandEvent>(stream, snapshot),
        "partner" => Difference<Partner, PartnerEvent>(stream, snapshot),
        "street" => Difference<Street, StreetEvent>(stream, snapshot),
        var kind => $"an actor of the kind '{kind}' has none.",
    };

    private static string? Difference<TState, TEvent>(List<JournalRow> stream, byte[] bytes)
        where TState : class, IActorState<TState, TEvent>
        where TEvent : class, IEvent
    {
        var snapshot = Serializer.Deserialize<Snapshot<TState>>(bytes)!;
        var events = stream.TakeWhile(row => row.Version <= snapshot.Version).ToList();
        if (events.Count != snapshot.Version)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it is of version {snapshot.Version}, and there are {events.Count} events.");
        }

        var replayed = events.Aggregate(TState.Empty, (state, row) => state.Evolve(EventCatalogue<TEvent>.Read(Record(row))));
        return Xunit.Record.Exception(() => Assert.Equivalent(replayed, snapshot.State, strict: true))?.Message;
    }

    private static JournalRecord Record(JournalRow row) => new(
        row.Position, row.Stream, row.Version, row.Street, row.Type, row.At, row.Actor, row.CommandId is null ? null : Guid.Parse(row.CommandId), row.Fingerprint,
        null, row.Payload.GetRawText());
}
