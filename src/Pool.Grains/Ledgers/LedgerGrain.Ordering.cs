using System.Collections.Immutable;
using Pool.Actors;
using Pool.Communities;
using Pool.Identities;
using Pool.JointTransfers;
using Pool.Partners;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>How a ledger carries out what people order: each order once, however many come in one call.</summary>
internal sealed partial class LedgerGrain
{
    /// <summary>Partners and communities that have been found to exist: a partner does until it is erased.</summary>
    private readonly HashSet<Party> _found = [];

    public async Task<Answer<ImmutableArray<TransferOutcome>>> Transfer(ImmutableArray<TransferRequest> requests)
    {
        var unopened = State.Exists ? null : await Unopened();
        var parties = requests.SelectMany(request => new[] { request.From, request.To }).OfType<Party>().Distinct().ToList();
        var missing = await Missing(parties);
        // Who may get something is given an account; nobody is who is not there, or for whom an order makes no sense.
        var receivers = requests.Where(request => TransferRules.Order(request, Nobody).Order is { } order && TransferRules.Unfit(order) is null).Select(request => request.To).ToHashSet();
        var present = parties.Where(party => !missing.ContainsKey(Registered(party))).ToList();
        var accounts = present.Zip(await Task.WhenAll(present.Select(party => AccountOf(party, make: receivers.Contains(party))))).ToDictionary();

        // Decided one after the other, without a pause: all of them wait for the same commit. What another street has a part in takes its own time.
        var answers = await Task.WhenAll(requests.Select(request =>
        {
            var crosses = TransferRules.Crosses(request.Kind) && request.To?.Home.Street != Street;
            var unknown = Check.Lowest(unopened, Of("transfer.from", request.From), Of("transfer.to", request.To, crosses));
            var (order, unfit) = TransferRules.Order(request, party => accounts.GetValueOrDefault(party)?.Account ?? Nobody(party));
            var command = new[] { request.From, request.To }.OfType<Party>().Select(party => accounts.GetValueOrDefault(party)?.Identity).OfType<Identity>()
                .Aggregate(request.Command, (command, identity) => command with { Fingerprint = identity.Blind(command.Fingerprint) });
            var fault = Check.Lowest(unfit ?? TransferRules.Unfit(order!), unknown);
            return unknown is not null || order is null ? Task.FromResult<Answer<ListedEntry>>(Check.Lowest(fault, Late(command))!)
                : crosses && request.To is { } receiver ? Cross(order, command, receiver.Home.Street)
                : Transfer(order, command);
        }));
        return Answer<ImmutableArray<TransferOutcome>>.Of([.. answers.Select(answer => new TransferOutcome(answer.Value, answer.Refusal))], Version, answers.Max(answer => answer.Position));

        Refusal? Of(string field, Party? party, bool abroad = false) =>
            party is null ? null
            : party.Home.Street != Street && !abroad ? Refusal.At(field, RefusalReason.CommunityNotInStreet, Street.Text)
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

    private async Task<Answer<ListedEntry>> Transfer(TransferOrder order, Command command)
    {
        var answer = await DecideEvent(command, (ledger, _) => TransferRules.Transfer(ledger, TransferId.OfOrder(command.RequestId), order, Keeper));
        return answer.Select(happened => happened is EntryPosted made ? new ListedEntry(Street, made.Number, made.At, made.Entry, null, []) : throw new InvalidOperationException($"{happened} is no entry."));
    }

    /// <summary>Carries out what is for somebody of another street: both ledgers have a part in it.</summary>
    private async Task<Answer<ListedEntry>> Cross(TransferOrder order, Command command, StreetId abroad)
    {
        if (Check.Lowest(TransferRules.Unfit(order)) is { } unfit)
        {
            return Check.Lowest(unfit, Late(command))!;
        }

        if (await Recall(command) is { Refusal: { } reused })
        {
            return reused;
        }

        var legs = JointTransferRules.Gift(Street, order with { To = AccountId.OfMirror(abroad) }, order.To);
        var joint = await GrainFactory.GetGrain<IJointTransferGrain>(TransferId.OfOrder(command.RequestId).Text).Order(legs, command);
        return joint.Refusal is { } refusal ? refusal : Answer<ListedEntry>.Of(await Listed(joint.Value!.Entries[0].Number, joint.Position), joint.Version, joint.Position);
    }

    /// <summary>An account of the kind that a party would have, so that what else is against an order is found; nothing is ever posted to it.</summary>
    private AccountId Nobody(Party party) => Holder.Of(party) is not { } holder ? AccountId.OfFund(party.Home)
        : _services.Keys.FormerPseudonymOf(holder) is var pseudonym && party.Partner is null ? AccountId.OfResident(pseudonym)
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
