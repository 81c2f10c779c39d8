using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Pool.Actors;
using Pool.Communities;
using Pool.Hosting;
using Pool.Identities;
using Pool.JointTransfers;
using Pool.Partners;

namespace Pool.Ledgers;

/// <summary>How a ledger carries out what people order: each order once, however many come in one call.</summary>
internal sealed partial class LedgerGrain
{
    /// <summary>Partners and communities that have been found to exist: a partner does until it is erased.</summary>
    private readonly HashSet<Party> _found = [];

    public async Task<Answer<ImmutableArray<TransferOutcome>>> Transfer(ImmutableArray<TransferRequest> requests)
    {
        var unopened = State.Exists ? null : await Unopened();
        var parties = requests.SelectMany(request => new[] { request.From, request.To }).OfType<Party>().Where(IsHere).Distinct().ToList();
        var missing = await Missing(parties);
        // Who may get something is given an account; nobody is who is not there, or for whom an order makes no sense.
        var receivers = requests.Where(request => unopened is null && Of("transfer.from", request.From) is null && TransferRules.Order(request, Nobody).Order is { } order && TransferRules.Unfit(order) is null).Select(request => request.To).ToHashSet();
        var present = parties.Where(party => !missing.ContainsKey(Registered(party))).ToList();
        var accounts = present.Zip(await Task.WhenAll(present.Select(party => AccountOf(party, make: receivers.Contains(party))))).ToDictionary();

        // Decided one after the other, without a pause: all of them wait for the same commit. What another street has a part in
        // takes its own time, and what becomes of it is nothing to the others.
        var answers = await Task.WhenAll(requests.Select(request =>
            !Crosses(request) ? Transfer(request, accounts, Check.Lowest(unopened, Of("transfer.from", request.From), Of("transfer.to", request.To)))
            : requests.Length == 1 ? Cross(request, accounts, Check.Lowest(unopened, Of("transfer.from", request.From)))
            : Apart(Cross(request, accounts, Check.Lowest(unopened, Of("transfer.from", request.From))))));
        return Answer<ImmutableArray<TransferOutcome>>.Of([.. answers.Select(answer => new TransferOutcome(answer.Value, answer.Refusal))], Version, answers.Max(answer => answer.Position));

        Refusal? Of(string field, Party? party) =>
            party is null ? null
            : !IsHere(party) ? Refusal.At(field, RefusalReason.CommunityNotInStreet, Street.Text)
            : missing.TryGetValue(Registered(party), out var refusal) ? refusal with { Fields = [field] }
            : null;
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
        return await Decide((ledger, _) => TransferRules.Hold(ledger.Recalling(transfer, past), transfer, order, Keeper));
    }

    public async Task<EntryRef> PostOrder(TransferId transfer, DateTimeOffset since)
    {
        var past = await Past(transfer, since);
        return await Decide((ledger, _) => TransferRules.Post(ledger.Recalling(transfer, past), transfer, Keeper));
    }

    /// <param name="unknown">Who is not there; null where all are.</param>
    private async Task<Answer<ListedEntry>> Transfer(TransferRequest request, IReadOnlyDictionary<Party, PartyAccount?> accounts, Refusal? unknown)
    {
        var (order, command, fault) = Read(request, accounts);
        if (unknown is not null || order is null)
        {
            return Check.Lowest(fault, unknown, Late(command))!;
        }

        var answer = await DecideEvent(command, (ledger, _) => TransferRules.Transfer(ledger, TransferId.OfOrder(command.RequestId), order, Keeper));
        return answer.Select(happened => happened is EntryPosted made ? new ListedEntry(Street, made.Number, made.At, made.Entry, null, []) : throw new InvalidOperationException($"{happened} is no entry."));
    }

    /// <summary>Carries out what is for somebody of another street: both ledgers have a part in it.</summary>
    /// <param name="unknown">Who is not there, of this street; null where all are.</param>
    private async Task<Answer<ListedEntry>> Cross(TransferRequest request, IReadOnlyDictionary<Party, PartyAccount?> accounts, Refusal? unknown)
    {
        var receiver = request.To!;
        unknown = Check.Lowest(unknown, (await Missing([receiver])).Values.FirstOrDefault() is { } absent ? absent with { Fields = ["transfer.to"] } : null);
        var fits = unknown is null && Read(request, accounts).Fault is null;
        var (order, command, fault) = Read(request, accounts, fits ? await AccountOf(receiver, make: true) : null);
        if (Check.Lowest(fault, unknown) is { } refused)
        {
            return Check.Lowest(refused, Late(command))!;
        }

        if (await Recall(command) is { Refusal: { } reused })
        {
            return reused;
        }

        var legs = JointTransferRules.Gift(Street, order! with { To = AccountId.OfMirror(receiver.Home.Street) }, order.To);
        var joint = await GrainFactory.GetGrain<IJointTransferGrain>(TransferId.OfOrder(command.RequestId).Text).Order(legs, command);
        return joint.Refusal is { } refusal ? refusal : Answer<ListedEntry>.Of(await Listed(joint.Value!.Entries[0].Number, joint.Position), joint.Version, joint.Position);
    }

    /// <summary>One order of many of which nobody knows yet what becomes: that is all its sender is told.</summary>
    private async Task<Answer<ListedEntry>> Apart(Task<Answer<ListedEntry>> crossing)
    {
        try
        {
            return await crossing;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.OrderNotCarried(_services.Log, Street.Text, cause);
            return RefusalReason.OutcomeUnknown;
        }
    }

    /// <summary>The order that a request makes, as a command that tells nobody whom it names, and what is against it whatever the ledger says.</summary>
    /// <param name="receiver">The account of somebody of another street.</param>
    private (TransferOrder? Order, Command Command, Refusal? Fault) Read(TransferRequest request, IReadOnlyDictionary<Party, PartyAccount?> accounts, PartyAccount? receiver = null)
    {
        var (order, unfit) = TransferRules.Order(request, party => Of(party)?.Account ?? Nobody(party));
        var command = new[] { request.From, request.To }.OfType<Party>().Select(party => Of(party)?.Identity).OfType<Identity>()
            .Aggregate(request.Command, (command, identity) => command with { Fingerprint = identity.Blind(command.Fingerprint) });
        return (order, command, unfit ?? TransferRules.Unfit(order!));

        PartyAccount? Of(Party party) => IsHere(party) ? accounts.GetValueOrDefault(party) : receiver;
    }

    private bool IsHere(Party party) => party.Home.Street == Street;

    private bool Crosses(TransferRequest request) => TransferRules.Crosses(request.Kind) && request.To is { } receiver && !IsHere(receiver);

    /// <summary>An account of the kind that a party would have, so that what else is against an order is found; nobody has it, and nothing is ever posted to it.</summary>
    private static AccountId Nobody(Party party) => Holder.Of(party) is not { } holder ? AccountId.OfFund(party.Home)
        : Pseudonym.From(SHA256.HashData(Encoding.UTF8.GetBytes($"nobody {holder}"))) is var pseudonym && party.Partner is null ? AccountId.OfResident(pseudonym)
        : AccountId.OfPartner(pseudonym);

    /// <summary>Who must be registered for a party to have an account: of residents their community.</summary>
    private static Party Registered(Party party) => party with { Resident = null };

    /// <summary>What is against those who do not exist.</summary>
    private async Task<Dictionary<Party, Refusal>> Missing(IEnumerable<Party> parties)
    {
        var (unknown, missing) = (parties.Select(Registered).Where(party => !_found.Contains(party)).Distinct().ToList(), new Dictionary<Party, Refusal>());
        foreach (var (party, refusal) in unknown.Zip(await Task.WhenAll(unknown.Select(Missing))))
        {
            if (refusal is null)
            {
                _found.Add(party);
            }
            else
            {
                missing[party] = refusal;
            }
        }

        return missing;
    }

    private async Task<Refusal?> Missing(Party party) =>
        party.Partner is not { } partner ? (await GrainFactory.GetGrain<ICommunityGrain>(party.Home.Text).Get()).Refusal
        : await GrainFactory.GetGrain<IPartnerGrain>(partner.Text).Get() is not { Value: { } registered } || registered.Community != party.Home ? Refusal.Of(RefusalReason.PartnerNotFound, partner.Text)
        : registered.Erased ? Refusal.Of(RefusalReason.PartnerErased)
        : null;
}
