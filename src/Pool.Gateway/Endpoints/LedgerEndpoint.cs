using Google.Protobuf.Reflection;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.V1;
using Pool.Views;

namespace Pool.Gateway.Endpoints;

internal sealed class LedgerEndpoint(IGrainFactory grains, Lists lists) : LedgerService.LedgerServiceBase
{
    public override Task<V1.Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context) =>
        Answer(grains.Ledger(ResourceNames.Ledger("name", request.Name)).Get(), context);

    public override Task<V1.Ledger> SetLedgerPolicy(SetLedgerPolicyRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "name", request.Name);
        var policy = LedgerResource.Policy(reading.Required("policy", request.Policy));
        return Answer(grains.Ledger(street).SetPolicy(policy, reading.Command(request.RequestId, () => ResourceNames.Of(street), etag: request.Etag)), context);
    }

    public override Task<V1.Ledger> SetRates(SetRatesRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "name", request.Name);
        var rates = LedgerResource.Rates(reading, reading.Required("rates", request.Rates));
        return Answer(grains.Ledger(street).SetRates(rates, reading.Command(request.RequestId, () => ResourceNames.Of(street), etag: request.Etag)), context);
    }

    public override async Task<V1.Account> GetAccount(GetAccountRequest request, ServerCallContext context)
    {
        var (street, account) = ResourceNames.Account("name", request.Name);
        var (standing, _) = await grains.Ledger(street).Account(account).For(context);
        return LedgerResource.Write(street, standing);
    }

    public override async Task<ListAccountsResponse> ListAccounts(ListAccountsRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("parent", request.Parent);
        var kind = FilterField.Enum<Ledgers.AccountKind>("kind", ViewColumns.Kind, LedgersReflection.Descriptor.FindTypeByName<EnumDescriptor>("AccountKind"));
        var list = new ListRequest("accounts", request.PageSize, request.PageToken, request.MinPosition, Lists.Under([street.Text], ViewColumns.Street).Concat(Filters.Read(request.Filter, kind)));
        var (items, next) = await lists.Read<ListedAccount>(list, context);
        // The ledger itself says how they stand: what is held is no entry.
        var (standings, _) = await grains.Ledger(street).Accounts([.. items.Select(item => item.Value.Account)]).For(context);
        return new() { Accounts = { standings.Select(standing => LedgerResource.Write(street, standing)) }, NextPageToken = next };
    }

    public override async Task<V1.PriceQuote> QuotePrice(QuotePriceRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var street = reading.Of(ResourceNames.Ledger, "name", request.Name);
        var skill = reading.Of(ResourceNames.Skill, "skill", request.Skill);
        reading.End();
        var (quote, _) = await grains.Ledger(street).Quote(
            (Offers.FeeMode)request.FeeMode, skill, request.Level == 0 ? 1 : request.Level, new(request.Minutes), request.HasRates ? request.Rates : null).For(context);
        return LedgerResource.Write(quote);
    }

    public override async Task<V1.Account> GetPartnerAccount(GetPartnerAccountRequest request, ServerCallContext context)
    {
        var partner = ResourceNames.Partner("partner", request.Partner);
        var (registered, _) = await grains.Partner(partner.Partner).Get().For(context);
        if (registered.Community != partner.Home)
        {
            throw new Errors.RefusedException(Refusal.Of(RefusalReason.PartnerNotFound, partner.Partner.Text));
        }

        if (registered.Erased)
        {
            throw new Errors.RefusedException(Refusal.Of(RefusalReason.PartnerErased));
        }

        var (standing, _) = await grains.Ledger(partner.Home.Street).PartnerAccount(partner.Partner).For(context);
        return LedgerResource.Write(partner.Home.Street, standing);
    }

    public override async Task<V1.Account> GetResidentAccount(GetResidentAccountRequest request, ServerCallContext context)
    {
        var (home, resident) = ResourceNames.Resident("resident", request.Resident);
        var (standing, _) = await grains.Ledger(home.Street).ResidentAccount(home, resident).For(context);
        return LedgerResource.Write(home.Street, standing);
    }

    public override async Task<V1.Account> EraseResident(EraseResidentRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (home, resident) = reading.Of(ResourceNames.Resident, "resident", request.Resident);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(home));
        var (standing, _) = await grains.Ledger(home.Street).EraseResident(home, resident, command).For(context);
        return LedgerResource.Write(home.Street, standing);
    }

    private static async Task<V1.Ledger> Answer(Task<Answer<LedgerProfile>> answering, ServerCallContext context)
    {
        var (ledger, version) = await answering.For(context);
        return LedgerResource.Write(ledger, version);
    }
}
