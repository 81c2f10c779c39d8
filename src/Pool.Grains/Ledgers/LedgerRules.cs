using System.Collections.Immutable;
using Pool.Actors;
using Pool.Matching;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>Who keeps a ledger, and when.</summary>
/// <param name="Street">Whose ledger it is.</param>
/// <param name="Key">The verifier key of its checkpoints.</param>
public readonly record struct Bookkeeper(StreetId Street, string Key, DateTimeOffset Now);

/// <summary>A ledger's policy, and the settlement of assignments. That never fails: what was served is paid, if need be by the street.</summary>
public static class LedgerRules
{
    /// <param name="unknown">What is against the street; null where it exists.</param>
    public static Decision<LedgerEvent> SetPolicy(Ledger ledger, LedgerPolicy policy, Refusal? unknown, Bookkeeper keeper)
    {
        var refusal = Check.Lowest(
            unknown,
            Check.Range("policy.most_credits_minutes", policy.MostCredits.Value, 0, Limits.MostAmount),
            Check.Range("policy.fund_credits_minutes", policy.FundCredits.Value, 0, Limits.MostAmount),
            Check.Range("policy.fund_money_fen", policy.FundMoney.Value, 0, Limits.MostAmount),
            Check.Range("policy.peer_credits_minutes", policy.PeerCredits.Value, 0, Limits.MostAmount),
            Check.Range("policy.peer_money_fen", policy.PeerMoney.Value, 0, Limits.MostAmount),
            Check.Range("policy.most_gifts_minutes", policy.MostGifts.Value, 0, Limits.MostAmount),
            Check.Range("policy.street_credits_minutes", policy.StreetCredits.Value, 0, Limits.MostAmount),
            Check.Range("policy.street_money_fen", policy.StreetMoney.Value, 0, Limits.MostAmount),
            Check.Range("policy.warn_percent", policy.WarnPercent, 0, 100),
            Check.Range("policy.expire_after_quarters", policy.ExpireAfterQuarters, 0, CreditAges.Most));
        return refusal is null ? keeper.After(ledger, new LedgerPolicySet(keeper.Now, policy)) : refusal;
    }

    /// <summary>Holds the price of an accepted seat, or refuses it whole. Idempotent by the transfer.</summary>
    /// <param name="weight">The weight that the catalogue gives the skill, in percent.</param>
    public static (Decision<LedgerEvent> Decision, Cover Cover) Hold(Ledger ledger, Payment payment, Pseudonym? earner, int weight, Bookkeeper keeper)
    {
        if (ledger.Economy.Holds.TryGetValue(payment.Transfer, out var held))
        {
            return (default, Cover.At(held.Service.Price, payment.People));
        }

        if (ledger.EndOf(payment.Transfer) is not null)
        {
            // A message that was overtaken: the assignment has ended by now.
            return (default, Cover.Refused(CandidateReason.HoldEnded));
        }

        var hold = HoldOf(ledger, payment, earner, weight, keeper);
        return Refusing(ledger, hold) is { } reason
            ? (default, Cover.Refused(reason))
            : (keeper.After(ledger, new TransferHeld(keeper.Now, payment.Transfer, hold)), Cover.At(hold.Service.Price, payment.People));
    }

    /// <summary>For how many people of a payment that is new <see cref="Hold"/> would hold the price now; refused where for none.</summary>
    public static Cover WouldHold(Ledger ledger, Payment payment, Pseudonym? earner, int weight, Bookkeeper keeper)
    {
        var free = payment.Replaces is { } replaced ? ledger with { Economy = ledger.Economy.Release(replaced) } : ledger;
        // More people never cost less, so the first number that is refused lies above all that are not.
        var (people, refused, reason) = (0, payment.People + 1, CandidateReason.NoCover);
        while (people + 1 < refused)
        {
            var tried = people + ((refused - people) / 2);
            if (Refusing(free, HoldOf(free, payment with { People = tried }, earner, weight, keeper)) is { } why)
            {
                (refused, reason) = (tried, why);
            }
            else
            {
                people = tried;
            }
        }

        return people == 0 ? Cover.Refused(reason) : Cover.At(HoldOf(free, payment, earner, weight, keeper).Service.Price, people);
    }

    /// <summary>Frees what is held. Where nothing is yet, a hold that comes late is refused.</summary>
    public static Decision<LedgerEvent> Release(Ledger ledger, TransferId transfer, Bookkeeper keeper) =>
        ledger.EndOf(transfer) is null ? keeper.After(ledger, new TransferReleased(keeper.Now, transfer)) : default(Decision<LedgerEvent>);

    /// <summary>
    /// Posts what the confirmed minutes cost, at the price that was held; at today's, where an assignment is older than the ledger.
    /// More than was held is paid as far as the payer has it, and else by the street. Idempotent by the transfer.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was released: nobody settles what was not served.</exception>
    public static (Decision<LedgerEvent> Decision, Settlement Settlement) Post(Ledger ledger, Payment payment, Pseudonym? earner, int weight, Bookkeeper keeper)
    {
        if (ledger.EndOf(payment.Transfer) is { } end)
        {
            return (default, new(Ended(payment, end, keeper), end.Price!));
        }

        var held = ledger.Economy.Holds.GetValueOrDefault(payment.Transfer);
        var hold = held ?? HoldOf(ledger, payment, earner, weight, keeper);
        var entry = Settling(ledger, payment, hold, held?.Service.Amounts.Paid ?? 0);
        var number = ledger.Log.Size + 1;
        return (keeper.After(ledger, new EntryPosted(keeper.Now, number, entry)), new(new(keeper.Street, number), hold.Service.Price));
    }

    /// <summary>
    /// Undoes an entry that turned out wrong and posts the right one, at the same price, in one go; who has spent what is taken
    /// back is in debt. Idempotent by the payment's transfer, which is the correction.
    /// </summary>
    /// <param name="wrong">The entry of the assignment that stands so far.</param>
    public static (Decision<LedgerEvent> Decision, EntryRef Entry) Correct(Ledger ledger, Payment payment, ListedEntry wrong, Pseudonym? earner, Bookkeeper keeper)
    {
        if (ledger.EndOf(payment.Transfer) is { } end)
        {
            return (default, new(keeper.Street, end.Entry));
        }

        var (number, right) = (ledger.Log.Size + 1, new EntryRef(keeper.Street, ledger.Log.Size + 2));
        if (wrong.Service is { } unpaid)
        {
            return (
                keeper.After(
                    ledger, new ServiceEntryRecorded(keeper.Now, number, unpaid.Reversed(payment.Transfer, wrong.Number)),
                    new ServiceEntryRecorded(keeper.Now, right.Number, unpaid with { Transfer = payment.Transfer, Minutes = payment.Minutes })),
                right);
        }

        var reversal = wrong.Economic!.Reversed(payment.Transfer, wrong.Number);
        var hold = HoldOf(ledger, payment with { Price = wrong.Economic.Service!.Price }, earner, 0, keeper);
        var entry = Settling(ledger with { Economy = ledger.Economy.Post(reversal) }, payment, hold, 0);
        return (keeper.After(ledger, new EntryPosted(keeper.Now, number, reversal), new EntryPosted(keeper.Now, right.Number, entry)), right);
    }

    /// <summary>The entry of a service: the payer pays as far as it has cover, and else the street.</summary>
    /// <param name="held">How much of its cover is held for this.</param>
    private static EconomicEntry Settling(Ledger ledger, Payment payment, TransferHold hold, long held)
    {
        var service = hold.Service with { Minutes = payment.Minutes };
        var (unit, amounts) = (service.Price.Unit, service.Amounts);
        var fromPayer = hold.Payer.Kind == AccountKind.Mirror ? amounts.Paid : Math.Min(amounts.Paid, Math.Max(0, ledger.CoverOf(hold.Payer, unit)) + held);
        var earned = hold.Fund is null ? amounts.Paid : amounts.Earned;
        return new(
            EntryKind.Settlement, payment.Transfer,
            Postings(unit, (hold.Payer, -fromPayer), (AccountId.Street, fromPayer - amounts.Paid), (hold.Payee, earned), (hold.Fund ?? hold.Payee, amounts.Paid - earned)))
        {
            Service = service,
        };
    }

    /// <summary>Writes unpaid minutes into the service record. Idempotent by the transfer.</summary>
    /// <exception cref="InvalidOperationException">It was released: nobody settles what was not served. Or nobody knows any more who gave it.</exception>
    public static (Decision<LedgerEvent> Decision, EntryRef Entry) Record(Ledger ledger, Payment payment, Pseudonym? giver, Bookkeeper keeper)
    {
        if (ledger.EndOf(payment.Transfer) is { } end)
        {
            return (default, Ended(payment, end, keeper));
        }

        var number = ledger.Log.Size + 1;
        var known = giver ?? throw new InvalidOperationException($"{payment.Transfer} was given by somebody who was erased before.");
        var entry = new ServiceEntry(EntryKind.Settlement, payment.Transfer, known, payment.Beneficiary, payment.Skill, payment.Level, payment.Minutes);
        return (keeper.After(ledger, new ServiceEntryRecorded(keeper.Now, number, entry)), new(keeper.Street, number));
    }

    /// <summary>Whether a checkpoint is owed by now.</summary>
    public static bool OwesCheckpoint(Ledger ledger, DateTimeOffset now) => ledger.PublishAt <= now;

    /// <summary>A checkpoint is published; one that is no newer than the last changes nothing.</summary>
    public static Decision<LedgerEvent> Publish(Ledger ledger, PublishedCheckpoint checkpoint, Bookkeeper keeper) =>
        checkpoint.Size > ledger.Published.Size ? keeper.After(ledger, new CheckpointPublished(keeper.Now, checkpoint)) : default(Decision<LedgerEvent>);

    private static EntryRef Ended(Payment payment, TransferEnd end, Bookkeeper keeper) =>
        end.Entry > 0 ? new(keeper.Street, end.Entry) : throw new InvalidOperationException($"{payment.Transfer} was released in ledger {keeper.Street}, and is to be settled.");

    /// <summary>Has it forgotten whose an account is.</summary>
    /// <param name="known">The pseudonym; null where the holder has none.</param>
    /// <param name="holder">By which id it is known, for the refusal.</param>
    public static Decision<LedgerEvent> Erase(Ledger ledger, Pseudonym? known, string holder, Bookkeeper keeper) =>
        known is not { } pseudonym || ledger.HasForgotten(pseudonym) ? Refusal.Of(RefusalReason.AccountNotFound, holder)
        : keeper.After(ledger, new HolderErased(keeper.Now, pseudonym));

    public static Decision<LedgerEvent> Erased(Ledger ledger, Pseudonym pseudonym, Bookkeeper keeper) =>
        ledger.Erasing.ContainsKey(pseudonym) ? keeper.After(ledger, new IdentityErased(keeper.Now, pseudonym)) : default(Decision<LedgerEvent>);

    /// <summary>The net statement of a day that has ended; nothing where none is owed.</summary>
    public static Decision<LedgerEvent> Net(Ledger ledger, DateTimeOffset now) =>
        ledger.Netting.EndsAt <= now ? new DayNetted(now, ledger.Netting.Day, ledger.Netting.Positions) : default(Decision<LedgerEvent>);

    /// <summary>What time has brought: a day's net statement, or a quarter in which credits expire.</summary>
    public static Decision<LedgerEvent> Tick(Ledger ledger, Bookkeeper keeper) =>
        ledger.ExpiresAt <= keeper.Now ? keeper.After(ledger) : Net(ledger, keeper.Now);

    /// <summary>A decision with what comes before it: the ledger is opened, a day has ended, or a quarter begins.</summary>
    internal static Decision<LedgerEvent> After(this Bookkeeper keeper, Ledger ledger, params ReadOnlySpan<LedgerEvent> happened)
    {
        if (!ledger.Exists)
        {
            return ImmutableArray.Create<LedgerEvent>(new LedgerOpened(keeper.Now, keeper.Street, keeper.Key)).AddRange(happened);
        }

        var events = Net(ledger, keeper.Now).Events;
        if (Quarter.Of(keeper.Now) is var period && period > ledger.Period)
        {
            events = events.Add(events.Aggregate(ledger, (state, ended) => state.Evolve(ended)).Carry(period, keeper.Now));
        }

        return events.AddRange(happened);
    }

    private static TransferHold HoldOf(Ledger ledger, Payment payment, Pseudonym? earner, int weight, Bookkeeper keeper)
    {
        var (payer, payee, fund) = payment.AccountsIn(keeper.Street, earner);
        return new(payer, payee, fund, new(payment.Beneficiary, payment.Skill, payment.Level, payment.Minutes, payment.Price ?? PriceOf(ledger, payment, weight, keeper)));
    }

    private static CandidateReason? Refusing(Ledger ledger, TransferHold hold)
    {
        var (unit, amounts) = (hold.Service.Price.Unit, hold.Service.Amounts);
        return hold.Payer == hold.Payee ? CandidateReason.PaysItself
            : hold.Payer.Holder is { } payer && ledger.HasForgotten(payer) ? CandidateReason.NoCover
            : amounts.Paid == 0 ? null
            : amounts.Paid > ledger.CoverOf(hold.Payer, unit)
                ? (hold.Payer.Kind == AccountKind.Mirror ? CandidateReason.StreetOwesTooMuch : CandidateReason.NoCover)
            : hold.Payee.Kind == AccountKind.Partner && unit == Unit.TimeCredit
                && ledger.Economy.Of(hold.Payee, unit).Expected + amounts.Earned > ledger.Policy.MostCredits.Value ? CandidateReason.AccountFull
            : null;
    }

    private static Price PriceOf(Ledger ledger, Payment payment, int weight, Bookkeeper keeper) =>
        ledger.Rates.At(keeper.Now).PriceOf(keeper.Street, payment.Unit, payment.Skill, payment.Level, weight);

    /// <summary>One posting for each account, in this order; none of nothing.</summary>
    private static ImmutableArray<Posting> Postings(Unit unit, params ReadOnlySpan<(AccountId Account, long Amount)> parts)
    {
        var postings = ImmutableArray.CreateBuilder<Posting>(parts.Length);
        foreach (var (account, amount) in parts)
        {
            var at = -1;
            for (var i = 0; i < postings.Count; i++)
            {
                at = postings[i].Account == account ? i : at;
            }

            if (at < 0)
            {
                postings.Add(new(account, unit, amount));
            }
            else
            {
                postings[at] = postings[at] with { Amount = checked(postings[at].Amount + amount) };
            }
        }

        postings.RemoveAll(posting => posting.Amount == 0);
        return postings.ToImmutable();
    }
}
