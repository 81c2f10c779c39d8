using System.Text.Json;
using System.Text.Json.Nodes;
using Pool.Actors;
using Pool.Communities;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Rounds;
using Pool.Series;
using Pool.Skills;
using Pool.Streets;
using Pool.Witnesses;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>
/// The journal keeps events for ever, so their names and shapes are permanent: one approved file an event. A file that
/// no longer matches is a broken journal, not a stale file; a new shape needs a new example and the old file stays.
/// </summary>
public sealed class StoredShapesTests
{
    private static readonly JsonSerializerOptions Indented = new(StoredJson.Options) { WriteIndented = true, NewLine = "\n" };

    private static readonly Dictionary<string, IEvent> Examples = StoredExamples.All.ToDictionary(happened => Write(happened).Type);

    public static TheoryData<string> Names() => [.. Examples.Keys];

    [Fact]
    public void Every_event_has_one_example_and_one_name_of_its_own()
    {
        var types = typeof(IEvent).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(IEvent).IsAssignableFrom(type)).ToList();
        Assert.All(types, type => Assert.True(type.IsSealed, $"{type.Name} is not sealed."));
        Assert.Equal(types.Select(type => type.Name).Order(), StoredExamples.All.Select(happened => happened.GetType().Name).Order());
        Assert.All(Examples.Keys, name => Assert.Matches("^[a-z]+\\.[a-z]+(-[a-z]+)*$", name));
    }

    [Fact]
    public void Every_approved_shape_can_still_be_read()
    {
        // Also the files whose event has moved on to another shape: their payloads lie in journals.
        var names = ApprovedFile.Names.Where(name => name.EndsWith(".json", StringComparison.Ordinal)).ToList();
        Assert.Superset(Examples.Keys.Select(name => $"{name}.json").ToHashSet(), names.ToHashSet());
        Assert.All(names, name => Assert.NotNull(Read(name)));
    }

    [Theory, MemberData(nameof(Names))]
    public void An_event_is_stored_as_it_always_was(string name) =>
        ApprovedFile.Match($"{name}.json", JsonNode.Parse(Write(Examples[name]).Payload)!.ToJsonString(Indented) + "\n");

    [Theory, MemberData(nameof(Names))]
    public void A_stored_event_is_read_back_as_it_was(string name)
    {
        var read = Read($"{name}.json");
        Assert.IsType(Examples[name].GetType(), read);
        Assert.Equal(Write(Examples[name]).Payload, Write(read).Payload);
    }

    [Fact]
    public void A_stored_name_that_is_unknown_is_an_error_that_says_where()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => EventCatalogue<DemandEvent>.Read(Record("demand.teleported", "{}")));
        Assert.Contains("demand.teleported", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("17", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"at":"2026-11-23T01:00:00+00:00","community":"33010900203","name":"Beigan"}""")]
    [InlineData("""{"at":"2026-11-23T01:00:00+00:00","community":"","name":"Beigan"}""")]
    [InlineData("""{"at":"yesterday","community":"330109002037","name":"Beigan"}""")]
    public void A_stored_value_that_its_type_refuses_is_not_read(string payload) =>
        Assert.Throws<JsonException>(() => EventCatalogue<CommunityEvent>.Read(Record("community.opened", payload)));

    private static JournalEntry Write(IEvent happened) => happened switch
    {
        DemandEvent demand => EventCatalogue<DemandEvent>.Write(demand),
        PartnerEvent partner => EventCatalogue<PartnerEvent>.Write(partner),
        OfferEvent offer => EventCatalogue<OfferEvent>.Write(offer),
        StreetEvent street => EventCatalogue<StreetEvent>.Write(street),
        CommunityEvent community => EventCatalogue<CommunityEvent>.Write(community),
        SkillEvent skill => EventCatalogue<SkillEvent>.Write(skill),
        RoundEvent round => EventCatalogue<RoundEvent>.Write(round),
        SeriesEvent series => EventCatalogue<SeriesEvent>.Write(series),
        LedgerEvent ledger => EventCatalogue<LedgerEvent>.Write(ledger),
        JointTransferEvent transfer => EventCatalogue<JointTransferEvent>.Write(transfer),
        WitnessEvent witness => EventCatalogue<WitnessEvent>.Write(witness),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "A new family of events needs its line here."),
    };

    private static IEvent Read(string file)
    {
        // An old payload of an event is kept beside the new one as name.1.json, name.2.json and so on.
        var name = string.Join('.', file.Split('.').Take(2));
        var record = Record(name, ApprovedFile.Read(file));
        return name.Split('.')[0] switch
        {
            "demand" => EventCatalogue<DemandEvent>.Read(record),
            "partner" => EventCatalogue<PartnerEvent>.Read(record),
            "offer" => EventCatalogue<OfferEvent>.Read(record),
            "street" => EventCatalogue<StreetEvent>.Read(record),
            "community" => EventCatalogue<CommunityEvent>.Read(record),
            "skill" => EventCatalogue<SkillEvent>.Read(record),
            "round" => EventCatalogue<RoundEvent>.Read(record),
            "series" => EventCatalogue<SeriesEvent>.Read(record),
            "ledger" => EventCatalogue<LedgerEvent>.Read(record),
            "transfer" => EventCatalogue<JointTransferEvent>.Read(record),
            "witness" => EventCatalogue<WitnessEvent>.Read(record),
            _ => throw new ArgumentOutOfRangeException(nameof(file), file, "A new family of events needs its line here."),
        };
    }

    private static JournalRecord Record(string type, string payload) =>
        new(17, "stream", 1, null, type, Some.Now, "", null, 0, null, payload);
}
