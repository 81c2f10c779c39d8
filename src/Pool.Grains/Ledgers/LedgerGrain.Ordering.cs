using System.Collections.Immutable;
using Pool.Actors;
using Pool.Communities;
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

        // Decided one after the other, without a pause: all of them wait for the same commit.
        var answers = await Task.WhenAll(requests.Select(request =>
            Transfer(request, Check.Lowest(unopened, Of("transfer.from", request.From), Of("transfer.to", request.To)))));
        return Answer<ImmutableArray<TransferOutcome>>.Of(
            [.. answers.Select(answer => new TransferOutcome(answer.Value is EntryPosted made ? new(Street, made.Number, made.At, made.Entry, null, []) : null, answer.Refusal))],
            Version, answers.Max(answer => answer.Position));

        Refusal? Of(string field, Party? party) => party is not null && missing.TryGetValue(Registered(party), out var refusal) ? refusal with { Fields = [field] } : null;
    }

    /// <param name="unknown">What is against those whom it names.</param>
    private async Task<Answer<LedgerEvent>> Transfer(TransferRequest request, Refusal? unknown)
    {
        var (order, unfit) = TransferRules.Order(request, AccountOf);
        return order is null
            ? Check.Lowest(unfit, Late(request.Command), unknown)!
            : await DecideEvent(request.Command, (ledger, _) => TransferRules.Transfer(ledger, TransferId.OfOrder(request.Command.RequestId), order, unknown, Keeper));
    }

    /// <summary>Who must be registered for a party to have an account: of residents their community.</summary>
    private static Party Registered(Party party) => party with { Resident = null };

    private async Task<Refusal?> Missing(Party party) =>
        party.Home.Street != Street ? Refusal.Of(RefusalReason.CommunityNotInStreet, Street.Text)
        : party.Partner is not { } partner ? (await GrainFactory.GetGrain<ICommunityGrain>(party.Home.Text).Get()).Refusal
        : await GrainFactory.GetGrain<IPartnerGrain>(partner.Text).Get() is var registered && registered.Value?.Community == party.Home ? null
        : Refusal.Of(RefusalReason.PartnerNotFound, partner.Text);

    private AccountId AccountOf(Party party) => party switch
    {
        { Partner: { } partner } => AccountId.OfPartner(_services.Keys.PseudonymOf(partner)),
        { Resident: { } resident } => AccountId.OfResident(_services.Keys.PseudonymOf(party.Home, resident)),
        _ => AccountId.OfFund(party.Home),
    };
}
