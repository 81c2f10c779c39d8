using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Identities;
using Pool.JointTransfers;

namespace Pool.Ledgers;

/// <summary>How a ledger carries out what people order: each order once, however many come in one call.</summary>
internal sealed partial class LedgerGrain
{
    /// <summary>Partners and communities of this street that have been found to exist: a partner does until it is erased.</summary>
    private readonly HashSet<Party> _found = [];

    public async Task<Answer<ImmutableArray<TransferOutcome>>> Transfer(ImmutableArray<TransferRequest> requests)
    {
        var (alone, unopened, parties) = (requests.Length == 1, State.Exists ? null : await Unopened(), new AskedParties(this));
        // What others must say is asked at once. Then all are decided in their order and without a pause, so that they wait for
        // the same commit; what another street has a part in takes its own time, and what becomes of it is nothing to the others.
        var drafts = await Task.WhenAll(requests.Select(request => Apart(Draft(request, unopened, parties), alone)));
        // Who may get something is given an account, and may give it away by a later order; nobody is for whom an order makes no sense.
        var receivers = requests.Where((_, i) => drafts[i].Refusal is null).Select(request => request.To).ToHashSet();
        var orders = await Task.WhenAll(requests.Select((request, i) => drafts[i].Refusal is { } refusal
            ? Task.FromResult<Answer<ReadOrder>>(refusal)
            : Apart(Read(request, drafts[i].Value!, receivers, parties), alone)));
        var carried = new List<Task<Answer<ListedEntry>>>();
        foreach (var (order, request) in orders.Zip(requests))
        {
            carried.Add(
                order.Refusal is { } refusal ? Task.FromResult<Answer<ListedEntry>>(refusal)
                : Crosses(request) ? Apart(Cross(order.Value, request.To!), alone)
                : Transfer(order.Value));
            if (Version == 0)
            {
                // Each looks whether another has opened the ledger meanwhile, and might overtake those before it.
                await carried[^1];
            }
        }

        var answers = await Task.WhenAll(carried);
        return Answer<ImmutableArray<TransferOutcome>>.Of([.. answers.Select(answer => new TransferOutcome(answer.Value, answer.Refusal))], Version, answers.Max(answer => answer.Position));
    }

    public async Task<Refusal?> WouldHoldOrder(TransferOrder order)
    {
        var refusal = TransferRules.Refusing(State, order, Now);
        await Durable();
        return refusal;
    }

    public async Task<Refusal?> HoldOrder(TransferId transfer, TransferOrder order, DateTimeOffset since)
    {
        var past = await Past(transfer, since);
        return await Decide((ledger, _) => TransferRules.Hold(ledger.Recalling(transfer, past), transfer, order, HasAnswered(transfer.Request), Keeper));
    }

    public async Task<EntryRef> PostOrder(TransferId transfer, DateTimeOffset since)
    {
        var past = await Past(transfer, since);
        return await Decide((ledger, _) => TransferRules.Post(ledger.Recalling(transfer, past), transfer, Keeper));
    }

    /// <summary>The order that a request makes, with accounts that nobody has; or what is against it whatever the ledger says.</summary>
    private async Task<Answer<TransferOrder>> Draft(TransferRequest request, Refusal? unopened, AskedParties parties)
    {
        var (order, unfit) = TransferRules.Order(request, Nobody);
        unfit ??= TransferRules.Unfit(order!);
        var unknown = Check.Lowest(unopened, await parties.Missing("transfer.from", request.From), await parties.Missing("transfer.to", request.To, Crosses(request)));
        return Check.Lowest(unfit, unknown) is { } refusal ? Check.Lowest(refusal, Late(request.Command))! : Answer<TransferOrder>.Of(order!);
    }

    /// <summary>The order with the parties' accounts, as a command that tells nobody whom it names.</summary>
    private async Task<Answer<ReadOrder>> Read(TransferRequest request, TransferOrder order, HashSet<Party?> receivers, AskedParties parties)
    {
        var (from, to) = (await parties.Account(request.From, receivers), await parties.Account(request.To, receivers));
        if (request.To is not null && to is null)
        {
            return Check.Lowest(Refusal.At("transfer.to", RefusalReason.PartnerErased), Late(request.Command))!;
        }

        order = order with { From = from?.Account ?? order.From, To = to?.Account ?? order.To };
        var command = new[] { from?.Identity, to?.Identity }.OfType<Identity>().Aggregate(request.Command, (command, identity) => command with { Fingerprint = identity.Blind(command.Fingerprint) });
        return Answer<ReadOrder>.Of(new(order, command));
    }

    private async Task<Answer<ListedEntry>> Transfer(ReadOrder read)
    {
        var answer = await DecideEvent(read.Command, (ledger, _) => TransferRules.Transfer(ledger, TransferId.OfOrder(read.Command.RequestId), read.Order, Keeper));
        return answer.Select(happened => happened is EntryPosted made ? new ListedEntry(Street, made.Number, made.At, made.Entry, null, []) : throw new InvalidOperationException($"{happened} is no entry."));
    }

    /// <summary>Carries out what is for somebody of another street: both ledgers have a part in it.</summary>
    private async Task<Answer<ListedEntry>> Cross(ReadOrder read, Party receiver)
    {
        if (await Recall(read.Command) is { Refusal: { } reused })
        {
            return reused;
        }

        var legs = JointTransferRules.Gift(Street, read.Order with { To = AccountId.OfMirror(receiver.Home.Street) }, read.Order.To);
        var joint = await GrainFactory.JointTransfer(TransferId.OfOrder(read.Command.RequestId)).Order(legs, read.Command);
        return joint.Refusal is { } refusal ? refusal : Answer<ListedEntry>.Of(await Listed(joint.Value!.Entries[0].Number, joint.Position), joint.Version, joint.Position);
    }

    /// <summary>One order of many of which nobody knows yet what becomes: that is all its sender is told, and the others go on.</summary>
    private async Task<Answer<T>> Apart<T>(Task<Answer<T>> order, bool alone)
    {
        try
        {
            return await order;
        }
        catch (Exception cause) when (!alone && PassingFault.Is(cause))
        {
            PoolLog.OrderNotCarried(_services.Log, Street.Text, cause);
            return RefusalReason.OutcomeUnknown;
        }
    }

    private bool IsHere(Party party) => party.Home.Street == Street;

    private bool Crosses(TransferRequest request) => TransferRules.Crosses(request.Kind) && request.To is { } receiver && !IsHere(receiver);

    /// <summary>An account of the kind that a party would have, so that what else is against an order is found; nobody has it, and nothing is ever posted to it.</summary>
    private static AccountId Nobody(Party party) => Holder.Of(party) is not { } holder ? AccountId.OfFund(party.Home)
        : Pseudonym.From(SHA256.HashData(Encoding.UTF8.GetBytes($"nobody {holder}"))) is var pseudonym && party.Partner is null ? AccountId.OfResident(pseudonym)
        : AccountId.OfPartner(pseudonym);

    /// <summary>Who must be registered for a party to have an account: of residents their community.</summary>
    private static Party Registered(Party party) => party with { Resident = null };

    private async Task<Refusal?> Missing(Party party)
    {
        var refusal = _found.Contains(party) ? null : await Absent(party);
        if (refusal is null && IsHere(party))
        {
            _found.Add(party);
        }

        return refusal;
    }

    private async Task<Refusal?> Absent(Party party) =>
        party.Partner is not { } partner ? (await GrainFactory.Community(party.Home).Get()).Refusal
        : await GrainFactory.Partner(partner).Get() is not { Value: { } registered } || registered.Community != party.Home ? Refusal.Of(RefusalReason.PartnerNotFound, partner.Text)
        : registered.Erased ? Refusal.Of(RefusalReason.PartnerErased)
        : null;

    /// <summary>An order as it can be decided.</summary>
    private readonly record struct ReadOrder(TransferOrder Order, Command Command);

    /// <summary>What others say of the parties of a call: of each it is asked once.</summary>
    private sealed class AskedParties(LedgerGrain ledger)
    {
        private readonly Dictionary<Party, Task<Refusal?>> _missing = [];
        private readonly Dictionary<Party, Task<PartyAccount?>> _accounts = [];

        /// <summary>What is against a party that does not exist, or is of another street and must not be; null where nothing is.</summary>
        public async Task<Refusal?> Missing(string field, Party? party, bool anywhere = false) =>
            party is null ? null
            : !anywhere && !ledger.IsHere(party) ? Refusal.At(field, RefusalReason.CommunityNotInStreet, ledger.Street.Text)
            : await Once(_missing, Registered(party), ledger.Missing) is { } refusal ? refusal with { Fields = [field] }
            : null;

        /// <param name="receivers">Who is given an account that has none.</param>
        public async Task<PartyAccount?> Account(Party? party, HashSet<Party?> receivers) =>
            party is null ? null : await Once(_accounts, party, asked => ledger.AccountOf(asked, make: receivers.Contains(asked)));

        private static Task<T> Once<TKey, T>(Dictionary<TKey, Task<T>> asked, TKey key, Func<TKey, Task<T>> ask) where TKey : notnull =>
            asked.TryGetValue(key, out var answer) ? answer : asked[key] = ask(key);
    }
}
