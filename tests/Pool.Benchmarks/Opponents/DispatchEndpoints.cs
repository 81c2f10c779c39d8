using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.V1;

namespace Pool.Benchmarks.Opponents;

internal sealed class SkillEndpoint : SkillService.SkillServiceBase
{
    /// <summary>Opponents know skills by their codes alone.</summary>
    public override Task<Skill> CreateSkill(CreateSkillRequest request, ServerCallContext context) => Task.FromResult(request.Skill);
}

internal sealed class StreetEndpoint(IDispatch dispatch) : StreetService.StreetServiceBase
{
    public override async Task<Street> CreateStreet(CreateStreetRequest request, ServerCallContext context)
    {
        await dispatch.CreateStreet(request.StreetId, request.Street.DisplayName, [.. request.Street.Neighbours.Select(Names.Key)]);
        return request.Street;
    }
}

internal sealed class CommunityEndpoint(IDispatch dispatch) : CommunityService.CommunityServiceBase
{
    public override async Task<Community> CreateCommunity(CreateCommunityRequest request, ServerCallContext context)
    {
        await dispatch.CreateCommunity(Names.Key(request.Parent), request.CommunityId, request.Community.DisplayName);
        return request.Community;
    }
}

internal sealed class PartnerEndpoint(IDispatch dispatch) : PartnerService.PartnerServiceBase
{
    public override async Task<Partner> CreatePartner(CreatePartnerRequest request, ServerCallContext context)
    {
        await dispatch.CreatePartner(Names.Key(request.Parent), request.PartnerId, request.Partner.DisplayName, request.Partner.Capacity);
        var partner = request.Partner.Clone();
        partner.Name = $"{request.Parent}/partners/{request.PartnerId}";
        return partner;
    }
}

internal sealed class OfferEndpoint(IDispatch dispatch) : OfferService.OfferServiceBase
{
    public override async Task<Offer> CreateOffer(CreateOfferRequest request, ServerCallContext context)
    {
        var offer = request.Offer;
        await dispatch.CreateOffer(new(Names.Key(request.Parent), request.OfferId, Names.Key(offer.Skill), offer.Level, offer.Reach, [.. offer.Hours.Select(Week.Range)]));
        return offer;
    }
}

internal sealed class DemandEndpoint(IDispatch dispatch) : DemandService.DemandServiceBase
{
    public override async Task<Demand> PostDemand(PostDemandRequest request, ServerCallContext context)
    {
        var demand = request.Demand;
        if (demand.Seats != 1 || demand.FeeModes is not [FeeMode.Volunteer])
        {
            throw new RpcException(new(StatusCode.InvalidArgument, "One seat, for volunteers."));
        }

        var terms = new DemandTerms(
            Names.Id(request.RequestId), Names.Fingerprint(request), Names.Key(request.Parent), demand.Title, Names.Key(demand.Skill), demand.MinLevel,
            demand.WindowStartTime.ToDateTime(), demand.WindowEndTime.ToDateTime(), (int)demand.DurationMinutes, demand.Reach);
        return await DemandText.Answer(dispatch.Post(terms));
    }
}

internal sealed class DispatchEndpoint(IDispatch dispatch) : DispatchService.DispatchServiceBase
{
    public override Task<Demand> AcceptProposal(AcceptProposalRequest request, ServerCallContext context) =>
        Do(Verb.Accept, request, request.RequestId, request.Name, request.Partner);

    public override Task<Demand> StartAssignment(StartAssignmentRequest request, ServerCallContext context) =>
        Do(Verb.Start, request, request.RequestId, request.Name, request.Partner);

    public override Task<Demand> CompleteAssignment(CompleteAssignmentRequest request, ServerCallContext context) =>
        Do(Verb.Complete, request, request.RequestId, request.Name, request.Partner, request.Minutes);

    public override Task<Demand> ConfirmAssignment(ConfirmAssignmentRequest request, ServerCallContext context) =>
        Do(Verb.Confirm, request, request.RequestId, request.Name, request.Community, request.Minutes);

    private async Task<Demand> Do(Verb verb, IMessage request, string id, string name, string actor, long minutes = 0)
    {
        var parts = name.Split('/');
        return await DemandText.Answer(dispatch.Do(
            verb, new(Names.Id(id), Names.Fingerprint(request), Names.Id(parts[5]), int.Parse(parts[7], System.Globalization.CultureInfo.InvariantCulture), Names.Key(actor), (int)minutes)));
    }
}

internal static class Names
{
    public static string Key(string name) => name[(name.LastIndexOf('/') + 1)..];

    public static Guid Id(string text) => Guid.TryParse(text, out var id) ? id : throw new RpcException(new(StatusCode.InvalidArgument, $"'{text}' is no UUID."));

    public static long Fingerprint(IMessage request)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(request.ToByteArray(), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}

/// <summary>A demand as the API writes it.</summary>
internal static class DemandText
{
    public static async Task<Demand> Answer(Task<DemandRow> answering)
    {
        try
        {
            return Write(await answering);
        }
        catch (RefusedException refused)
        {
            throw new RpcException(new(StatusCode.FailedPrecondition, refused.Message));
        }
    }

    private static Demand Write(DemandRow row)
    {
        var (terms, name) = (row.Terms, $"streets/{row.Terms.Street}/communities/{row.Terms.Community}/demands/{row.Terms.Id}");
        var demand = new Demand
        {
            Name = name,
            Title = terms.Title,
            Skill = $"skills/{terms.Skill}",
            MinLevel = terms.MinLevel,
            Seats = 1,
            WindowStartTime = Time(terms.Opens),
            WindowEndTime = Time(terms.Closes),
            DurationMinutes = terms.Duration,
            FeeModes = { FeeMode.Volunteer },
            Reach = terms.Reach,
            State = row.Proposal?.Step is Step.Accepted or Step.Started or Step.Completed or Step.Settled or Step.Disputed ? DemandState.Filled : DemandState.Open,
            CreateTime = Time(row.PostedAt),
            Urgency = Urgency.Routine,
            DispatchMode = DispatchMode.Sequential,
        };
        if (row.Proposal is { } proposal)
        {
            demand.Proposals.Add(Write(name, proposal));
        }

        return demand;
    }

    private static Proposal Write(string demand, ProposalRow row)
    {
        var partner = $"streets/{row.PartnerCommunity[..9]}/communities/{row.PartnerCommunity}/partners/{row.Partner}";
        var proposal = new Proposal
        {
            Name = $"{demand}/proposals/{row.Number}",
            Partner = partner,
            Offer = $"{partner}/offers/{row.Offer}",
            Ring = row.Ring,
            FeeMode = FeeMode.Volunteer,
            StartTime = Time(row.Starts),
            EndTime = Time(row.Ends),
            CreateTime = Time(row.MadeAt),
            ExpireTime = Time(row.ExpiresAt),
            State = row.Step switch { Step.Proposed => ProposalState.Pending, Step.Expired => ProposalState.ProposalExpired, _ => ProposalState.Accepted },
            People = 1,
            Seats = { 1 },
        };
        if (row.AcceptedAt is not null)
        {
            proposal.Assignment = Assignment(demand, row);
        }

        return proposal;
    }

    private static Assignment Assignment(string demand, ProposalRow row)
    {
        var assignment = new Assignment
        {
            Name = $"{demand}/assignments/{row.Number}",
            State = row.Step switch
            {
                Step.Started => AssignmentState.Started,
                Step.Completed => AssignmentState.Completed,
                Step.Settled => AssignmentState.Settled,
                Step.Disputed => AssignmentState.Disputed,
                _ => AssignmentState.AssignmentAccepted,
            },
            AcceptTime = Time(row.AcceptedAt),
            StartTime = Time(row.StartedAt),
            CompleteTime = Time(row.CompletedAt),
            EndTime = Time(row.SettledAt),
        };
        if (row.PartnerMinutes is { } byPartner)
        {
            assignment.PartnerMinutes = byPartner;
        }

        if (row.CommunityMinutes is { } byCommunity)
        {
            assignment.CommunityMinutes = byCommunity;
        }

        if (row.AgreedMinutes is { } agreed)
        {
            assignment.AgreedMinutes = agreed;
        }

        if (row.Entry is { } entry)
        {
            assignment.Entries.Add($"entries/{entry}");
        }

        return assignment;
    }

    private static Timestamp? Time(DateTime? at) => at is { } given ? Timestamp.FromDateTime(DateTime.SpecifyKind(given, DateTimeKind.Utc)) : null;
}

/// <summary>Minutes of a week, counted from Monday 00:00 in Shanghai.</summary>
internal static class Week
{
    private const int DayMinutes = 24 * 60;

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static WeekRange Range(Hours hours)
    {
        var day = ((int)hours.Day - 1) * DayMinutes;
        return new(day + Minute(hours.Start), day + Minute(hours.End));
    }

    public static int MinuteOf(DateTime at)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(at, Zone);
        return ((((int)local.DayOfWeek + 6) % 7) * DayMinutes) + (int)local.TimeOfDay.TotalMinutes;
    }

    private static int Minute(string clock) => (int.Parse(clock[..2], System.Globalization.CultureInfo.InvariantCulture) * 60) + int.Parse(clock[3..], System.Globalization.CultureInfo.InvariantCulture);
}
