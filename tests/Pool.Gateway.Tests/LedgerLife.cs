using System.Text;
using Google.Rpc;
using Pool.V1;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Streets of their own whose funds pay, and what becomes of their ledgers.</summary>
internal sealed class LedgerLife(TestPool pool)
{
    /// <summary>A street of its own with one community; nine digits that no other test uses.</summary>
    public async Task<string> Street(string code)
    {
        await pool.Streets.CreateStreetAsync(new() { StreetId = code, Street = new() { DisplayName = code }, RequestId = NewId() });
        await pool.Communities.CreateCommunityAsync(new() { Parent = $"streets/{code}", CommunityId = $"{code}001", Community = new() { DisplayName = code }, RequestId = NewId() });
        return $"streets/{code}";
    }

    /// <summary>What became of an order of a batch: its entry's number, or the reason of its refusal.</summary>
    public static string Told(TransferResult result) => result.Entry is { } entry ? entry.Name[(entry.Name.LastIndexOf('/') + 1)..] : result.Status.GetDetail<ErrorInfo>()!.Reason;

    public static string Community(string street) => $"{street}/communities/{street[^9..]}001";

    /// <summary>A skill that partners of the community alone offer.</summary>
    public async Task<string> Skill(string code, FeeMode mode, string community, int partners = 1)
    {
        var skill = $"paid-{code}";
        await pool.AddSkill(skill);
        for (var i = 1; i <= partners; i++)
        {
            await pool.AddPartner(community, $"paid-{code}-{i}", $"skills/{skill}", feeMode: mode);
        }

        return skill;
    }

    /// <summary>An accepted demand in a street of its own, whose fund pays; the price is held.</summary>
    public async Task<(string Street, string Partner, Demand Demand)> Booked(string code, FeeMode mode)
    {
        var street = await Street(code);
        var skill = await Skill(code, mode, Community(street));
        var booked = await Accepted(pool.NewDemand(skill: $"skills/{skill}"), Community(street));
        return (street, booked.Proposals[0].Partner, booked);
    }

    public async Task<Demand> Accepted(Demand demand, string community)
    {
        demand.FeeModes.Clear();
        demand.FeeModes.AddRange([FeeMode.Volunteer, FeeMode.TimeCredit, FeeMode.LowFee]);
        var proposed = await pool.Until(await pool.Post(demand, community), now => now.Proposals.Count == 1);
        await Accept(proposed);
        await pool.Recorded($"demand/{proposed.Name[^36..]}", "demand.assignment-booked");
        return proposed;
    }

    public async Task Accept(Demand demand) =>
        await pool.Dispatch.AcceptProposalAsync(new() { Name = demand.Proposals[0].Name, Partner = demand.Proposals[0].Partner, RequestId = NewId() });

    /// <summary>Serves what was accepted, until it is settled.</summary>
    public async Task<Demand> Serve(Demand demand, int minutes)
    {
        var (partner, assignment) = (demand.Proposals[0].Partner, $"{demand.Name}/assignments/1");
        await pool.Dispatch.StartAssignmentAsync(new() { Name = assignment, Partner = partner, RequestId = NewId() });
        await pool.Dispatch.CompleteAssignmentAsync(new() { Name = assignment, Partner = partner, Minutes = minutes, RequestId = NewId() });
        await pool.Dispatch.ConfirmAssignmentAsync(
            new() { Name = assignment, Community = demand.Name[..demand.Name.IndexOf("/demands", StringComparison.Ordinal)], Minutes = minutes, RequestId = NewId() });
        return await pool.Until(demand, now => now.Proposals is [{ Assignment.State: AssignmentState.Settled }]);
    }

    public static CreateTransferRequest Order(string street, EntryKind kind, string from, string to, long amount, Unit unit = Unit.TimeCreditMinutes) => new()
    {
        Parent = street.Length == 0 ? "" : $"{street}/ledger",
        Transfer = new() { Kind = kind, From = from, To = to, Unit = unit, Amount = amount },
        RequestId = NewId(),
    };

    /// <summary>A resident who was paid in money.</summary>
    public async Task<string> Deposited(string street, long amount)
    {
        var resident = $"{Community(street)}/residents/auntie-shen";
        await pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Deposit, "", resident, amount, Unit.CnyFen));
        return resident;
    }

    public async Task<Ledger> Ledger(string street) => await pool.Ledgers.GetLedgerAsync(new() { Name = $"{street}/ledger" });

    public async Task SetPolicy(string street, LedgerPolicy policy) =>
        await pool.Ledgers.SetLedgerPolicyAsync(new() { Name = $"{street}/ledger", Policy = policy, RequestId = NewId() });

    public async Task<Account> Fund(string street) => await pool.Ledgers.GetAccountAsync(new() { Name = $"{street}/ledger/accounts/fund-{street[^9..]}001" });

    public async Task<Account> Account(string partner) => await pool.Ledgers.GetPartnerAccountAsync(new() { Partner = partner });

    public static bool IsBooked(Demand demand) => demand.Proposals is [{ Assignment.State: AssignmentState.AssignmentAccepted }];

    public static T Of<T>(Account account, Unit unit, Func<AccountBalance, T> part) => part(account.Balances.Single(balance => balance.Unit == unit));

    /// <summary>Has unpaid services recorded, from a number on that no other call for the street uses.</summary>
    public async Task Record(string street, int count, int from = 1)
    {
        var community = Values.CommunityId.Parse($"{street}001");
        for (var i = from; i < from + count; i++)
        {
            await pool.Ledger(street).Record(new(
                new(new(new Guid(i, 1, 1, [.. Encoding.ASCII.GetBytes(street[1..])])), 1), Offers.FeeMode.Volunteer, Values.SkillCode.Parse("elder-care"), 1, 1, new(60),
                community, new(community, Values.PartnerId.Parse("somebody")), pool.Clock.GetUtcNow()));
        }
    }
}
