using System.Collections.Immutable;

namespace Pool.Ledgers;

/// <summary>An account in one of its units.</summary>
[GenerateSerializer, Immutable, Alias("pool.AccountUnit")]
public readonly record struct AccountUnit([property: Id(0)] AccountId Account, [property: Id(1)] Unit Unit);

/// <summary>How an account stands in one unit, in minutes or fen.</summary>
/// <param name="Posted">What it has.</param>
/// <param name="Outgoing">What of it is held for services under way.</param>
/// <param name="Incoming">What services under way will bring.</param>
[GenerateSerializer, Immutable, Alias("pool.Balance")]
public readonly record struct Balance([property: Id(0)] long Posted, [property: Id(1)] long Outgoing, [property: Id(2)] long Incoming)
{
    /// <summary>What can be spent; less than nothing where it is in debt.</summary>
    public long Available => checked(Posted - Outgoing);

    /// <summary>What it comes to when every service under way is paid.</summary>
    public long Expected => checked(Posted + Incoming);

    public static Balance operator +(Balance a, Balance b) => new(checked(a.Posted + b.Posted), checked(a.Outgoing + b.Outgoing), checked(a.Incoming + b.Incoming));
}

/// <summary>What is held from the acceptance of a seat until it is settled or released.</summary>
/// <param name="Payer">Who pays; another street's mirror where that street's account does.</param>
/// <param name="Payee">Who earns; another street's mirror where that street's partner does.</param>
/// <param name="Fund">Who has what is paid and not earned; null where another street sees to that.</param>
/// <param name="Service">With the minutes that were agreed on beforehand.</param>
[GenerateSerializer, Immutable, Alias("pool.TransferHold")]
public sealed record TransferHold(
    [property: Id(0)] AccountId Payer, [property: Id(1)] AccountId Payee, [property: Id(2)] AccountId? Fund, [property: Id(3)] PaidService Service);

/// <summary>The accounts of the economic ledger, and what is held between them. It knows nothing of unpaid service.</summary>
[GenerateSerializer, Immutable, Alias("pool.EconomicBook")]
public sealed record EconomicBook(
    [property: Id(0)] ImmutableDictionary<AccountUnit, Balance> Balances, [property: Id(1)] ImmutableDictionary<TransferId, TransferHold> Holds)
{
    /// <summary>What is held for orders of which another street does its part, too.</summary>
    [Id(2)] public ImmutableDictionary<TransferId, TransferOrder> Orders { get; init; } = ImmutableDictionary<TransferId, TransferOrder>.Empty;

    public static EconomicBook Empty { get; } = new(ImmutableDictionary<AccountUnit, Balance>.Empty, ImmutableDictionary<TransferId, TransferHold>.Empty);

    public Balance Of(AccountId account, Unit unit) => Balances.GetValueOrDefault(new(account, unit));

    public EconomicBook Hold(TransferId transfer, TransferHold hold) => this with { Balances = Held(hold, 1), Holds = Holds.Add(transfer, hold) };

    public EconomicBook Hold(TransferId transfer, TransferOrder order) => this with { Balances = Held(order, 1), Orders = Orders.Add(transfer, order) };

    /// <summary>Nothing is held any more; where nothing was, nothing changes.</summary>
    public EconomicBook Release(TransferId transfer) =>
        Holds.TryGetValue(transfer, out var hold) ? this with { Balances = Held(hold, -1), Holds = Holds.Remove(transfer) }
        : Orders.TryGetValue(transfer, out var order) ? this with { Balances = Held(order, -1), Orders = Orders.Remove(transfer) }
        : this;

    /// <summary>The postings of an entry; what was held for its transfer is not any more.</summary>
    /// <exception cref="InvalidOperationException">They do not sum to nothing.</exception>
    public EconomicBook Post(EconomicEntry entry)
    {
        foreach (var unit in entry.Postings.GroupBy(posting => posting.Unit))
        {
            if (unit.Sum(posting => posting.Amount) != 0)
            {
                throw new InvalidOperationException($"The postings of {entry.Transfer} do not sum to nothing in {unit.Key}.");
            }
        }

        var released = Release(entry.Transfer);
        return released with
        {
            Balances = entry.Postings.Aggregate(released.Balances, (balances, posting) => With(balances, new(posting.Account, posting.Unit), new(posting.Amount, 0, 0))),
        };
    }

    private ImmutableDictionary<AccountUnit, Balance> Held(TransferHold hold, int sign)
    {
        var (unit, amounts) = (hold.Service.Price.Unit, hold.Service.Amounts);
        // Another street is owed all that is paid, not only what its partner earns of it.
        var earned = hold.Fund is null ? amounts.Paid : amounts.Earned;
        return Held(new(hold.Payer, unit), amounts.Paid, new(hold.Payee, unit), earned, sign);
    }

    private ImmutableDictionary<AccountUnit, Balance> Held(TransferOrder order, int sign) => Held(new(order.From, order.Unit), order.Amount, new(order.To, order.Unit), order.Amount, sign);

    private ImmutableDictionary<AccountUnit, Balance> Held(AccountUnit from, long outgoing, AccountUnit to, long incoming, int sign) =>
        With(With(Balances, from, new(0, sign * outgoing, 0)), to, new(0, 0, sign * incoming));

    private static ImmutableDictionary<AccountUnit, Balance> With(ImmutableDictionary<AccountUnit, Balance> balances, AccountUnit account, Balance change) =>
        balances.SetItem(account, balances.GetValueOrDefault(account) + change);
}
