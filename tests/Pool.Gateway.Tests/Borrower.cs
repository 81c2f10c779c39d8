using Grpc.Core;
using Pool.V1;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A street of its own beside Xintang, which lends it partners under a treaty; its one community posts demands.</summary>
internal sealed class Borrower
{
    private readonly TestPool _pool;

    private Borrower(TestPool pool, string street) => (_pool, Street) = (pool, street);

    public string Street { get; }

    public string Community => $"{Street}/communities/{Street[^9..]}001";

    public string Treaty => $"{Xintang}/treaties/{Street[^9..]}";

    /// <param name="code">Nine digits that no other test uses.</param>
    public static async Task<Borrower> Of(TestPool pool, string code, TreatyTerms? terms = null)
    {
        var borrower = new Borrower(pool, $"streets/{code}");
        await pool.Streets.CreateStreetAsync(new() { StreetId = code, Street = new() { DisplayName = code, Neighbours = { Xintang } }, RequestId = NewId() });
        await pool.Communities.CreateCommunityAsync(new() { Parent = borrower.Street, CommunityId = $"{code}001", Community = new() { DisplayName = code }, RequestId = NewId() });
        await borrower.Sign(terms, []);
        return borrower;
    }

    public Task<Street> Sign(TreatyTerms? terms, Metadata headers) =>
        _pool.Streets.SetTreatyAsync(new() { Name = Xintang, Borrower = Street, Open = true, Terms = terms, RequestId = NewId() }, headers).ResponseAsync;

    /// <summary>A demand that a partner of Xintang alone can serve, and nobody else asks for.</summary>
    public async Task<Demand> Post(string skill, int seats = 1)
    {
        await _pool.AddSkill(skill);
        await _pool.AddPartner(Far, $"partner-{skill}", $"skills/{skill}", capacity: seats);
        return await PostAgain(skill, seats);
    }

    public Task<Demand> PostAgain(string skill, int seats = 1) => _pool.Post(_pool.NewDemand(seats, reach: 2, skill: $"skills/{skill}"), Community);

    /// <summary>The same, with the partner asked.</summary>
    public async Task<Demand> Proposed(string skill) => await _pool.Until(await Post(skill), now => now.Proposals.Count == 1);

    public async Task<TreatyAccount> Account() => await _pool.Treaties.GetTreatyAsync(new() { Name = Treaty });

    /// <summary>The one loan for which the clerk is asked.</summary>
    public async Task<LoanRequest> Asked() => (await Account()).LoanRequests.Single();

    public Task<TreatyAccount> Approve(string request, Metadata headers) =>
        _pool.Treaties.ApproveLoanAsync(new() { Name = request, RequestId = NewId() }, headers).ResponseAsync;

    public Task<TreatyAccount> Decline(string request, Metadata headers) =>
        _pool.Treaties.DeclineLoanAsync(new() { Name = request, Note = "we need them ourselves", RequestId = NewId() }, headers).ResponseAsync;

    /// <summary>Reasons and cures of the last search of the lender.</summary>
    public async Task<(string Reasons, string Cures)> Explained(Demand demand)
    {
        var explained = await _pool.Demands.ExplainDemandAsync(new() { Name = demand.Name });
        var found = explained.Searches.SelectMany(search => search.Streets).Last(street => street.Street == Xintang);
        return (string.Join(' ', found.Refused.Select(group => $"{group.Reason}").Concat(found.Candidates.Select(candidate => $"{candidate.Reason}"))), string.Join(' ', found.Cures.Select(cure => $"{cure.Kind}")));
    }
}
