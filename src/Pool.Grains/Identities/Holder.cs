using Pool.Ledgers;
using Pool.Values;

namespace Pool.Identities;

/// <summary>Who has an account under a pseudonym: a partner, or a resident by the id that its community gives it.</summary>
[GenerateSerializer, Immutable, Alias("pool.Holder")]
public readonly record struct Holder([property: Id(0)] string Text)
{
    private const string PartnerPrefix = "partner/";

    public static Holder Of(PartnerId partner) => new($"{PartnerPrefix}{partner}");

    public static Holder Of(CommunityId community, ResidentId resident) => new($"resident/{community}/{resident}");

    /// <summary>Null for a fund, which is nobody's.</summary>
    public static Holder? Of(Party party) => party.Partner is { } partner ? Of(partner) : party.Resident is { } resident ? Of(party.Home, resident) : null;

    /// <summary>Null for a resident.</summary>
    public PartnerId? Partner => Text.StartsWith(PartnerPrefix, StringComparison.Ordinal) ? PartnerId.Parse(Text[PartnerPrefix.Length..]) : null;

    public override string ToString() => Text;
}
