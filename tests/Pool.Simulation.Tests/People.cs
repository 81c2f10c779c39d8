using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Series;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;

namespace Pool.Simulation.Tests;

/// <summary>
/// Communities, partners and clerks, who do what is next when they see that something has happened; now and then they do
/// it twice, too late, or although it is somebody else's to do.
/// </summary>
internal sealed partial class People
{
    /// <summary>Demands that nobody has accepted yet; when there are more, few are posted, or most of the work would be in vain.</summary>
    private const int MostUnserved = 10;

    private static readonly TimeSpan Soon = TimeSpan.FromHours(2);

    private readonly Dictionary<(DemandId Demand, int Number), RegisteredPartner> _proposed = [];
    private readonly Dictionary<DemandId, CommunityId> _homes = [];
    private readonly Dictionary<DemandId, SkillCode> _skills = [];
    private readonly HashSet<DemandId> _unserved = [];
    private readonly List<(OfferTerms Terms, CommunityId Home)> _offers = [];
    private readonly List<SeriesId> _series = [];
    private readonly SimulatedCluster _cluster;
    private readonly Clients _clients;
    private readonly SharedJournal _journal;
    private readonly Scheduler _chance;
    private int _offersMade;
    private bool _resting;

    public People(SimulatedCluster cluster, Clients clients, SharedJournal journal)
    {
        (_cluster, _clients, _chance, _journal) = (cluster, clients, cluster.Scheduler, journal);
        journal.Committed += (_, records) =>
        {
            foreach (var record in records)
            {
                See(record);
            }
        };
    }

    /// <summary>Demands whose posting was acknowledged.</summary>
    public List<string> Posted { get; } = [];

    /// <summary>Founds the world, then posts demands for ever.</summary>
    public async Task Live()
    {
        foreach (var skill in World.Skills)
        {
            await _clients.Write("clerk", command => _cluster.Skills().Add(skill, command));
        }

        foreach (var street in World.Streets)
        {
            var policy = World.Policy(_chance);
            await _clients.Write("clerk", command => Street(street).Open("A street", World.Neighbours(street), policy, [], command));
            var trust = World.Ledger(_chance);
            await _clients.Write("clerk", command => Ledger(street).SetPolicy(trust, command));
        }

        foreach (var (lender, borrower) in World.Streets.SelectMany(lender => World.Streets.Where(other => other != lender).Select(borrower => (lender, borrower))))
        {
            var terms = World.Treaty(_chance);
            await _clients.Write("clerk", command => Lender(lender).SetTreaty(borrower, open: true, terms, command));
        }

        foreach (var community in World.Communities)
        {
            await _clients.Write("clerk", command => _cluster.Community(community).Open("A community", command));
        }

        foreach (var partner in World.Partners)
        {
            _clients.Begin(TimeSpan.Zero, () => Register(partner));
        }

        _clients.Begin(TimeSpan.FromMinutes(1), Meddle);
        while (!_resting)
        {
            await _chance.Delay(_chance.Between(TimeSpan.Zero, TimeSpan.FromMinutes(_unserved.Count < MostUnserved ? 4 : 60)));
            _clients.Begin(TimeSpan.Zero, Post);
        }
    }

    /// <summary>Nothing new is begun; what has begun goes on.</summary>
    public void Rest() => _resting = true;

    private async Task Register(RegisteredPartner partner)
    {
        var profile = World.Profile(_chance);
        await _clients.Write("clerk", command => Partner(partner).Register(partner.Home, profile, command));
        var certificate = World.Certificate(_chance);
        await _clients.Write("clerk", command => Partner(partner).Certify(certificate, command));
        await Make(partner);
        await Make(partner);
    }

    private async Task Make(RegisteredPartner partner)
    {
        var terms = World.Terms(new(partner.Partner, $"offer-{++_offersMade}"), _chance);
        var answer = await _clients.Write("partner", command => Offer(terms.Offer).Make(terms, command));
        if (answer.Refusal is null)
        {
            _offers.Add((terms, partner.Home));
        }
    }

    private async Task Post()
    {
        // Whoever served before is wanted again, now and then; where nobody has, it is refused.
        var terms = World.Demand(_chance) with { SameAs = Posted.Count > 0 && _chance.Chance(0.05) ? DemandId.Parse(_chance.Any(Posted)) : null };
        var community = _chance.Any(World.Communities);
        terms = terms with { Payer = _chance.Chance(0.2) ? Payer(community.Street) : null };
        if (_chance.Chance(0.1))
        {
            // Whatever it foresees, the journal must not know of it.
            var foreseen = new DemandId(_chance.NextId());
            _clients.Begin(TimeSpan.Zero, () => Clients.Read(() => _cluster.Community(community).PreviewDemand(foreseen, terms)));
        }

        var answer = await _clients.Write("community", command => _cluster.Community(community).PostDemand(terms, command));
        if (answer.Value is { } demand)
        {
            Posted.Add(demand.Id.Text);
        }
    }

    private void See(JournalRecord record)
    {
        var key = record.Stream[(record.Stream.IndexOf('/') + 1)..];
        if (record.Happened is LoanAsked asked)
        {
            Approve(StreetId.Parse(key), asked.Request);
        }

        if (record.Happened is not DemandEvent happened)
        {
            return;
        }

        var demand = DemandId.Parse(key);
        switch (happened)
        {
            case DemandPosted posted:
                (_homes[demand], _skills[demand]) = (posted.Community, posted.Terms.Skill);
                _unserved.Add(demand);
                Perhaps(0.1, TimeSpan.FromHours(6), command => Demand(demand).Cancel(posted.Community, "no longer needed", command));
                var redirection = World.Redirection(_chance);
                Perhaps(0.2, Soon, command => Demand(demand).Change(redirection, command));
                if (posted.Terms.Mode == DispatchMode.Claim)
                {
                    Claim(demand);
                }

                break;
            case ProposalMade made:
                _proposed[(demand, made.Number)] = new(made.Candidate.Community, made.Candidate.Offer.Partner);
                Answer(demand, made);
                break;
            case ProposalAccepted or DemandExpired or DemandCancelled:
                _unserved.Remove(demand);
                break;
            case AssignmentBooked booked:
                Serve(demand, booked.Number);
                HandOver(demand, booked.Number);
                break;
            case AssignmentStarted started:
                Complete(demand, started.Number);
                break;
            case AssignmentCompleted completed:
                Confirm(demand, completed.Number);
                break;
            case AssignmentDisputed disputed:
                var agreed = new Minutes(_chance.Next(90));
                Perhaps(0.9, Soon, command => Demand(demand).Resolve(disputed.Number, agreed, "as agreed", command));
                break;
            case AssignmentSettled settled:
                var stars = 1 + _chance.Next(5);
                Perhaps(0.8, Soon, command => Demand(demand).Rate(settled.Number, _homes[demand], stars, "", command));
                CorrectPerhaps(demand, settled.Number);
                break;
            case CorrectionSettled corrected:
                CorrectPerhaps(demand, corrected.Number);
                break;
        }
    }

    /// <summary>What was settled turns out to be wrong, now and then more than once.</summary>
    private void CorrectPerhaps(DemandId demand, int number)
    {
        var right = new Minutes(_chance.Next(120));
        Perhaps(0.2, Soon, command => Demand(demand).Correct(number, right, "as it was", command));
    }

    /// <summary>Answers come before and after the expiry, from the wrong partner, and sometimes both ways at once.</summary>
    private void Answer(DemandId demand, ProposalMade made)
    {
        var (time, partner, stranger) = ((made.ExpiresAt - made.At) * 1.2, By(demand, made.Number), _chance.Any(World.Partners));
        var why = _chance.Any(Enum.GetValues<DeclineReason>());
        Perhaps(0.65, time, command => Demand(demand).Accept(made.Number, partner, command));
        Perhaps(0.3, time, command => Demand(demand).Decline(made.Number, partner, why, "", command));
        Perhaps(0.05, time, command => Demand(demand).Accept(made.Number, stranger, command));
    }

    private void Approve(StreetId lender, LoanRequest request)
    {
        for (var times = _chance.Chance(0.2) ? 0 : _chance.Chance(0.1) ? 2 : 1; times > 0; times--)
        {
            var approved = _chance.Chance(0.8);
            _clients.Begin(_chance.Between(TimeSpan.Zero, Soon), () => _clients.Write(
                "clerk", command => Lender(lender).AnswerLoan(request.Home.Street, request.Number, approved, "", command)));
        }
    }

    /// <summary>More partners claim seats than there are, often all at once; some of them would wait for one.</summary>
    private void Claim(DemandId demand)
    {
        var within = _chance.Chance(0.3) ? TimeSpan.FromSeconds(1) : Soon;
        for (var left = 8; left > 0 && _offers.Count > 0; left--)
        {
            var ((offer, home), people, wait) = (Skilled(demand), 1 + _chance.Next(3), _chance.Chance(0.5));
            Perhaps(0.8, within, command => Demand(demand).Claim(offer, home, people, wait, command));
        }
    }

    /// <summary>Somebody who has the skill; whether it is enough, and in time, is another matter.</summary>
    private (OfferId Offer, CommunityId Home) Skilled(DemandId demand)
    {
        var skilled = _offers.Where(made => made.Terms.Skill == _skills[demand]).ToList();
        var (terms, home) = _chance.Any(skilled.Count > 0 ? skilled : _offers);
        return (terms.Offer, home);
    }

    private void HandOver(DemandId demand, int number)
    {
        var (partner, (successor, home)) = (By(demand, number), Skilled(demand));
        Perhaps(0.4, Soon / 4, command => Demand(demand).Swap(number, partner, successor, home, command));
    }

    private void Serve(DemandId demand, int number)
    {
        var (partner, home) = (By(demand, number), _homes[demand]);
        Perhaps(0.85, Soon, command => Demand(demand).Start(number, partner, command));
        Perhaps(0.2, Soon / 2, command => Demand(demand).GiveBack(number, partner, "cannot come", command));
        Perhaps(0.06, Soon, command => Demand(demand).NoShow(number, null, home, "nobody came", command));
        Perhaps(0.03, Soon, command => Demand(demand).NoShow(number, partner, null, "nobody there", command));
        Perhaps(0.03, Soon, command => Demand(demand).Cancel(home, "no longer needed", command));
    }

    private void Complete(DemandId demand, int number)
    {
        var (partner, served) = (By(demand, number), new Minutes(30 + _chance.Next(60)));
        Perhaps(0.95, Soon, command => Demand(demand).Complete(number, partner, served, command));
    }

    private void Confirm(DemandId demand, int number)
    {
        var (home, served) = (_homes[demand], new Minutes(30 + _chance.Next(60)));
        Perhaps(0.9, Soon, command => Demand(demand).Confirm(number, home, served, command));
        Perhaps(0.1, Soon, command => Demand(demand).Dispute(number, home, "it was shorter", command));
    }

    private void Perhaps(double probability, TimeSpan within, Func<Actors.Command, Task<Actors.Answer<Demand>>> verb)
    {
        for (var times = !_chance.Chance(probability) ? 0 : _chance.Chance(0.1) ? 2 : 1; times > 0; times--)
        {
            _clients.Begin(_chance.Between(TimeSpan.Zero, within), () => _clients.Write("somebody", verb));
        }
    }

    private RegisteredPartner By(DemandId demand, int number) => _proposed[(demand, number)];

    private IDemandGrain Demand(DemandId demand) => _cluster.Demand(demand);

    private IPartnerGrain Partner(RegisteredPartner partner) => _cluster.Partner(partner.Partner);

    private IOfferGrain Offer(OfferId offer) => _cluster.Offer(offer);

    private ILenderGrain Lender(StreetId street) => _cluster.Lender(street);

    private ISeriesGrain Series(SeriesId series) => _cluster.Series(series);

    private ILedgerGrain Ledger(StreetId street) => _cluster.Ledger(street);

    private IStreetGrain Street(StreetId street) => _cluster.Street(street);
}
