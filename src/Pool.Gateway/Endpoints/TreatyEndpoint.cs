using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.V1;
using Pool.Values;

namespace Pool.Gateway.Endpoints;

internal sealed class TreatyEndpoint(IGrainFactory grains) : TreatyService.TreatyServiceBase
{
    private const int UsualDays = 30;

    public override Task<V1.TreatyAccount> GetTreaty(GetTreatyRequest request, ServerCallContext context)
    {
        var (lender, borrower) = ResourceNames.Treaty("name", request.Name);
        return Answer(lender, grains.Lender(lender).Account(borrower), context);
    }

    public override async Task<V1.TreatyRehearsal> RehearseTreaty(RehearseTreatyRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (lender, borrower) = reading.Of(ResourceNames.Treaty, "name", request.Name);
        var terms = reading.Of(() => TreatyResource.Terms(request.Terms)) ?? Treaties.TreatyTerms.Unbound;
        reading.End();
        var (rehearsal, _) = await grains.Lender(lender).Rehearse(borrower, terms, request.Days == 0 ? UsualDays : request.Days).For(context);
        return TreatyResource.Write(rehearsal);
    }

    public override async Task<Street> RecallTreaty(RecallTreatyRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (lender, borrower) = reading.Of(ResourceNames.Treaty, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(lender), etag: request.Etag);
        var (street, version) = await grains.Lender(lender).RecallLoans(borrower, request.Reason, command).For(context);
        return StreetResource.Write(street, version);
    }

    public override async Task<ListLoanRequestsResponse> ListLoanRequests(ListLoanRequestsRequest request, ServerCallContext context)
    {
        var (lender, borrower) = ResourceNames.Treaties("parent", request.Parent);
        var (requests, _) = await grains.Lender(lender).Requests(borrower).For(context);
        return new() { LoanRequests = { requests.Select(asked => TreatyResource.Write(lender, asked)) } };
    }

    public override Task<V1.TreatyAccount> ApproveLoan(ApproveLoanRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (lender, borrower, number) = reading.Of(ResourceNames.LoanRequest, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(lender), etag: request.Etag);
        return Answer(lender, grains.Lender(lender).AnswerLoan(borrower, number, approved: true, "", command), context);
    }

    public override Task<V1.TreatyAccount> DeclineLoan(DeclineLoanRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var (lender, borrower, number) = reading.Of(ResourceNames.LoanRequest, "name", request.Name);
        var command = reading.Command(request.RequestId, () => ResourceNames.Of(lender), etag: request.Etag);
        return Answer(lender, grains.Lender(lender).AnswerLoan(borrower, number, approved: false, request.Note, command), context);
    }

    private static async Task<V1.TreatyAccount> Answer(StreetId lender, Task<Answer<Treaties.TreatyAccount>> answering, ServerCallContext context)
    {
        var (account, version) = await answering.For(context);
        return TreatyResource.Write(lender, account, version);
    }
}
