using Grpc.Core;
using Pool.Actors;
using Pool.V1;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A demand that one partner alone can serve, because no other has its skill, brought as far as its name says.</summary>
internal sealed class Life
{
    private readonly TestPool _pool;
    private readonly Demand _posted;

    private Life(TestPool pool, string partner, Demand posted) => (_pool, Partner, _posted) = (pool, partner, posted);

    public string Partner { get; }

    public string PartnerStream => $"partner/{Partner[(Partner.LastIndexOf('/') + 1)..]}";

    public string Assignment => $"{_posted.Name}/assignments/1";

    public string Proposal(int number = 1) => $"{_posted.Name}/proposals/{number}";

    /// <param name="shape">What else the demand is to say.</param>
    public static async Task<Life> Proposed(TestPool pool, string skill, Action<Demand>? shape = null)
    {
        await pool.AddSkill(skill);
        var partner = await pool.AddPartner(Home, $"partner-{skill}", $"skills/{skill}");
        var demand = pool.NewDemand(skill: $"skills/{skill}");
        shape?.Invoke(demand);
        var life = new Life(pool, partner, await pool.Post(demand));
        await life.Until(demand => demand.Proposals.Count == 1);
        return life;
    }

    /// <summary>For claims; nobody is asked.</summary>
    public static async Task<Life> Published(TestPool pool, string skill)
    {
        await pool.AddSkill(skill);
        var partner = await pool.AddPartner(Home, $"partner-{skill}", $"skills/{skill}");
        var demand = pool.NewDemand(skill: $"skills/{skill}");
        demand.DispatchMode = DispatchMode.Claim;
        return new(pool, partner, await pool.Post(demand));
    }

    public static async Task<Life> Accepted(TestPool pool, string skill)
    {
        var life = await Proposed(pool, skill);
        await life.Accept([]);
        return life;
    }

    public static async Task<Life> Started(TestPool pool, string skill)
    {
        var life = await Accepted(pool, skill);
        await life.Start([]);
        return life;
    }

    public static async Task<Life> Completed(TestPool pool, string skill)
    {
        var life = await Started(pool, skill);
        await life.Complete([]);
        return life;
    }

    public static async Task<Life> Settled(TestPool pool, string skill)
    {
        var life = await Completed(pool, skill);
        await life.Confirm([]);
        await life.Until(demand => demand.Proposals is [{ Assignment.State: AssignmentState.Settled }]);
        await life.Published();
        return life;
    }

    /// <summary>Cancelled while the proposal is open, and the time given back.</summary>
    public static async Task<Life> Withdrawn(TestPool pool, string skill)
    {
        var life = await Proposed(pool, skill);
        await life.Cancel([]);
        await life.Returned();
        return life;
    }

    public Task<Demand> Until(Func<Demand, bool> reached) => _pool.Until(_posted, reached);

    /// <summary>Waits until the demand has recorded that the calendar has its time back.</summary>
    public Task Returned() => _pool.Recorded($"demand/{_posted.Name[^36..]}", "demand.hold-returned");

    /// <summary>Waits until the demand has recorded that the partner has the rating.</summary>
    public async Task Rated()
    {
        await _pool.Recorded($"demand/{_posted.Name[^36..]}", "demand.rating-recorded");
        await Published();
    }

    public Task Accept(Metadata headers, int number = 1, string? partner = null, string etag = "") => _pool.Dispatch.AcceptProposalAsync(
        new() { Name = Proposal(number), Partner = partner ?? Partner, Etag = etag, RequestId = NewId() }, headers).ResponseAsync;

    public Task AcceptAgain(Metadata headers) => Accept(headers);

    public Task Start(Metadata headers) =>
        _pool.Dispatch.StartAssignmentAsync(new() { Name = Assignment, Partner = Partner, RequestId = NewId() }, headers).ResponseAsync;

    public Task Complete(Metadata headers) =>
        _pool.Dispatch.CompleteAssignmentAsync(new() { Name = Assignment, Partner = Partner, Minutes = 60, RequestId = NewId() }, headers).ResponseAsync;

    public Task Confirm(Metadata headers, string community = Home) =>
        _pool.Dispatch.ConfirmAssignmentAsync(new() { Name = Assignment, Community = community, Minutes = 60, RequestId = NewId() }, headers).ResponseAsync;

    public Task Rate(Metadata headers) =>
        _pool.Dispatch.RateAssignmentAsync(new() { Name = Assignment, Community = Home, Stars = 5, RequestId = NewId() }, headers).ResponseAsync;

    public Task Cancel(Metadata headers) =>
        _pool.Demands.CancelDemandAsync(new() { Name = _posted.Name, Community = Home, RequestId = NewId() }, headers).ResponseAsync;

    public Task Claim(Metadata headers) => Claim(headers, Partner);

    public Task Claim(Metadata headers, string partner) => _pool.Dispatch.ClaimSeatsAsync(
        new() { Name = _posted.Name, Offer = $"{partner}/offers/offer-1", RequestId = NewId() }, headers).ResponseAsync;

    public Task Swap(Metadata headers, string successor) => _pool.Dispatch.SwapAssignmentAsync(
        new() { Name = Assignment, Partner = Partner, Offer = $"{successor}/offers/offer-1", RequestId = NewId() }, headers).ResponseAsync;

    public Task Widen(Metadata headers) => _pool.Demands.UpdateDemandAsync(
        new() { Demand = new() { Name = _posted.Name, Reach = 3 }, RequestId = NewId() }, headers).ResponseAsync;

    /// <summary>Waits until the street knows the partner as it is now; services wait for others before they are told.</summary>
    private Task Published()
    {
        _pool.Clock.Advance(Patience.ForStep);
        return _pool.Recorded(PartnerStream, "partner.published");
    }
}
