using Pool.Values;

namespace Pool.Matching;

/// <summary>What a street has heard lately and keeps in memory alone; it may be stale.</summary>
public sealed class StreetHints
{
    /// <summary>How full its partners' calendars are.</summary>
    public Dictionary<PartnerId, BusyHint> Calendars { get; } = [];

    /// <summary>Minutes that other streets have served for it.</summary>
    public Dictionary<StreetId, Minutes> LentBack { get; } = [];

    public BusyHint? Of(PartnerId partner) => Calendars.GetValueOrDefault(partner);

    /// <summary>Minutes that a partner has served in a quarter: a hint of it may be newer than what the index knows.</summary>
    public static Minutes Served(in OfferRow offer, BusyHint? hint, int quarter) =>
        hint is not null && hint.Revision > offer.Partner.Revision ? (hint.QuarterNumber == quarter ? hint.Served : Minutes.Zero) : offer.MinutesIn(quarter);
}
