using Pool.Demands;
using Pool.EventSourcing;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What a demand's events alone say of its seats, its partners and its rings.</summary>
internal sealed class DemandLedger(DemandTerms terms, int dwellMinutes)
{
    private readonly List<DemandEvent> _events = [];

    /// <summary>Proposals that wait for an answer, with the seats asked for.</summary>
    private readonly Dictionary<int, int> _pending = [];

    /// <summary>Which proposal has a seat.</summary>
    private readonly Dictionary<int, int> _takenBy = [];

    /// <summary>Which assignment a proposal hands over.</summary>
    private readonly Dictionary<int, int> _replaces = [];

    private readonly HashSet<int> _begun = [];

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
                Assert.InRange(made.People, 1, made.Replaces is { } handed ? _takenBy.Count(taken => taken.Value == handed) : made.CameForward ? Unasked : ToAsk);
                Assert.True(_pending.TryAdd(made.Number, made.People), "A number was used twice.");
                if (made.Replaces is { } replaced)
                {
                    _replaces[made.Number] = replaced;
                }

                _untried.ExceptWith(made.Refused.SelectMany(group => group.Offers));
                _untried.RemoveWhere(offer => offer.Partner == made.Candidate.Offer.Partner);
                break;
            case ProposalAccepted accepted:
                Assert.InRange(accepted.Seats.Length, 1, _pending[accepted.Number]);
                Assert.All(accepted.Seats, seat => Assert.InRange(seat, 1, terms.Seats));
                Assert.All(accepted.Seats, seat => Assert.True(_takenBy.TryAdd(seat, accepted.Number), "A seat was taken twice."));
                Assert.True(_accepted.Add(accepted.Number), "A proposal was accepted twice.");
                _pending.Remove(accepted.Number);
                break;
            case ProposalWithdrawn withdrawn:
                Assert.True(withdrawn.Why is WithdrawReason.PartnerSuspended or WithdrawReason.LoanRecalled || IsMoot(withdrawn.Number), "A proposal was withdrawn that could still be accepted.");
                Answer(withdrawn.Number);
                break;
            case ProposalDeclined declined:
                Answer(declined.Number);
                break;
            case ProposalExpired expired:
                Answer(expired.Number);
                break;
            case AssignmentStarted started:
                _begun.Add(started.Number);
                break;
            case AssignmentSettled settled:
                Assert.Contains(settled.Number, _accepted);
                Assert.True(_ended.Add(settled.Number), "A seat ended twice.");
                break;
            case AssignmentReleased released:
                Assert.Contains(released.Number, _accepted);
                Assert.True(_ended.Add(released.Number), "A seat ended twice.");
                foreach (var seat in _takenBy.Where(taken => taken.Value == released.Number).Select(taken => taken.Key).ToList())
                {
                    _takenBy.Remove(seat);
                }

                break;
            case DemandChanged changed:
                Assert.False(_closed || _takenBy.Count == terms.Seats, "A demand was changed when nothing was open.");
                terms = changed.Terms;
                (_ring, _more) = (-1, false);
                _untried.Clear();
                break;
            case SearchResumed:
                (_ring, _more) = (-1, false);
                _untried.Clear();
                break;
            case DemandExpired or DemandCancelled:
                Assert.False(_closed, "A demand was closed twice.");
                _closed = true;
                _pending.Clear();
                break;
        }
    }

    public void Audit(Demand demand, DateTimeOffset now)
    {
        Assert.Equal(_closed ? 0 : terms.Seats - _takenBy.Count, demand.OpenSeats);
        Assert.Equal(demand.Exists ? ToAsk : 0, demand.Exists ? demand.SeatsToAsk : 0);
        Assert.Equal(demand.Pending.Select(proposal => proposal.Number).Order(), _pending.Keys.Order());
        var owed = DemandRules.NextStep(demand, now) is not null
            || demand.Pending.Any()
            || demand.OpenSeats > 0;
        Assert.False(owed && demand.DueAt is null, "Something is owed and nothing will wake the demand.");
    }

    /// <summary>What must hold when the window has closed and every step was carried.</summary>
    public void Close(Demand demand)
    {
        Assert.Equal(0, demand.OpenSeats);
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

    /// <summary>Seats for which somebody is still to be asked.</summary>
    private int ToAsk => _closed ? 0 : terms.Mode switch
    {
        DispatchMode.Sequential or DispatchMode.Round => Unasked,
        DispatchMode.Broadcast => _pending.Keys.Except(_replaces.Keys).Count() < terms.AskAtOnce ? terms.Seats - _takenBy.Count : 0,
        DispatchMode.Claim => 0,
    };

    /// <summary>Open seats that nobody is asked for.</summary>
    private int Unasked => Math.Max(0, terms.Seats - _takenBy.Count - _pending.Where(asked => !_replaces.ContainsKey(asked.Key)).Sum(asked => asked.Value));

    private bool IsMoot(int number) =>
        _replaces.TryGetValue(number, out var kept) ? !_takenBy.ContainsValue(kept) || _begun.Contains(kept) : terms.Seats == _takenBy.Count;

    private void Answer(int number) => Assert.True(_pending.Remove(number), "A proposal was answered twice.");

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
