using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Ledgers;
using Pool.Partners;
using Pool.V1;
using Pool.Values;

namespace Pool.Gateway.Endpoints;

internal sealed class LedgerEndpoint(IGrainFactory grains) : LedgerService.LedgerServiceBase
{
    public override Task<V1.Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context) =>
        Answer(Grain(ResourceNames.Ledger("name", request.Name)).Get(), context);

    public override Task<V1.Ledger> SetLedgerPolicy(SetLedgerPolicyRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "name", request.Name);
        var policy = LedgerResource.Policy(reading.Required("policy", request.Policy));
        return Answer(Grain(street).SetPolicy(policy, reading.Command(request.RequestId, () => ResourceNames.Of(street), etag: request.Etag)), context);
    }

    public override Task<V1.Ledger> SetRates(SetRatesRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "name", request.Name);
        var rates = LedgerResource.Rates(reading, reading.Required("rates", request.Rates));
        return Answer(Grain(street).SetRates(rates, reading.Command(request.RequestId, () => ResourceNames.Of(street), etag: request.Etag)), context);
    }

    public override async Task<V1.Account> GetAccount(GetAccountRequest request, ServerCallContext context)
    {
        var (street, account) = ResourceNames.Account("name", request.Name);
        var (standing, _) = await Grain(street).Account(account).For(context);
        return LedgerResource.Write(street, standing);
    }

    public override async Task<V1.Account> GetPartnerAccount(GetPartnerAccountRequest request, ServerCallContext context)
    {
        var partner = ResourceNames.Partner("partner", request.Partner);
        var (registered, _) = await grains.GetGrain<IPartnerGrain>(partner.Partner.Text).Get().For(context);
        if (registered.Community != partner.Home)
        {
            throw new Errors.RefusedException(Refusal.Of(RefusalReason.PartnerNotFound, partner.Partner.Text));
        }

        var (standing, _) = await Grain(partner.Home.Street).PartnerAccount(partner.Partner).For(context);
        return LedgerResource.Write(partner.Home.Street, standing);
    }

    private static async Task<V1.Ledger> Answer(Task<Answer<LedgerProfile>> answering, ServerCallContext context)
    {
        var (ledger, version) = await answering.For(context);
        return LedgerResource.Write(ledger, version);
    }

    private ILedgerGrain Grain(StreetId street) => grains.GetGrain<ILedgerGrain>(street.Text);
}
