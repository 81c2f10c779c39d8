using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What a street and one other came to owe each other on one day, in minutes or fen.</summary>
/// <param name="Opening">What the other was owed when the day began; less than nothing where it owed.</param>
/// <param name="Given">What it came to be owed.</param>
/// <param name="Taken">What it came to owe, or was paid.</param>
/// <param name="Entries">By how many entries.</param>
[GenerateSerializer, Immutable, Alias("pool.NetPosition")]
public sealed record NetPosition(
    [property: Id(0)] StreetId Peer, [property: Id(1)] Unit Unit, [property: Id(2)] long Opening, [property: Id(3)] long Given, [property: Id(4)] long Taken, [property: Id(5)] int Entries)
{
    /// <summary>What it is owed when the day ends.</summary>
    [JsonIgnore]
    public long Closing => checked(Opening + Given - Taken);

    public NetPosition After(long amount) => this with { Given = checked(Given + Math.Max(0, amount)), Taken = checked(Taken + Math.Max(0, -amount)), Entries = Entries + 1 };
}

/// <summary>What went between a street and all others on the day under way, by the pool's zone.</summary>
/// <param name="Day">The last day on which something did; its statement is made where there are no positions.</param>
/// <param name="Positions">In the order of their first entry; none where nothing did.</param>
[GenerateSerializer, Immutable, Alias("pool.Netting")]
public sealed record Netting([property: Id(0)] DateOnly Day, [property: Id(1)] ImmutableArray<NetPosition> Positions)
{
    public static Netting None { get; } = new(default, []);

    /// <summary>When the day ends, so that its statement is made; null where nothing went.</summary>
    [JsonIgnore]
    public DateTimeOffset? EndsAt => Positions.IsEmpty ? null : Clock.Begins(Day.AddDays(1));

    /// <param name="before">How the accounts stood before the entry.</param>
    public Netting After(EconomicEntry entry, DateTimeOffset at, EconomicBook before)
    {
        var positions = Positions;
        foreach (var posting in entry.Postings)
        {
            if (posting.Account.Peer is { } peer)
            {
                var known = positions.FirstOrDefault(position => position.Peer == peer && position.Unit == posting.Unit);
                var next = (known ?? new(peer, posting.Unit, before.Of(posting.Account, posting.Unit).Posted, 0, 0, 0)).After(posting.Amount);
                positions = known is null ? positions.Add(next) : positions.Replace(known, next);
            }
        }

        return positions == Positions ? this : new(Positions.IsEmpty ? DayOf(at) : Day, positions);
    }

    /// <summary>The day's statement is made.</summary>
    public Netting Ended() => new(Day, []);

    /// <summary>The day that an entry is of: none whose statement is made already, should the clock have gone back.</summary>
    private DateOnly DayOf(DateTimeOffset at) => Clock.DayOf(at) is var day && day > Day ? day : Day.AddDays(1);
}

/// <summary>A day's net statement of a street towards one other, in one unit.</summary>
[GenerateSerializer, Immutable, Alias("pool.NetStatement")]
public sealed record NetStatement([property: Id(0)] StreetId Street, [property: Id(1)] DateOnly Day, [property: Id(2)] NetPosition Position)
{
    /// <summary>The day like 2026-11-28.</summary>
    public string DayText => TextOf(Day);

    public string Key => KeyOf(Street, Position.Peer, Position.Unit, Day);

    /// <summary>The key of what the other street says of the same day.</summary>
    public string KeyOfPeer => KeyOf(Position.Peer, Street, Position.Unit, Day);

    private static string KeyOf(StreetId street, StreetId peer, Unit unit, DateOnly day) => $"{street}/{peer}/{unit}/{TextOf(day)}";

    private static string TextOf(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
