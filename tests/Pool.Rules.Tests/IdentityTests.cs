using System.Security.Cryptography;
using CsCheck;
using Pool.Actors;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Partners;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What ties a person to what is written of it for ever, and how that is undone.</summary>
public sealed class IdentityTests
{
    private const string Verbs = """
        status    | Erase              | Reinstate           | Change         | SetAvailability  | ImportCalendar    | Certify
        None      | PartnerNotFound    | PartnerNotFound     | PartnerNotFound | PartnerNotFound | PartnerNotFound   | PartnerNotFound
        Active    | PartnerNotSuspended | PartnerNotSuspended | +PartnerChanged | +AvailabilitySet | +CalendarImported | +PartnerCertified
        Suspended | +PartnerErased     | +PartnerReinstated  | +PartnerChanged | +AvailabilitySet | +CalendarImported | +PartnerCertified
        Serving   | PartnerStillServes | +PartnerReinstated  | +PartnerChanged | +AvailabilitySet | +CalendarImported | +PartnerCertified
        Erased    | PartnerErased      | PartnerErased       | PartnerErased  | PartnerErased    | PartnerErased     | PartnerErased
        """;

    private static readonly Identity One = new(SomeLedger.Earner, [.. Enumerable.Repeat((byte)1, Identity.KeyLength)]);

    private static readonly Identity Other = new(SomeLedger.Earner, [.. Enumerable.Repeat((byte)2, Identity.KeyLength)]);

    public static TheoryData<string, string, string> Cells() => Tables.Cells(Verbs);

    [Fact]
    public void A_sealed_name_is_opened_by_its_own_key_alone() => Gen.String.Sample(name =>
    {
        var text = One.Seal(name);

        Assert.True(Identity.IsSealed(text));
        Assert.Equal(name, One.Open(text));
        Assert.Equal(text, One.Seal(name));
        Assert.NotEqual(text, Other.Seal(name));
        Assert.ThrowsAny<CryptographicException>(() => Other.Open(text));
    });

    [Fact]
    public void A_sealed_name_that_is_damaged_is_not_opened()
    {
        var box = Convert.FromBase64String(One.Seal("李律师")["sealed:v1:".Length..]);

        Assert.All(Enumerable.Range(0, box.Length * 8), bit =>
        {
            var damaged = box.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<CryptographicException>(() => One.Open($"sealed:v1:{Convert.ToBase64String(damaged)}"));
        });
    }

    [Fact]
    public void A_blinded_fingerprint_is_the_same_for_the_same_request_and_tells_nothing_without_the_key() => Gen.Long.Sample(fingerprint =>
    {
        Assert.Equal(One.Blind(fingerprint), One.Blind(fingerprint));
        Assert.NotEqual(fingerprint, One.Blind(fingerprint));
        Assert.NotEqual(Other.Blind(fingerprint), One.Blind(fingerprint));
        Assert.NotEqual(One.Blind(fingerprint), One.Blind(fingerprint ^ 1));
    });

    [Theory, MemberData(nameof(Cells))]
    public void A_partner_answers_each_verb_by_whether_it_is_forgotten(string status, string verb, string expected)
    {
        var partner = Of(status);
        Assert.Equal(expected, (verb switch
        {
            "Erase" => PartnerRules.Erase(partner, Some.Partner, "moved away", Some.Now),
            "Reinstate" => PartnerRules.Reinstate(partner, Some.Partner, Some.Now),
            "Change" => PartnerRules.Change(partner, Some.Partner, new("another name", null, null, null, null), One.Seal, Some.Now),
            "SetAvailability" => PartnerRules.SetAvailability(partner, Some.Partner, PartnerTimes.Unbound, Some.Now),
            "ImportCalendar" => PartnerRules.ImportCalendar(partner, Some.Partner, [], Some.Now),
            "Certify" => PartnerRules.Certify(partner, Some.Partner, new(Some.Skill, 3, Some.Now.AddYears(1), "the chamber"), null, Some.Now),
            _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
        }).Told());
    }

    [Fact]
    public void Who_is_forgotten_has_no_name_and_the_vault_is_told_after_the_street()
    {
        var suspended = Of("Suspended");
        var erased = suspended.After(PartnerRules.Erase(suspended, Some.Partner, "moved away", Some.Now));

        Assert.Equal(("", true), (erased.Profile!.Name, erased.OwesErasure));
        Assert.IsType<PublishFacts>(PartnerRules.NextStep(erased, Some.Now));
        erased = erased.After(PartnerRules.Published(erased, erased.Revision, Some.Now));
        Assert.IsType<EraseIdentity>(PartnerRules.NextStep(erased, Some.Now));
        erased = erased.After(PartnerRules.IdentityErased(erased, Some.Now));
        Assert.Null(PartnerRules.NextStep(erased, Some.Now));
        Assert.Equal("-", PartnerRules.IdentityErased(erased, Some.Now).Told());
    }

    [Fact]
    public void A_new_name_is_sealed_before_it_is_written_and_the_old_one_stays_as_it_was()
    {
        var registered = PartnerRules.Register(Partner.Empty, Some.Partner, Some.Home, Some.Registered().Profile! with { Name = "李律师" }, null, One.Seal, Some.Now);
        var name = Assert.IsType<PartnerRegistered>(Assert.Single(registered.Events)).Profile.Name;
        Assert.Equal("李律师", One.Open(name));

        var partner = Some.Registered() with { Profile = Some.Registered().Profile! with { Name = name } };
        Assert.Equal(name, Changed(new(null, null, Circle.Living, null, null)));
        Assert.Equal("王律师", One.Open(Changed(new("王律师", null, null, null, null))));
        Assert.Equal("TextTooLong", PartnerRules.Change(partner, Some.Partner, new(new('长', 101), null, null, null, null), One.Seal, Some.Now).Told());
        Assert.Equal("FieldRequired", PartnerRules.Register(Partner.Empty, Some.Partner, Some.Home, Some.Registered().Profile! with { Name = "" }, null, One.Seal, Some.Now).Told());

        string Changed(PartnerPatch patch) => Assert.IsType<PartnerChanged>(Assert.Single(PartnerRules.Change(partner, Some.Partner, patch, One.Seal, Some.Now).Events)).Profile.Name;
    }

    [Fact]
    public void A_ledger_forgets_whose_an_account_is_and_nothing_of_what_it_has()
    {
        var ledger = Ledger.Empty.Posted(SomeLedger.Payment(Offers.FeeMode.TimeCredit), SomeLedger.Here);
        Assert.Equal("AccountNotFound", LedgerRules.Erase(ledger, null, "li-na", SomeLedger.Here).Told());

        var erasing = ledger.After(LedgerRules.Erase(ledger, SomeLedger.Earner, "li-na", SomeLedger.Here));

        Assert.Equal(Some.Now + Patience.ForStep, erasing.DueAt);
        // Asked for again before the vault has done it, or after, it is owed once.
        Assert.Equal("AccountNotFound", LedgerRules.Erase(erasing, SomeLedger.Earner, "li-na", SomeLedger.Here).Told());
        // What a quarter carries over is also what is still to be forgotten.
        Assert.Equal([SomeLedger.Earner], ledger.Evolve(erasing.Carry(20271, Some.Now.AddMonths(2))).Erasing.Keys);
        var erased = erasing.After(LedgerRules.Erased(erasing, SomeLedger.Earner, SomeLedger.Here));
        Assert.Empty(erased.Erasing);
        Assert.Equal("-", LedgerRules.Erased(erased, SomeLedger.Earner, SomeLedger.Here).Told());
        Assert.Equal(ledger.Posted(), erased.Posted());
        Assert.Equal(ledger.Log.Root, erased.Log.Root);
    }

    private static Partner Of(string status) => status switch
    {
        "None" => Partner.Empty,
        "Active" => Some.Registered(),
        "Suspended" => Some.Registered().After(PartnerRules.Suspend(Some.Registered(), Some.Partner, "a complaint", Some.Now)),
        "Serving" => Serving(),
        "Erased" => Of("Suspended").After(PartnerRules.Erase(Of("Suspended"), Some.Partner, "moved away", Some.Now)),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static Partner Serving()
    {
        var held = Some.Registered().After(PartnerRules.TryHold(Some.Registered(), SomeCalendar.Advice, SomeCalendar.Ask(1), SomeCalendar.Now).Decision);
        var booked = held.After(PartnerRules.Confirm(held, SomeCalendar.Hold(1), 1, SomeCalendar.Now).Decision);
        return booked.After(PartnerRules.Suspend(booked, Some.Partner, "a complaint", SomeCalendar.Now));
    }
}
