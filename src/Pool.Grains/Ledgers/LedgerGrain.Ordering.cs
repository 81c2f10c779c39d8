using System.Collections.Immutable;
using Pool.Actors;
using Pool.Communities;
using Pool.JointTransfers;
using Pool.Partners;

namespace Pool.Ledgers;

/// <summary>How a ledger carries out what people order: each order once, however many come in one call.</summary>
internal sealed partial class LedgerGrain
{
    /// <summary>Partners and communities that have been found to exist: none is ever struck off.</summary>
    private readonly HashSet<Party> _found = [];

    public async Task<Answer<ImmutableArray<TransferOutcome>>> Transfer(ImmutableArray<TransferRequest> requests)
    {
        var unopened = State.Exists ? null : await Unopened();
        var parties = requests.SelectMany(request => new[] { request.From, request.To }).OfType<Party>().Select(Registered).Where(party => !_found.Contains(party)).Distinct().ToList();
        var missing = new Dictionary<Party, Refusal>();
        foreach (var (party, refusal) in parties.Zip(await Task.WhenAll(parties.Select(Missing))))
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

        // Decided one after the other, without a pause: all of them wait for the same commit. What another street has a part in takes its own time.
        var answers = await Task.WhenAll(requests.Select(request =>
        {
            var crosses = TransferRules.Crosses(request.Kind) && request.To?.Home.Street != Street;
            var unknown = Check.Lowest(unopened, Of("transfer.from", request.From), Of("transfer.to", request.To, crosses));
            return crosses && request.To is { } abroad ? Cross(request, abroad, unknown) : Transfer(request, unknown);
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

    /// <param name="unknown">What is against those whom it names.</param>
    private async Task<Answer<ListedEntry>> Transfer(TransferRequest request, Refusal? unknown)
    {
        var (order, unfit) = TransferRules.Order(request, AccountOf);
        if (order is null)
        {
            return Check.Lowest(unfit, Late(request.Command), unknown)!;
        }

        var answer = await DecideEvent(request.Command, (ledger, _) => TransferRules.Transfer(ledger, TransferId.OfOrder(request.Command.RequestId), order, unknown, Keeper));
        return answer.Select(happened => happened is EntryPosted made ? new ListedEntry(Street, made.Number, made.At, made.Entry, null, []) : throw new InvalidOperationException($"{happened} is no entry."));
    }

    /// <summary>Carries out what is for somebody of another street: both ledgers have a part in it.</summary>
    private async Task<Answer<ListedEntry>> Cross(TransferRequest request, Party receiver, Refusal? unknown)
    {
        var (order, unfit) = TransferRules.Order(request, AccountOf);
        var fault = Check.Lowest(order is null ? unfit : TransferRules.Unfit(order), unknown);
        if (order is null || fault is not null)
        {
            return Check.Lowest(fault, Late(request.Command))!;
        }

        if (await Recall(request.Command) is { Refusal: { } reused })
        {
            return reused;
        }

        var given = order with { To = AccountId.OfMirror(receiver.Home.Street) };
        var joint = await GrainFactory.GetGrain<IJointTransferGrain>(TransferId.OfOrder(request.Command.RequestId).Text).Order(JointTransferRules.Gift(Street, given, order.To), request.Command);
        return joint.Refusal is { } refusal ? refusal : Answer<ListedEntry>.Of(await Listed(joint.Value!.Entries[0].Number, joint.Position), joint.Version, joint.Position);
    }

    /// <summary>Who must be registered for a party to have an account: of residents their community.</summary>
    private static Party Registered(Party party) => party with { Resident = null };

    private async Task<Refusal?> Missing(Party party) =>
        party.Partner is not { } partner ? (await GrainFactory.GetGrain<ICommunityGrain>(party.Home.Text).Get()).Refusal
        : await GrainFactory.GetGrain<IPartnerGrain>(partner.Text).Get() is var registered && registered.Value?.Community == party.Home ? null
        : Refusal.Of(RefusalReason.PartnerNotFound, partner.Text);

    private AccountId AccountOf(Party party) => party switch
    {
        { Partner: { } partner } => AccountId.OfPartner(_services.Keys.PseudonymOf(partner)),
        { Resident: { } resident } => AccountId.OfResident(_services.Keys.PseudonymOf(party.Home, resident)),
        _ => AccountId.OfFund(party.Home),
    };
}
