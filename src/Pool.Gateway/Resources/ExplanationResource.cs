using Pool.Demands;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Matching;

namespace Pool.Gateway.Resources;

internal static class ExplanationResource
{
    public static V1.DemandExplanation Write(Explanation explanation, long version, Language language) => new()
    {
        Demand = DemandResource.Write(explanation.Demand, version),
        Searches = { explanation.Searches.Select(search => Write(search, language)) },
        Fairness =
        {
            explanation.Fairness.Select(fairness => new V1.SkillFairness
            {
                Street = ResourceNames.Of(fairness.Street),
                Partners = fairness.Partners,
                ServedMinutes = fairness.Served.Value,
                Gini = fairness.Gini,
            }),
        },
        History =
        {
            explanation.History.Select(entry => new V1.HistoryEntry
            {
                Time = Instants.Write(entry.At),
                Position = entry.Position,
                Event = entry.Event,
                Proposal = entry.Proposal,
                Actor = entry.Actor,
                TraceId = entry.TraceId,
            }),
        },
    };

    public static V1.DemandPreview Write(DemandPreview preview, Language language)
    {
        var (demand, written) = (preview.Foreseen, new V1.DemandPreview { Searches = { preview.Searches.Select(search => Write(search, language)) } });
        foreach (var proposal in demand.Proposals)
        {
            var foreseen = DemandResource.Write(demand.Community, demand.Id, proposal);
            foreseen.Name = "";
            written.Proposals.Add(foreseen);
        }

        written.OpenSeats = Math.Max(0, demand.Terms.Seats - demand.Proposals.Sum(proposal => proposal.People));
        return written;
    }

    private static V1.RingSearch Write(ExplainedSearch search, Language language) => new()
    {
        Time = Instants.Write(search.At),
        Ring = search.Ring,
        Streets =
        {
            search.Streets.Select(street => new V1.StreetFindings
            {
                Street = ResourceNames.Of(street.Street),
                Candidates = { street.Candidates.Select(candidate => Write(candidate, language)) },
                Refused =
                {
                    street.Refused.Select(group => new V1.RefusedOffers
                    {
                        Reason = (V1.CandidateReason)group.Reason,
                        Text = MatchingWords.Of(group.Reason, language),
                        Offers = { group.Offers.Select(offer => offer.Text) },
                    }),
                },
                Cures = { street.Cures.Select(cure => Write(cure, language)) },
            }),
        },
    };

    private static V1.Candidate Write(ExplainedCandidate explained, Language language) => new()
    {
        Offer = ResourceNames.Of(explained.Candidate.Community, explained.Candidate.Offer),
        Rank = explained.Candidate.Rank,
        Reason = (V1.CandidateReason)explained.Reason,
        Text = MatchingWords.Of(explained.Reason, language),
    };

    private static V1.Cure Write(Cure cure, Language language) => new()
    {
        Kind = (V1.CureKind)cure.Kind,
        Candidates = cure.Candidates,
        Text = MatchingWords.Of(cure, language),
        Street = cure.Street is { } street ? ResourceNames.Of(street) : "",
        Level = cure.Level ?? 0,
        FeeMode = (V1.FeeMode)(cure.FeeMode ?? 0),
        Until = Instants.Write(cure.Until),
    };
}
