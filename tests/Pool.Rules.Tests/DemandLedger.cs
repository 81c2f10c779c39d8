using Pool.Demands;
using Pool.EventSourcing;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What a demand's events alone say of its seats, its partners and its rings.</summary>
internal sealed class DemandLedger(int seats, int dwellMinutes)
{
    private readonly List<DemandEvent> _events = [];

    private readonly Dictionary<int, int> _seatOf = [];

    private readonly Dictionary<int, int> _takenBy = [];

    private readonly HashSet<PartnerId> _asked = [];

    private readonly HashSet<int> _accepted = [];

    private readonly HashSet<int> _ended = [];

    /// <summary>Offers found in this search that no calendar has refused and whose partners were not asked.</summary>
    private readonly HashSet<OfferId> _untried = [];

    private int _ring = -1;

    private DateTimeOffset _ringSince;

    private bool _more;

    private bool _closed;

    public void Enter(DemandEvent happened)
    {
        _events.Add(happened);
        switch (happened)
        {
            case RingSearched searched:
                Search(searched);
                break;
            case CandidatesRefused refused:
                _untried.ExceptWith(refused.Refused.SelectMany(group => group.Offers));
                break;
            case ProposalMade made:
                Assert.False(_closed, "A closed demand proposed.");
                Assert.True(_asked.Add(made.Candidate.Offer.Partner), "A partner was asked twice.");
                Assert.InRange(made.Seat, 1, seats);
                Assert.True(_takenBy.TryAdd(made.Seat, made.Number), "A seat was proposed while it was taken.");
                Assert.True(_seatOf.TryAdd(made.Number, made.Seat), "A number was used twice.");
                _untried.ExceptWith(made.Refused.SelectMany(group => group.Offers));
                _untried.RemoveWhere(offer => offer.Partner == made.Candidate.Offer.Partner);
                break;
            case ProposalAccepted accepted:
                Assert.True(_accepted.Add(accepted.Number), "A proposal was accepted twice.");
                Assert.Equal(accepted.Number, _takenBy[_seatOf[accepted.Number]]);
                break;
            case ProposalDeclined declined:
                Free(declined.Number);
                break;
            case ProposalExpired expired:
                Free(expired.Number);
                break;
            case AssignmentSettled settled:
                Assert.Contains(settled.Number, _accepted);
                Assert.True(_ended.Add(settled.Number), "A seat ended twice.");
                break;
            case AssignmentReleased released:
                Assert.Contains(released.Number, _accepted);
                Assert.True(_ended.Add(released.Number), "A seat ended twice.");
                Free(released.Number);
                break;
            case SearchResumed:
                (_ring, _more) = (-1, false);
                _untried.Clear();
                break;
            case DemandExpired or DemandCancelled:
                Assert.False(_closed, "A demand was closed twice.");
                _closed = true;
                break;
        }
    }

    public void Audit(Demand demand, DateTimeOffset now)
    {
        Assert.True(demand.Proposals.Count(proposal => proposal.TakesSeat) <= seats, "More seats are taken than there are.");
        Assert.Equal(_closed || _takenBy.Count == seats, demand.OpenSeat is null);
        Assert.False(demand.OpenSeat is { } open && _takenBy.ContainsKey(open), "A taken seat is said to be open.");
        var owed = DemandRules.NextStep(demand, now) is not null
            || demand.Proposals.Any(proposal => proposal.Status == ProposalStatus.Pending)
            || demand.Status == DemandStatus.Open && demand.OpenSeat is not null;
        Assert.False(owed && demand.DueAt is null, "Something is owed and nothing will wake the demand.");
    }

    /// <summary>What must hold when the window has closed and every step was carried.</summary>
    public void Close(Demand demand)
    {
        Assert.Null(demand.OpenSeat);
        Assert.DoesNotContain(demand.Proposals, proposal => proposal.Hold == HoldStatus.OwedBack);
        foreach (var proposal in demand.Proposals.Where(proposal => proposal.Status is not ProposalStatus.Pending))
        {
            var ended = proposal.Assignment is null || _ended.Contains(proposal.Number);
            Assert.Equal(ended ? HoldStatus.Ended : HoldStatus.Booked, proposal.Hold);
        }
    }

    /// <summary>The state that the stored events give.</summary>
    public Demand Replay() => _events
        .Select(happened => EventCatalogue<DemandEvent>.Write(happened))
        .Select((entry, index) => EventCatalogue<DemandEvent>.Read(Record(entry, index)))
        .Aggregate(Demand.Empty, (state, happened) => state.Evolve(happened));

    private static JournalRecord Record(JournalEntry entry, int index) =>
        new(index + 1, "demand", index + 1, null, entry.Type, Some.Now, "", null, 0, null, entry.Payload);

    private void Free(int number) => Assert.True(_takenBy.Remove(_seatOf[number]), "A seat was freed twice.");

    private void Search(RingSearched searched)
    {
        if (searched.Ring != _ring)
        {
            var dwelt = dwellMinutes > 0 && _ring >= 0 && searched.At >= _ringSince.AddMinutes(dwellMinutes);
            Assert.Equal(_ring + 1, searched.Ring);
            Assert.True(dwelt || (_untried.Count == 0 && !_more), "A ring was left while a candidate was unasked.");
            (_ring, _ringSince) = (searched.Ring, searched.At);
        }

        _more = searched.Findings.Any(found => found.Remaining > 0);
        _untried.UnionWith(searched.Findings.SelectMany(found => found.Candidates).Select(candidate => candidate.Offer));
    }
}
