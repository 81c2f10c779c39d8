using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Pool.Actors;
using Pool.Demands;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Values;

namespace Pool.Gateway.Resources;

internal static class DemandResource
{
    public static V1.Demand Write(Demand demand, long version)
    {
        var written = Write(demand.Community.Street, demand.Terms);
        written.Name = ResourceNames.Of(demand.Community, demand.Id);
        written.State = (V1.DemandState)demand.Status;
        written.Proposals.AddRange(demand.Proposals.Select(proposal => Write(demand.Community, demand.Id, proposal)));
        written.RetryTime = demand.SeatsToAsk == 0 ? null : Instants.Write(demand.Search.RetryAt);
        written.CreateTime = Instants.Write(demand.PostedAt);
        written.UpdateTime = Instants.Write(demand.ChangedAt);
        written.Etag = Etags.Write(version);
        written.WaitingList.AddRange(demand.Waiting.Select(waiting => ResourceNames.Of(waiting.Community, waiting.Offer)));
        written.People.AddRange(demand.People.Select(partner => partner.Text));
        return written;
    }

    /// <summary>What a demand asks for, and nothing of what became of it.</summary>
    public static V1.Demand Write(StreetId street, DemandTerms terms) => new()
    {
        Title = terms.Title,
        Description = terms.Description,
        Skill = ResourceNames.Of(terms.Skill),
        MinLevel = terms.MinLevel,
        Seats = terms.Seats,
        WindowStartTime = Instants.Write(terms.Window.Start),
        WindowEndTime = Instants.Write(terms.Window.End),
        DurationMinutes = terms.Duration.Value,
        FeeModes = { terms.FeeModes.Select(mode => (V1.FeeMode)mode) },
        Reach = terms.Reach,
        WaiveCertificate = terms.WaiveCertificate,
        Urgency = (V1.Urgency)terms.Urgency,
        DispatchMode = (V1.DispatchMode)terms.Mode,
        AskAtOnce = terms.AskAtOnce,
        AllOrNone = terms.AllOrNone,
        SamePeopleAs = terms.SameAs?.Text ?? "",
        Payer = terms.Payer is { } payer ? ResourceNames.Of(street, payer) : "",
    };

    public static V1.Proposal Write(CommunityId home, DemandId demand, Proposal proposal) => new()
    {
        Name = $"{ResourceNames.Of(home, demand)}/proposals/{proposal.Number}",
        Offer = ResourceNames.Of(proposal.Candidate.Community, proposal.Candidate.Offer),
        Partner = ResourceNames.Of(proposal.Candidate.Community, proposal.Partner),
        Ring = proposal.Candidate.Ring,
        FeeMode = (V1.FeeMode)proposal.Candidate.FeeMode,
        StartTime = Instants.Write(proposal.Slot.Start),
        EndTime = Instants.Write(proposal.Slot.End),
        CreateTime = Instants.Write(proposal.MadeAt),
        ExpireTime = Instants.Write(proposal.ExpiresAt),
        State = (V1.ProposalState)proposal.Status,
        DeclineReason = (V1.DeclineReason)(proposal.Declined ?? 0),
        Assignment = proposal.Assignment is { } assignment ? Write(home, demand, proposal.Number, assignment) : null,
        People = proposal.People,
        Seats = { proposal.Seats },
        Replaces = proposal.Replaces is { } replaced ? Assignment(home, demand, replaced) : "",
        Round = proposal.Round ?? 0,
    };

    /// <param name="home">The community that asks; blank where the request names none.</param>
    /// <param name="at">The field in which the request has it.</param>
    public static DemandTerms Terms(Reading reading, CommunityId home, V1.Demand demand, string at = "demand") => new(
        demand.Title,
        demand.Description,
        reading.Of(ResourceNames.Skill, $"{at}.skill", demand.Skill),
        demand.MinLevel == 0 ? 1 : demand.MinLevel,
        demand.Seats,
        new(
            reading.Of(Instants.Read, $"{at}.window_start_time", demand.WindowStartTime),
            reading.Of(Instants.Read, $"{at}.window_end_time", demand.WindowEndTime)),
        new(demand.DurationMinutes),
        FeeModes(demand),
        demand.Reach,
        demand.WaiveCertificate)
    {
        Urgency = demand.Urgency == V1.Urgency.Unspecified ? Urgency.Routine : (Urgency)demand.Urgency,
        Mode = demand.DispatchMode == V1.DispatchMode.Unspecified ? DispatchMode.Sequential : (DispatchMode)demand.DispatchMode,
        AskAtOnce = demand.AskAtOnce,
        AllOrNone = demand.AllOrNone,
        SameAs = demand.SamePeopleAs.Length == 0 ? null : reading.Of(() => ResourceNames.Id<DemandId>($"{at}.same_people_as", demand.SamePeopleAs, "a UUID")),
        Payer = demand.Payer.Length == 0 ? null : reading.Of(() => Payer(home, $"{at}.payer", demand.Payer)),
    };

    private static AccountId Payer(CommunityId home, string field, string name)
    {
        var (street, account) = ResourceNames.Account(field, name);
        return home == default || street == home.Street ? account : throw new RefusedException(RefusalReason.FieldInvalid, field, $"an account of {ResourceNames.OfLedger(home.Street)}");
    }

    public static DemandPatch Patch(Reading reading, V1.Demand demand, FieldMask? mask)
    {
        var changed = new UpdateMask(
            mask, demand, "min_level", "reach", "window_end_time", "waive_certificate", "fee_modes", "urgency", "dispatch_mode", "ask_at_once", "same_people_as");
        if (demand.SamePeopleAs.Length > 0)
        {
            throw new RefusedException(RefusalReason.FieldInvalid, "demand.same_people_as", "empty: it can only be given up");
        }

        return new(
            changed.Value("min_level", () => demand.MinLevel),
            changed.Value("reach", () => demand.Reach),
            changed.Value("window_end_time", () => reading.Of(Instants.Read, "demand.window_end_time", demand.WindowEndTime)),
            changed.Value("waive_certificate", () => demand.WaiveCertificate),
            changed.Value("fee_modes", () => FeeModes(demand)),
            changed.Value("urgency", () => (Urgency)demand.Urgency),
            changed.Value("dispatch_mode", () => (DispatchMode)demand.DispatchMode),
            changed.Value("ask_at_once", () => demand.AskAtOnce),
            changed.Has("same_people_as"));
    }

    private static ImmutableArray<FeeMode> FeeModes(V1.Demand demand) => [.. demand.FeeModes.Select(mode => (FeeMode)mode)];

    private static string Assignment(CommunityId home, DemandId demand, int number) => $"{ResourceNames.Of(home, demand)}/assignments/{number}";

    private static V1.Assignment Write(CommunityId home, DemandId demand, int number, Assignment assignment)
    {
        var written = new V1.Assignment
        {
            Name = Assignment(home, demand, number),
            Corrections = assignment.Corrections,
            State = (V1.AssignmentState)assignment.Status,
            AcceptTime = Instants.Write(assignment.AcceptedAt),
            StartTime = Instants.Write(assignment.StartedAt),
            CompleteTime = Instants.Write(assignment.CompletedAt),
            EndTime = Instants.Write(assignment.EndedAt),
            ReleaseReason = (V1.ReleaseReason)(assignment.Released ?? 0),
            Stars = assignment.Stars ?? 0,
            Comment = assignment.Comment,
            Entries = { assignment.Entries.Select(ResourceNames.Of) },
        };
        if (assignment.PartnerMinutes is { } byPartner)
        {
            written.PartnerMinutes = byPartner.Value;
        }

        if (assignment.CommunityMinutes is { } byCommunity)
        {
            written.CommunityMinutes = byCommunity.Value;
        }

        if (assignment.AgreedMinutes is { } agreed)
        {
            written.AgreedMinutes = agreed.Value;
        }

        return written;
    }
}
