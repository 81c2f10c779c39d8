using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pool.Actors;

namespace Pool.EventSourcing;

/// <summary>How stored JSON is written.</summary>
public static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Chinese text stays readable in the journal; it is never embedded in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };
}

/// <summary>The stored names of one family of events: every sealed record derived from <typeparamref name="TEvent"/> by its alias.</summary>
public static class EventCatalogue<TEvent> where TEvent : class, IEvent
{
    private static readonly Dictionary<string, Type> Types = typeof(TEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(TEvent)) && !type.IsAbstract)
        .ToDictionary(NameOf);

    private static readonly Dictionary<Type, string> Names = Types.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static bool Has(string name) => Types.ContainsKey(name);

    public static JournalEntry Write(TEvent happened) =>
        new(Names[happened.GetType()], JsonSerializer.Serialize(happened, happened.GetType(), StoredJson.Options), happened);

    public static TEvent Read(JournalRecord record) =>
        record.Happened as TEvent ?? Parse(record);

    private static TEvent Parse(JournalRecord record) =>
        Types.TryGetValue(record.Type, out var type)
            ? (TEvent)JsonSerializer.Deserialize(record.Payload, type, StoredJson.Options)!
            : throw new InvalidOperationException($"Event {record.Type} at position {record.Position} is unknown: a newer program wrote it.");

    private static string NameOf(Type type) =>
        type.GetCustomAttribute<AliasAttribute>()?.Alias ?? throw new InvalidOperationException($"{type.Name} has no alias.");
}
