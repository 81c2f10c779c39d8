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

    /// <summary>How long people have had the credits that they have not spent, the latest first.</summary>
    [Id(9)] public ImmutableArray<CreditAge> Ages { get; init; } = [];

    /// <summary>What of them expires when the next quarter begins.</summary>
    [Id(10)] public Minutes Expiring { get; init; }
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

    /// <summary>Some of its credits expire when the next quarter begins, unless they are spent before.</summary>
    CreditsExpiring = 4,
}

/// <summary>How an account stands.</summary>
/// <param name="Service">The unpaid minutes of a partner, which are in no balance.</param>
/// <param name="Warnings">Each once.</param>
[GenerateSerializer, Immutable, Alias("pool.AccountStanding")]
public sealed record AccountStanding(
    [property: Id(0)] AccountId Account,
    [property: Id(1)] ImmutableArray<UnitBalance> Balances,
    [property: Id(2)] Minutes Service,
    [property: Id(3)] ImmutableArray<AccountWarning> Warnings)
{
    /// <summary>In which quarters somebody got the credits that it has and nothing is to be paid with yet, the latest first.</summary>
    [Id(4)] public ImmutableArray<CreditAge> Ages { get; init; } = [];

    /// <summary>What of them expires when the next quarter begins, unless it is spent before.</summary>
    [Id(5)] public Minutes Expiring { get; init; }

    /// <summary>When that is; null where credits never expire.</summary>
    [Id(6)] public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How it stands in one unit.</summary>
/// <param name="Cover">What it can spend, its credit included.</param>
[GenerateSerializer, Immutable, Alias("pool.UnitBalance")]
public readonly record struct UnitBalance([property: Id(0)] Unit Unit, [property: Id(1)] Balance Balance, [property: Id(2)] long Cover);

/// <summary>What is asked of a ledger.</summary>
public static class LedgerQueries
{
    public static LedgerProfile Profile(this Ledger ledger, StreetId street, string witnessKey, DateTimeOffset now) =>
        new(street, ledger.Key, ledger.Policy, ledger.Rates, ledger.Log.Size, [.. Enum.GetValues<Unit>().Select(ledger.Total)], new(ledger.Service.Received.Values.Sum(received => received.Value)), witnessKey)
        {
            Warned = [.. ledger.Economy.Balances.Keys.Select(key => key.Account).Where(account => !TransferRules.IsPerson(account.Kind)).Distinct().Order().Select(account => ledger.Standing(account, now)).Where(account => !account.Warnings.IsEmpty)],
            Ages = [.. ledger.People().SelectMany(ledger.AgesOf).GroupBy(age => age.Quarter).OrderByDescending(quarter => quarter.Key).Select(quarter => new CreditAge(quarter.Key, quarter.Sum(age => age.Minutes)))],
            Expiring = new(ledger.People().Sum(account => ledger.Expiring(account).Value)),
        };

    /// <summary>How an account stands; nothing where the ledger does not know it.</summary>
    public static AccountStanding Standing(this Ledger ledger, AccountId account, DateTimeOffset now) => new(
        account,
        [.. Enum.GetValues<Unit>()
            .Where(unit => ledger.Economy.Balances.ContainsKey(new(account, unit)))
            .Select(unit => new UnitBalance(unit, ledger.Economy.Of(account, unit), ledger.CoverOf(account, unit)))],
        account.Partner is { } pseudonym ? ledger.Service.Given.GetValueOrDefault(pseudonym) : Minutes.Zero,
        ledger.Warnings(account, now))
    {
        Ages = [.. ledger.AgesOf(account)],
        Expiring = ledger.Expiring(account),
        ExpiresAt = TransferRules.IsPerson(account.Kind) ? ledger.ExpiresAt : null,
    };

    /// <summary>Which limits an account comes near.</summary>
    public static ImmutableArray<AccountWarning> Warnings(this Ledger ledger, AccountId account, DateTimeOffset now)
    {
        var (policy, units) = (ledger.Policy, Enum.GetValues<Unit>());
        var (isPerson, isSafe) = (TransferRules.IsPerson(account.Kind), account.Kind == AccountKind.Cash);
        return
        [
            .. If(AccountWarning.NearlyFull, isPerson && policy.Warns(ledger.Economy.Of(account, Unit.TimeCredit).Expected, policy.MostCredits.Value)),
            .. If(AccountWarning.DeepInDebt, !isSafe && units.Any(unit => policy.Warns(-ledger.Economy.Of(account, unit).Available, policy.CreditOf(account.Kind, unit)))),
            .. If(AccountWarning.GiftsNearlyUsed, isPerson && policy.Warns(TransferRules.Given(ledger, account, now), policy.MostGifts.Value)),
            .. If(AccountWarning.CreditsExpiring, ledger.Expiring(account) > Minutes.Zero),
        ];

        static AccountWarning[] If(AccountWarning warning, bool holds) => holds ? [warning] : [];
    }

    /// <summary>What an account can still pay, its credit included.</summary>
    public static long CoverOf(this Ledger ledger, AccountId account, Unit unit) =>
        ledger.Economy.Of(account, unit).Available + ledger.Policy.CreditOf(account.Kind, unit);

    /// <summary>Whether anything was ever posted, held or recorded for an account.</summary>
    public static bool Knows(this Ledger ledger, AccountId account) =>
        Enum.GetValues<Unit>().Any(unit => ledger.Economy.Balances.ContainsKey(new(account, unit)))
        || (account.Partner is { } pseudonym && ledger.Service.Given.GetValueOrDefault(pseudonym) > Minutes.Zero);

    /// <summary>The accounts of partners and residents that ever had credits.</summary>
    public static IEnumerable<AccountId> People(this Ledger ledger) =>
        ledger.Economy.Balances.Keys.Where(key => key.Unit == Unit.TimeCredit && TransferRules.IsPerson(key.Account.Kind)).Select(key => key.Account);

    private static IEnumerable<CreditAge> AgesOf(this Ledger ledger, AccountId account) =>
        TransferRules.IsPerson(account.Kind) ? ledger.Ages.Of(account, ledger.Economy.Of(account, Unit.TimeCredit).Available, ledger.Period) : [];

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
