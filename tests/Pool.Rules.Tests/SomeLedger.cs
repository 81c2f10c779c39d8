using System.Collections.Immutable;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Ledgers of two streets, and payments between them.</summary>
internal static class SomeLedger
{
    /// <summary>The catalogue's weight of a lawyer.</summary>
    public const int Weight = 400;

    public static readonly Pseudonym Earner = Pseudonym.Parse("abcdefghijklmnop");

    public static readonly AccountId Partner = AccountId.OfPartner(Earner);

    public static readonly AccountId HomeFund = AccountId.OfFund(Some.Home);

    public static Bookkeeper Keeper(StreetId street, DateTimeOffset? now = null) => new(street, "a key", now ?? Some.Now);

    public static readonly Bookkeeper Here = Keeper(Some.Street);

    public static readonly Bookkeeper There = Keeper(Some.OtherStreet);

    /// <summary>An hour for the community <see cref="Some.Home"/>, by somebody of a community.</summary>
    public static Payment Payment(FeeMode mode, CommunityId? community = null, int number = 1, int minutes = 60) => new(
        new(Some.Demand, number), mode, Some.Skill, 2, 1, new(minutes), Some.Home, new(community ?? Some.Neighbour, Some.Partner), Some.Now);

    public static Ledger Trusting(long fundCredits, long peerCredits = 60_000, long mostCredits = 90_000) =>
        Ledger.Empty.After(LedgerRules.SetPolicy(Ledger.Empty, new(new(mostCredits), new(fundCredits), new(fundCredits), new(peerCredits), new(peerCredits)), null, Here));

    public static Ledger After(this Ledger ledger, Decision<LedgerEvent> decision)
    {
        Assert.Null(decision.Refusal);
        return decision.Events.Aggregate(ledger, (state, next) => state.Evolve(next));
    }

    /// <summary>What a ledger says to a payment that is new.</summary>
    public static CandidateReason? Refusal(this Ledger ledger, Payment payment, Bookkeeper keeper) => LedgerRules.Hold(ledger, payment, Earner, Weight, keeper).Cover.Reason;

    public static Ledger Held(this Ledger ledger, Payment payment, Bookkeeper keeper)
    {
        var (decision, cover) = LedgerRules.Hold(ledger, payment, Earner, Weight, keeper);
        Assert.Null(cover.Reason);
        return ledger.After(decision);
    }

    public static Ledger Posted(this Ledger ledger, Payment payment, Bookkeeper keeper) => ledger.After(LedgerRules.Post(ledger, payment, Earner, Weight, keeper).Decision);

    public static Ledger Released(this Ledger ledger, Payment payment, Bookkeeper keeper) => ledger.After(LedgerRules.Release(ledger, payment.Transfer, keeper));

    /// <summary>What each account has, by its name and unit; those of nothing are left out.</summary>
    public static ImmutableSortedDictionary<string, long> Posted(this Ledger ledger) => ledger.Economy.Balances
        .Where(balance => balance.Value.Posted != 0)
        .ToImmutableSortedDictionary(balance => $"{balance.Key.Account} {balance.Key.Unit}", balance => balance.Value.Posted);

    /// <summary>What all accounts have together in a unit.</summary>
    public static long Sum(this Ledger ledger, Unit unit) => ledger.Economy.Balances.Where(balance => balance.Key.Unit == unit).Sum(balance => balance.Value.Posted);

    /// <summary>What is held on both sides of every account.</summary>
    public static long Held(this Ledger ledger) => ledger.Economy.Balances.Values.Sum(balance => Math.Abs(balance.Outgoing) + Math.Abs(balance.Incoming));
}
