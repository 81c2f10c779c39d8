using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Partners;

/// <summary>A hold of one demand: the proposal it is for. Its text is <c>demand/number</c>.</summary>
[GenerateSerializer, Immutable, Alias("pool.HoldId")]
[JsonConverter(typeof(TextJsonConverter<HoldId>))]
public readonly record struct HoldId([property: Id(0)] DemandId Demand, [property: Id(1)] int Number) : ITextValue<HoldId>
{
    public string Text => $"{Demand.Text}/{Number}";

    public static bool TryParse(string? text, out HoldId value)
    {
        value = default;
        var slash = text?.IndexOf('/') ?? -1;
        if (slash < 0 || !DemandId.TryParse(text![..slash], out var demand)
            || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || text[slash + 1] == '0')
        {
            return false;
        }

        value = new(demand, number);
        return true;
    }

    public override string ToString() => $"{Demand}/{Number}";
}

/// <summary>Time reserved in a partner's calendar: a hold (预占) until it is confirmed, then a booking (预约).</summary>
/// <param name="ExpiresAt">When an unconfirmed hold ends by itself; null for a booking.</param>
/// <param name="People">How many of the partner's people it takes.</param>
/// <param name="Ring">How far from the partner's home it is, as the demand counts rings.</param>
/// <param name="PlacedAt">When it was held: a hold that was dropped may be placed again.</param>
[GenerateSerializer, Immutable, Alias("pool.Reservation")]
public sealed record Reservation(
    [property: Id(0)] HoldId Hold,
    [property: Id(1)] OfferId Offer,
    [property: Id(2)] TimeWindow Slot,
    [property: Id(3)] DateTimeOffset? ExpiresAt,
    [property: Id(4)] int People,
    [property: Id(5)] int Ring,
    [property: Id(6)] DateTimeOffset PlacedAt)
{
    /// <summary>Minutes of all the people together.</summary>
    public Minutes Minutes => new((long)Slot.Length.TotalMinutes * People);

    public bool IsBooking => ExpiresAt is null;

    public bool Lapsed(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>What a demand asks of an offer and of its partner's calendar. The search that found the offer may be days old, so it is all asked again.</summary>
/// <param name="Window">Where the service may lie.</param>
/// <param name="ExpiresAt">When the proposal is to expire; the calendar may make it sooner, at the slot's start.</param>
/// <param name="FeeMode">The fee mode that the offer had when it was found.</param>
/// <param name="People">How many people are wanted, at least 1; the calendar gives as many of them as it has.</param>
[GenerateSerializer, Immutable, Alias("pool.HoldRequest")]
public sealed record HoldRequest(
    [property: Id(0)] HoldId Hold,
    [property: Id(1)] TimeWindow Window,
    [property: Id(2)] Minutes Duration,
    [property: Id(3)] DateTimeOffset ExpiresAt,
    [property: Id(4)] bool RequiresCertificate,
    [property: Id(5)] int MinLevel,
    [property: Id(6)] SkillCode Skill,
    [property: Id(7)] FeeMode FeeMode,
    [property: Id(8)] int Ring,
    [property: Id(9)] int People)
{
    /// <summary>When the partner's street does not let it serve.</summary>
    [Id(10)] public ClosedTimes Closed { get; init; } = ClosedTimes.None;
}

/// <summary>A held slot with the people it takes and the instant until which the proposal may be accepted, or the reason why not.</summary>
[GenerateSerializer, Immutable, Alias("pool.HoldOutcome")]
public sealed record HoldOutcome(
    [property: Id(0)] TimeWindow? Slot,
    [property: Id(1)] DateTimeOffset? AcceptUntil,
    [property: Id(2)] CandidateReason? Reason,
    [property: Id(3)] int People)
{
    /// <summary>When the slot was held.</summary>
    [Id(4)] public DateTimeOffset? PlacedAt { get; init; }

    /// <summary>When the partner's street lent it; null at home.</summary>
    [Id(5)] public DateTimeOffset? LentAt { get; init; }

    public static HoldOutcome Held(TimeWindow slot, DateTimeOffset acceptUntil, int people, DateTimeOffset placedAt) =>
        new(slot, acceptUntil, null, people) { PlacedAt = placedAt };

    public static HoldOutcome Refused(CandidateReason reason) => new(null, null, reason, 0);
}

/// <summary>The reservations of one partner, and the holds that ended lately.</summary>
[GenerateSerializer, Immutable, Alias("pool.Calendar")]
public sealed record Calendar
{
    /// <summary>How long a hold outlives the proposal it backs: the time in which an acceptance must reach the calendar.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>How long an ended hold is remembered at least, so that a message that comes late or twice changes nothing.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    /// <summary>Holds that end between two looks for those that may be forgotten: a look goes through all that ended.</summary>
    private const int ForgetsEvery = 64;

    public static Calendar Empty { get; } = new();

    [Id(0)] public ImmutableDictionary<HoldId, Reservation> Reservations { get; init; } = ImmutableDictionary<HoldId, Reservation>.Empty;

    [Id(1)] public ImmutableDictionary<HoldId, DateTimeOffset> Ended { get; init; } = ImmutableDictionary<HoldId, DateTimeOffset>.Empty;

    public Calendar With(Reservation reservation) => this with { Reservations = Reservations.SetItem(reservation.Hold, reservation) };

    public Calendar Confirmed(HoldId hold, int people) => With(Reservations[hold] with { ExpiresAt = null, People = people });

    public Calendar End(HoldId hold, DateTimeOffset at) => this with
    {
        Reservations = Reservations.Remove(hold),
        Ended = (Ended.Count % ForgetsEvery == 0 ? Ended.RemoveRange(Ended.Where(ended => ended.Value + Memory < at).Select(ended => ended.Key)) : Ended).SetItem(hold, at),
    };

    /// <summary>As if the hold had never been placed.</summary>
    public Calendar Without(HoldId hold) => this with { Reservations = Reservations.Remove(hold) };

    /// <summary>Minutes reserved, of each person.</summary>
    public Minutes Reserved => new(Reservations.Values.Sum(reservation => reservation.Minutes.Value));

    /// <summary>Minutes reserved in a week, of each person.</summary>
    public Minutes ReservedIn(DateOnly week, DateTimeOffset now) => new(Reservations.Values
        .Where(reservation => !reservation.Lapsed(now) && PartnerTimes.WeekOf(reservation.Slot.Start) == week)
        .Sum(reservation => reservation.Minutes.Value));

    public DateTimeOffset? NextLapse => Reservations.Values.Min(reservation => reservation.ExpiresAt);

    /// <summary>How many people, of one offer if named, are reserved at the busiest instant of the slot.</summary>
    /// <param name="apart">The time before and after a reservation in which its people are not there either; null for none.</param>
    public int Peak(TimeWindow slot, DateTimeOffset now, OfferId? offer = null, Func<Reservation, TimeSpan>? apart = null)
    {
        var overlapping = Reservations.Values
            .Where(reservation => !reservation.Lapsed(now) && (offer is null || reservation.Offer == offer))
            .Select(reservation => (reservation.People, Busy: Around(reservation)))
            .Where(busy => busy.Busy.Overlaps(slot))
            .ToList();
        // The peak lies at the start of one of them, or of the slot itself.
        return overlapping.Select(busy => busy.Busy.Start).Append(slot.Start)
            .Where(at => at >= slot.Start)
            .Max(at => overlapping.Sum(busy => busy.Busy.Start <= at && at < busy.Busy.End ? busy.People : 0));

        TimeWindow Around(Reservation reservation) => apart?.Invoke(reservation) is { } time
            ? new(reservation.Slot.Start - time, reservation.Slot.End + time)
            : reservation.Slot;
    }

    /// <summary>The stretches in which a partner of the given capacity has no room left.</summary>
    public ImmutableArray<TimeWindow> Full(int capacity, DateTimeOffset now)
    {
        var taken = Reservations.Values.Where(reservation => !reservation.Lapsed(now)).ToList();
        if (taken.Sum(reservation => reservation.People) < capacity)
        {
            return [];
        }

        var (busy, since, full) = (0, (DateTimeOffset?)null, ImmutableArray.CreateBuilder<TimeWindow>());
        var comings = taken.Select(reservation => (At: reservation.Slot.Start, reservation.People));
        var leavings = taken.Select(reservation => (At: reservation.Slot.End, People: -reservation.People));
        foreach (var change in comings.Concat(leavings).GroupBy(change => change.At, change => change.People).OrderBy(change => change.Key))
        {
            busy += change.Sum();
            if (busy >= capacity)
            {
                since ??= change.Key;
            }
            else if (since is { } start)
            {
                full.Add(new(start, change.Key));
                since = null;
            }
        }

        return full.DrainToImmutable();
    }
}
