using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What was settled with wrong minutes is corrected by counter-entries, in every book that has it.</summary>
public sealed class CorrectionTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task A_paid_service_is_corrected_in_the_ledger_and_in_the_partners_record()
    {
        var (street, partner, demand) = await _life.Booked("330109858", FeeMode.TimeCredit);
        var settled = await _life.Serve(demand, minutes: 90);
        var request = Correction(settled, 60);

        var corrected = await pool.Dispatch.CorrectAssignmentAsync(request);

        Assert.Equal((60, 1, AssignmentState.Settled), (corrected.Proposals[0].Assignment.AgreedMinutes, corrected.Proposals[0].Assignment.Corrections, corrected.Proposals[0].Assignment.State));
        Assert.Equal(corrected, await pool.Dispatch.CorrectAssignmentAsync(request));
        var now = await pool.Demands.GetDemandAsync(new() { Name = demand.Name });
        Assert.Equal([$"{street}/ledger/entries/3"], now.Proposals[0].Assignment.Entries);
        Assert.Equal((60, -60), (Posted(await _life.Account(partner)), Posted(await _life.Fund(street))));
        Assert.Equal(60, (await pool.Partners.GetPartnerAsync(new() { Name = partner })).ServedMinutes.Single().Value);
        var entries = (await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", MinPosition = pool.Journal.Head })).Entries;
        Assert.Equal([EntryKind.Settlement, EntryKind.Reversal, EntryKind.Settlement], entries.Select(entry => entry.Kind));
        Assert.Equal(["", entries[0].Name, ""], entries.Select(entry => entry.Reverses));
        Assert.Contains(",更正冲销,", (await pool.Entries.ExportStatementAsync(new() { Parent = (await _life.Account(partner)).Name, MinPosition = pool.Journal.Head })).Data.ToStringUtf8(), StringComparison.Ordinal);
        Assert.Contains("reverses 1\n", (await pool.Receipts.GetReceiptAsync(new() { Entry = entries[1].Name })).Data.ToStringUtf8(), StringComparison.Ordinal);
        // And once more.
        await pool.Dispatch.CorrectAssignmentAsync(Correction(settled, 120));
        Assert.Equal((120, 5L), (Posted(await _life.Account(partner)), (await _life.Ledger(street)).Entries));
    }

    [Fact]
    public async Task Unpaid_service_is_corrected_in_the_service_record()
    {
        var (street, partner, demand) = await _life.Booked("330109859", FeeMode.Volunteer);
        var settled = await _life.Serve(demand, minutes: 90);

        await pool.Dispatch.CorrectAssignmentAsync(Correction(settled, 75));

        Assert.Equal((75, 75), ((await _life.Account(partner)).ServiceMinutes, (await _life.Ledger(street)).ServiceMinutes));
        var entries = (await pool.Entries.ListEntriesAsync(new() { Parent = $"{street}/ledger", MinPosition = pool.Journal.Head })).Entries;
        Assert.Equal([(EntryKind.Settlement, 90), (EntryKind.Reversal, 90), (EntryKind.Settlement, 75)], entries.Select(entry => (entry.Kind, entry.Minutes)));
        Assert.Equal(75, Assert.Single((await pool.Ledgers.ListAccountsAsync(new() { Parent = $"{street}/ledger", MinPosition = pool.Journal.Head })).Accounts).ServiceMinutes);
    }

    [Fact]
    public async Task A_service_for_another_street_is_corrected_in_both_ledgers_and_in_the_loan()
    {
        var borrower = await Borrower.Of(pool, "330109860");
        var demand = await borrower.Proposed("corrected-abroad");
        await _life.Accept(demand);
        await pool.Recorded($"demand/{demand.Name[^36..]}", "demand.assignment-booked");
        var settled = await _life.Serve(demand, minutes: 90);
        var lender = demand.Proposals[0].Partner[..17];

        await pool.Dispatch.CorrectAssignmentAsync(Correction(settled, 30));

        await pool.Recorded($"street/{lender[^9..]}", "street.loan-corrected");
        var treaty = await pool.Treaties.GetTreatyAsync(new() { Name = $"{lender}/treaties/330109860" });
        Assert.Equal(30, treaty.MinutesServed);
    }

    [Fact]
    public async Task What_is_not_settled_or_says_the_same_is_not_corrected()
    {
        var (_, _, demand) = await _life.Booked("330109861", FeeMode.TimeCredit);
        await pool.Refuses(StatusCode.FailedPrecondition, "ASSIGNMENT_NOT_SETTLED", null, headers => pool.Dispatch.CorrectAssignmentAsync(Correction(demand, 60), headers).ResponseAsync);
        var settled = await _life.Serve(demand, minutes: 60);

        await pool.Refuses(StatusCode.FailedPrecondition, "ASSIGNMENT_SETTLED", null, headers => pool.Dispatch.CorrectAssignmentAsync(Correction(settled, 60), headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "minutes", headers => pool.Dispatch.CorrectAssignmentAsync(Correction(settled, 1_441), headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "minutes", headers => pool.Dispatch.CorrectAssignmentAsync(Correction(settled, -1), headers).ResponseAsync);
        var unexplained = Correction(settled, 61);
        unexplained.Note = "";
        await pool.Refuses(StatusCode.InvalidArgument, "FIELD_REQUIRED", "note", headers => pool.Dispatch.CorrectAssignmentAsync(unexplained, headers).ResponseAsync);
        Assert.Equal(settled.Proposals[0].Assignment, (await pool.Demands.GetDemandAsync(new() { Name = demand.Name })).Proposals[0].Assignment);
    }

    private static CorrectAssignmentRequest Correction(Demand demand, int minutes) => new() { Name = $"{demand.Name}/assignments/1", Minutes = minutes, Note = "多记了时间", RequestId = NewId() };

    private static long Posted(Account account) => Of(account, Unit.TimeCreditMinutes, balance => balance.Posted);
}
