using System.Text;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>Who is who stands in the vault alone; what is erased there is forgotten, and every total and proof stays.</summary>
public sealed class PrivacyTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task A_name_is_read_by_who_may_and_stands_in_no_file()
    {
        const string Name = "欧阳独一无二";
        var partner = await pool.AddPartner(Home, "unique-name");

        await pool.Partners.UpdatePartnerAsync(new() { Partner = new() { Name = partner, DisplayName = Name }, UpdateMask = new() { Paths = { "display_name" } }, RequestId = NewId() });

        Assert.Equal(Name, (await pool.Partners.GetPartnerAsync(new() { Name = partner })).DisplayName);
        Assert.Equal(Name, (await pool.Partners.ListPartnersAsync(new() { Parent = Home, PageSize = 1_000, MinPosition = pool.Journal.Head })).Partners.Single(listed => listed.Name == partner).DisplayName);
        Assert.Empty(pool.FilesWith(Encoding.UTF8.GetBytes(Name)));
    }

    [Fact]
    public async Task A_partner_is_forgotten_and_every_total_and_proof_stays()
    {
        var (street, partner, demand) = await _life.Booked("330109862", FeeMode.TimeCredit);
        await pool.Refuses(StatusCode.FailedPrecondition, "PARTNER_NOT_SUSPENDED", null, headers => pool.Partners.ErasePartnerAsync(Erasure(partner), headers).ResponseAsync);
        var entry = (await _life.Serve(demand, minutes: 75)).Proposals[0].Assignment.Entries.Single();
        var (account, ledger, receipt) = (await _life.Account(partner), await _life.Ledger(street), await pool.Receipts.GetReceiptAsync(new() { Entry = entry }));
        await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "moves away", RequestId = NewId() });
        var erasure = Erasure(partner);

        var erased = await pool.Partners.ErasePartnerAsync(erasure);

        Assert.Equal(("", true), (erased.DisplayName, erased.Erased));
        Assert.Equal(erased, await pool.Partners.ErasePartnerAsync(erasure));
        Assert.Equal("", (await pool.Partners.ListPartnersAsync(new() { Parent = Community(street), MinPosition = pool.Journal.Head })).Partners.Single().DisplayName);
        Assert.Equal(account, await pool.Ledgers.GetAccountAsync(new() { Name = account.Name }));
        // Asked by its id, nobody finds that account any more.
        await pool.Refuses(StatusCode.FailedPrecondition, "PARTNER_ERASED", null, headers => pool.Ledgers.GetPartnerAccountAsync(new() { Partner = partner }, headers).ResponseAsync);
        Assert.Equal((ledger.Entries, ledger.Totals), ((await _life.Ledger(street)).Entries, (await _life.Ledger(street)).Totals));
        Assert.Equal(receipt.Data, (await pool.Receipts.GetReceiptAsync(new() { Entry = entry })).Data);
        Assert.Empty(pool.VaultWith(Encoding.UTF8.GetBytes(account.Name[^16..])));
        await pool.Refuses(StatusCode.FailedPrecondition, "PARTNER_ERASED", null, headers => pool.Partners.ReinstatePartnerAsync(new() { Name = partner, RequestId = NewId() }, headers).ResponseAsync);
        // What was settled is corrected all the same, in the account that it was.
        await pool.Dispatch.CorrectAssignmentAsync(new() { Name = $"{demand.Name}/assignments/1", Minutes = 60, Note = "a quarter less", RequestId = NewId() });
        Assert.Equal(60, Of(await pool.Ledgers.GetAccountAsync(new() { Name = account.Name }), Unit.TimeCreditMinutes, balance => balance.Posted));
    }

    [Fact]
    public async Task A_resident_is_forgotten_and_who_comes_under_its_id_has_an_account_of_its_own()
    {
        var street = await _life.Street("330109863");
        var elder = await _life.Deposited(street, 700);
        var account = await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder });
        var erasure = new EraseResidentRequest { Resident = elder, RequestId = NewId() };
        Assert.Equal(700, Of(account, Unit.CnyFen, balance => balance.Posted));
        Assert.Empty(pool.JournalWith(Encoding.UTF8.GetBytes(elder[(elder.LastIndexOf('/') + 1)..])));

        Assert.Equal(account, await pool.Ledgers.EraseResidentAsync(erasure));
        Assert.Equal(account, await pool.Ledgers.EraseResidentAsync(erasure));

        await pool.Refuses(StatusCode.NotFound, "ACCOUNT_NOT_FOUND", null, headers => pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.FailedPrecondition, "NOT_COVERED", "transfer.amount", headers => pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Withdrawal, elder, "", 1, Unit.CnyFen), headers).ResponseAsync);
        Assert.Equal(elder, await _life.Deposited(street, 20));
        var newcomer = await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder });
        Assert.NotEqual(account.Name, newcomer.Name);
        Assert.Equal(20, Of(newcomer, Unit.CnyFen, balance => balance.Posted));
        Assert.Equal(account, await pool.Ledgers.GetAccountAsync(new() { Name = account.Name }));
        Assert.Equal(720, (await _life.Ledger(street)).Totals.Single(total => total.Unit == Unit.CnyFen).Residents);
        await pool.Refuses(StatusCode.NotFound, "ACCOUNT_NOT_FOUND", null, headers => pool.Ledgers.EraseResidentAsync(new() { Resident = $"{Community(street)}/residents/never-seen", RequestId = NewId() }, headers).ResponseAsync);
    }

    [Fact]
    public async Task Who_was_only_asked_about_or_could_give_nothing_is_in_no_vault()
    {
        var street = await _life.Street("330109865");
        var asked = $"{Community(street)}/residents/only-asked-about";

        await pool.Refuses(StatusCode.NotFound, "ACCOUNT_NOT_FOUND", null, headers => pool.Ledgers.GetResidentAccountAsync(new() { Resident = asked }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.FailedPrecondition, "NOT_COVERED", "transfer.amount", headers => pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Withdrawal, asked, "", 1, Unit.CnyFen), headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "AMOUNT_ZERO", "transfer.amount", headers => pool.Transfers.CreateTransferAsync(Order(street, EntryKind.Deposit, "", asked, 0, Unit.CnyFen), headers).ResponseAsync);

        var orders = new[] { Order(street, EntryKind.GiftInNeed, $"{Community(street)}/partners/nobody", asked, 1), Order(street, EntryKind.GiftInNeed, asked, $"{Community(street)}/residents/gets-nothing", 1) };
        var results = (await pool.Transfers.BatchCreateTransfersAsync(new() { Parent = $"{street}/ledger", Requests = { orders } })).Results;

        Assert.Equal(["PARTNER_NOT_FOUND", "NOT_COVERED"], results.Select(Told));
        Assert.Empty(pool.VaultWith(Encoding.UTF8.GetBytes("only-asked-about")));
    }

    [Fact]
    public async Task Whoever_is_erased_gets_no_gift_any_more_not_even_from_a_street_that_gave_it_one_before()
    {
        var (giving, other) = (await _life.Street("330109920"), await _life.Street("330109921"));
        var partner = await pool.AddPartner(Community(other), "leaves-soon");
        var elder = $"{Community(giving)}/residents/grandma-wang";
        await pool.Transfers.CreateTransferAsync(Order(giving, EntryKind.Grant, $"{Community(giving)}/fund", elder, 60));
        await pool.Transfers.CreateTransferAsync(Order(giving, EntryKind.GiftInNeed, elder, partner, 20));
        await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "moves away", RequestId = NewId() });
        await pool.Partners.ErasePartnerAsync(Erasure(partner));

        await pool.Refuses(StatusCode.FailedPrecondition, "PARTNER_ERASED", "transfer.to", headers => pool.Transfers.CreateTransferAsync(Order(giving, EntryKind.GiftInNeed, elder, partner, 20), headers).ResponseAsync);

        Assert.Equal(40, Of(await pool.Ledgers.GetResidentAccountAsync(new() { Resident = elder }), Unit.TimeCreditMinutes, balance => balance.Available));
        Assert.Empty(pool.VaultWith(Encoding.UTF8.GetBytes("leaves-soon")));
    }

    [Fact]
    public async Task Who_was_erased_is_told_so_also_where_the_request_is_a_repetition()
    {
        var partner = await pool.AddPartner(Home, "renamed-once");
        var renaming = new UpdatePartnerRequest { Partner = new() { Name = partner, DisplayName = "欧阳" }, UpdateMask = new() { Paths = { "display_name" } }, RequestId = NewId() };
        await pool.Partners.UpdatePartnerAsync(renaming);
        await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "moves away", RequestId = NewId() });
        await pool.Partners.ErasePartnerAsync(Erasure(partner));

        await pool.Refuses(StatusCode.FailedPrecondition, "PARTNER_ERASED", null, headers => pool.Partners.UpdatePartnerAsync(renaming, headers).ResponseAsync);
        // What is wrong with a request whoever it is about is said first, as always.
        renaming.Partner.DisplayName = new('长', 101);
        await pool.Refuses(StatusCode.InvalidArgument, "TEXT_TOO_LONG", "partner.display_name", headers => pool.Partners.UpdatePartnerAsync(renaming, headers).ResponseAsync);
        var again = new CreatePartnerRequest { Parent = Home, PartnerId = "renamed-once", Partner = new() { DisplayName = "欧阳", Kind = PartnerKind.Person, Circle = Circle.Living, Mode = PartnerMode.Resource, Capacity = 2 }, RequestId = NewId() };
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "partner.capacity", headers => pool.Partners.CreatePartnerAsync(again, headers).ResponseAsync);
        again.Partner.Capacity = 1;
        await pool.Refuses(StatusCode.FailedPrecondition, "PARTNER_ERASED", null, headers => pool.Partners.CreatePartnerAsync(again, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_request_that_names_a_resident_leaves_nothing_by_which_its_id_could_be_tried()
    {
        var street = await _life.Street("330109864");
        var order = Order(street, EntryKind.Deposit, "", $"{Community(street)}/residents/no-7", 700, Unit.CnyFen);

        await pool.Transfers.CreateTransferAsync(order);

        var entered = (await pool.Journal.ReadAfter(0, int.MaxValue)).Last(record => record.CommandId == Guid.Parse(order.RequestId));
        // As whoever has the journal would reckon it for every id that there may be.
        Assert.NotEqual(Fingerprint(order), entered.Fingerprint);
        Assert.NotEqual(0, entered.Fingerprint);
    }

    private static ErasePartnerRequest Erasure(string partner) => new() { Name = partner, Reason = "at its own wish", RequestId = NewId() };

    /// <summary>The fingerprint of a request by its bytes, as the door reckons it.</summary>
    private static long Fingerprint(CreateTransferRequest request)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(CreateTransferRequest.Descriptor.FullName), .. Google.Protobuf.MessageExtensions.ToByteArray(request)];
        return System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(System.Security.Cryptography.SHA256.HashData(bytes));
    }
}
