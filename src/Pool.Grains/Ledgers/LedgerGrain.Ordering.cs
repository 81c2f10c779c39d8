using System.Collections.Immutable;
using Pool.Actors;
using Pool.Communities;
using Pool.Partners;

namespace Pool.Ledgers;

/// <summary>How a ledger carries out what people order: each order once, however many come in one call.</summary>
internal sealed partial class LedgerGrain
{
    /// <summary>Who has been found to exist: nobody is ever struck off.</summary>
    private readonly HashSet<Party> _found = [];

    public async Task<ImmutableArray<TransferOutcome>> Transfer(ImmutableArray<TransferRequest> requests)
    {
        var unopened = State.Exists ? null : await Unopened();
        var parties = requests.SelectMany(request => new[] { request.From, request.To }).OfType<Party>().Where(party => !_found.Contains(party)).Distinct().ToList();
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
        return [.. await Task.WhenAll(requests.Select(request => Transfer(request, Check.Lowest(unopened, Late(request.Deadline), Of("transfer.from", request.From), Of("transfer.to", request.To)))))];

        Refusal? Of(string field, Party? party) => party is not null && missing.TryGetValue(party, out var refusal) ? refusal with { Fields = [field] } : null;
    }

    /// <param name="fault">What is against it before the ledger itself is asked.</param>
    private async Task<TransferOutcome> Transfer(TransferRequest request, Refusal? fault)
    {
        var (order, unfit) = TransferRules.Order(request, AccountOf);
        if (Check.Lowest(fault, unfit) is { } refusal)
        {
            return new(null, refusal);
        }

        var id = TransferId.OfOrder(request.Id);
        var (refused, number, made) = await Decide((ledger, _) =>
        {
            var (decision, entry) = TransferRules.Transfer(ledger, id, order!, Keeper);
            return (decision, (decision.Refusal, entry, decision.Events.OfType<EntryPosted>().FirstOrDefault()));
        });
        return refused is not null ? new(null, refused)
            : new(made is null ? await Listed(number, await Durable()) : new(Street, number, made.At, made.Entry, null, []), null);
    }

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
