using System.Collections.Immutable;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>What is public of a ledger.</summary>
/// <param name="Key">The verifier key of its checkpoints; empty before its first event.</param>
/// <param name="Entries">Of both books.</param>
/// <param name="Service">Unpaid minutes in the service record.</param>
/// <param name="WitnessKey">The verifier key of its signatures under others' checkpoints.</param>
[GenerateSerializer, Immutable, Alias("pool.LedgerProfile")]
public sealed record LedgerProfile(
    [property: Id(0)] StreetId Street,
    [property: Id(1)] string Key,
    [property: Id(2)] LedgerPolicy Policy,
    [property: Id(3)] RateBook Rates,
    [property: Id(4)] long Entries,
    [property: Id(5)] ImmutableArray<UnitTotal> Totals,
    [property: Id(6)] Minutes Service,
    [property: Id(7)] string WitnessKey)
{
    /// <summary>The accounts of funds, other streets and the street itself that come near a limit, in their order.</summary>
    [Id(8)] public ImmutableArray<AccountStanding> Warned { get; init; } = [];
}

/// <summary>What the accounts of one unit come to, in minutes or fen.</summary>
/// <param name="Sum">Of all accounts: always 0.</param>
/// <param name="Peers">What other streets are owed; less than 0 where they owe.</param>
/// <param name="Street">What the street itself has; less than 0, because it pays what funds cannot.</param>
/// <param name="Held">Of all of them, held for services under way.</param>
/// <param name="Residents">What residents have.</param>
/// <param name="Cash">Less than 0 by what the street office was paid in and has not paid out.</param>
[GenerateSerializer, Immutable, Alias("pool.UnitTotal")]
public sealed record UnitTotal(
    [property: Id(0)] Unit Unit,
    [property: Id(1)] long Sum,
    [property: Id(2)] long Partners,
    [property: Id(3)] long Funds,
    [property: Id(4)] long Peers,
    [property: Id(5)] long Street,
    [property: Id(6)] long Held,
    [property: Id(7)] long Residents,
    [property: Id(8)] long Cash);

/// <summary>Which limit an account comes near, long before anything is refused for it.</summary>
public enum AccountWarning
{
    /// <summary>It has nearly as many credits as somebody may have, services under way included.</summary>
    NearlyFull = 1,

    /// <summary>It is nearly as far in debt as it may be, services under way included.</summary>
    DeepInDebt = 2,

    /// <summary>Its holder has given away nearly as much as a quarter allows.</summary>
    GiftsNearlyUsed = 3,
}

/// <summary>How an account stands.</summary>
/// <param name="Service">The unpaid minutes of a partner, which are in no balance.</param>
/// <param name="Warnings">Each once.</param>
[GenerateSerializer, Immutable, Alias("pool.AccountStanding")]
public sealed record AccountStanding(
    [property: Id(0)] AccountId Account,
    [property: Id(1)] ImmutableArray<UnitBalance> Balances,
    [property: Id(2)] Minutes Service,
    [property: Id(3)] ImmutableArray<AccountWarning> Warnings);

/// <summary>How it stands in one unit.</summary>
/// <param name="Cover">What it can spend, its credit included.</param>
[GenerateSerializer, Immutable, Alias("pool.UnitBalance")]
public readonly record struct UnitBalance([property: Id(0)] Unit Unit, [property: Id(1)] Balance Balance, [property: Id(2)] long Cover);

/// <summary>What is asked of a ledger.</summary>
public static class LedgerQueries
{
    public static LedgerProfile Profile(this Ledger ledger, StreetId street, string witnessKey) =>
        new(street, ledger.Key, ledger.Policy, ledger.Rates, ledger.Log.Size, [.. Enum.GetValues<Unit>().Select(ledger.Total)], new(ledger.Service.Received.Values.Sum(received => received.Value)), witnessKey)
        {
            Warned = [.. ledger.Economy.Balances.Keys.Select(key => key.Account).Where(account => !TransferRules.IsPerson(account.Kind)).Distinct().Order().Select(ledger.Standing).Where(account => !account.Warnings.IsEmpty)],
        };

    /// <summary>How an account stands; nothing where the ledger does not know it.</summary>
    public static AccountStanding Standing(this Ledger ledger, AccountId account) => new(
        account,
        [.. Enum.GetValues<Unit>()
            .Where(unit => ledger.Economy.Balances.ContainsKey(new(account, unit)))
            .Select(unit => new UnitBalance(unit, ledger.Economy.Of(account, unit), ledger.CoverOf(account, unit)))],
        account.Partner is { } pseudonym ? ledger.Service.Given.GetValueOrDefault(pseudonym) : Minutes.Zero,
        ledger.Warnings(account));

    /// <summary>Which limits an account comes near.</summary>
    public static ImmutableArray<AccountWarning> Warnings(this Ledger ledger, AccountId account)
    {
        var (policy, units) = (ledger.Policy, Enum.GetValues<Unit>());
        return
        [
            .. TransferRules.IsPerson(account.Kind) && policy.Warns(ledger.Economy.Of(account, Unit.TimeCredit).Expected, policy.MostCredits.Value) ? [AccountWarning.NearlyFull] : Array.Empty<AccountWarning>(),
            .. units.Any(unit => policy.Warns(-ledger.Economy.Of(account, unit).Available, policy.CreditOf(account.Kind, unit))) ? [AccountWarning.DeepInDebt] : Array.Empty<AccountWarning>(),
            .. policy.Warns(ledger.Gifts.GetValueOrDefault(account), policy.MostGifts.Value) ? [AccountWarning.GiftsNearlyUsed] : Array.Empty<AccountWarning>(),
        ];
    }

    /// <summary>What an account can still pay, its credit included.</summary>
    public static long CoverOf(this Ledger ledger, AccountId account, Unit unit) =>
        ledger.Economy.Of(account, unit).Available + ledger.Policy.CreditOf(account.Kind, unit);

    /// <summary>Whether anything was ever posted, held or recorded for an account.</summary>
    public static bool Knows(this Ledger ledger, AccountId account) => ledger.Standing(account) is var standing && (!standing.Balances.IsEmpty || standing.Service > Minutes.Zero);

    private static UnitTotal Total(this Ledger ledger, Unit unit)
    {
        var accounts = ledger.Economy.Balances.Where(balance => balance.Key.Unit == unit).Select(balance => (balance.Key.Account.Kind, balance.Value)).ToList();
        return new(
            unit,
            accounts.Sum(account => account.Value.Posted),
            Of(AccountKind.Partner),
            Of(AccountKind.Fund),
            Of(AccountKind.Mirror),
            Of(AccountKind.Street),
            accounts.Sum(account => account.Value.Outgoing),
            Of(AccountKind.Resident),
            Of(AccountKind.Cash));

        long Of(AccountKind kind) => accounts.Where(account => account.Kind == kind).Sum(account => account.Value.Posted);
    }
}
