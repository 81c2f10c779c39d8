using Pool.Actors;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Silo.Hosting;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>A ledger's memory, which ends, and its past, which does not.</summary>
public sealed class LedgerGrainTests : IAsyncLifetime
{
    private readonly GrainPool _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task What_was_settled_years_ago_is_not_settled_again()
    {
        var (unpaid, paid) = (Payment(FeeMode.Volunteer), Payment(FeeMode.LowFee));
        var entries = (await Ledger.Record(unpaid), await Ledger.Post(paid));
        for (var quarter = 0; quarter < 3; quarter++)
        {
            _pool.Clock.Advance(TimeSpan.FromDays(92));
            await Ledger.Record(Payment(FeeMode.Volunteer));
        }

        Assert.Equal(entries, (await Ledger.Record(unpaid), await Ledger.Post(paid)));

        Assert.Equal(5, (await Ledger.Get()).Value!.Entries);
        Assert.Equal(-2_700, (await Ledger.Account(AccountId.OfFund(GrainPool.Home))).Value!.Balances.Single().Balance.Posted);
    }

    [Fact]
    public async Task A_ledger_is_the_same_when_it_is_loaded_again()
    {
        var payment = Payment(FeeMode.LowFee);
        await Ledger.Hold(payment);
        await Ledger.Post(Payment(FeeMode.LowFee));
        var before = await Ledger.Get();

        await _pool.Stop();
        await _pool.Start();

        var after = await Ledger.Get();
        Assert.Equal((before.Version, before.Value!.Key), (after.Version, after.Value!.Key));
        Assert.Equal(before.Value.Totals, after.Value.Totals);
        Assert.Equal(3_000, after.Value.Totals.Single(total => total.Unit == Unit.Cny).Held);
        Assert.Null((await Ledger.Hold(payment)).Reason);
        Assert.Equal(before.Version, (await Ledger.Get()).Version);
    }

    [Fact]
    public async Task A_ledger_refuses_another_key_than_the_one_it_began_with()
    {
        await Ledger.Record(Payment(FeeMode.Volunteer));
        await _pool.Stop();
        var (path, key) = (Path.Combine(_pool.Folder, "ledgers.key"), File.ReadAllBytes(Path.Combine(_pool.Folder, "ledgers.key")));
        File.WriteAllBytes(path, [.. key.Reverse()]);
        await _pool.Start();

        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => Ledger.Get());
        Assert.Contains("another ledger key", thrown.Message, StringComparison.Ordinal);

        await _pool.Stop();
        File.WriteAllBytes(path, key);
        await _pool.Start();
        Assert.Equal(1, (await Ledger.Get()).Value!.Entries);
    }

    [Fact]
    public async Task Who_had_an_account_before_there_was_a_vault_has_it_still()
    {
        var (elder, stream) = (ResidentId.Parse("grandma-wang"), $"ledger/{GrainPool.Home.Street}");
        var keys = new LedgerKeys(File.ReadAllBytes(Path.Combine(_pool.Folder, "ledgers.key")));
        var former = AccountId.OfResident(keys.FormerPseudonymOf(Holder.Of(GrainPool.Home, elder)));
        await Ledger.Record(Payment(FeeMode.Volunteer));
        var key = (await Ledger.Get()).Value!.Key;
        // As a program of before has entered it.
        var at = _pool.Clock.GetUtcNow();
        var deposit = new EntryPosted(at, 2, new(EntryKind.Deposit, TransferId.OfOrder(Guid.NewGuid()), [new(AccountId.Cash, Unit.Cny, -700), new(former, Unit.Cny, 700)]));
        await _pool.Journal.Append(new(stream, (await Ledger.Get()).Version, [EventCatalogue<LedgerEvent>.Write(deposit)], GrainPool.Home.Street.Text, at, "a program of before", null, 0, null, WakeUpChange.None));
        await _pool.Stop();
        await _pool.Start();

        var account = (await Ledger.ResidentAccount(GrainPool.Home, elder)).Value!;

        Assert.Equal((former, 700, key), (account.Account, account.Balances.Single().Balance.Posted, (await Ledger.Get()).Value!.Key));
        Assert.Equal(former, (await Ledger.AccountOf(new(GrainPool.Home, Resident: elder), make: true))!.Account);

        Assert.Null((await Ledger.EraseResident(GrainPool.Home, elder, new Command(Guid.NewGuid(), 0, "clerk"))).Refusal);

        Assert.Equal(RefusalReason.AccountNotFound, (await Ledger.ResidentAccount(GrainPool.Home, elder)).Refusal?.Reason);
        Assert.NotEqual(former, (await Ledger.AccountOf(new(GrainPool.Home, Resident: elder), make: true))!.Account);
    }

    [Fact]
    public async Task Who_was_erased_meanwhile_is_refused_and_holds_up_nobody_who_asks()
    {
        var payment = Payment(FeeMode.LowFee);
        Assert.Null((await Ledger.WouldHold(payment)).Reason);

        await _pool.Partner.Suspend("moves away", GrainPool.NewCommand());
        await _pool.Partner.Erase("at its own wish", GrainPool.NewCommand());

        Assert.Equal(CandidateReason.Suspended, (await Ledger.WouldHold(payment)).Reason);
        Assert.Equal(CandidateReason.Suspended, (await Ledger.Hold(payment)).Reason);
        await _pool.Stop();
        await _pool.Start();
        Assert.Equal(CandidateReason.Suspended, (await Ledger.WouldHold(payment)).Reason);
        Assert.Equal(CandidateReason.Suspended, (await Ledger.Hold(payment)).Reason);
        Assert.Null(await Ledger.AccountOf(new(GrainPool.Home, payment.Partner.Partner), make: true));
        Assert.Equal(0, (await Ledger.Get()).Value!.Entries);
    }

    [Fact]
    public async Task A_partner_that_was_overtaken_does_not_say_that_it_was_not_erased()
    {
        var (partner, at) = (await _pool.Partner.Get(), _pool.Clock.GetUtcNow());
        // As another activation would.
        await _pool.Journal.Append(new(
            GrainPool.PartnerStream, partner.Version, [EventCatalogue<PartnerEvent>.Write(new PartnerErased(at, "at its own wish"))], GrainPool.Home.Street.Text, at, "another", null, 0, null, WakeUpChange.None));

        await Assert.ThrowsAsync<JournalConflictException>(() => _pool.Partner.IsErased());

        Assert.True(await _pool.Partner.IsErased());
    }

    [Fact]
    public async Task A_ledger_that_was_overtaken_does_not_say_that_there_is_no_such_entry_or_account()
    {
        await Ledger.Record(Payment(FeeMode.Volunteer));
        var (at, fund) = (_pool.Clock.GetUtcNow(), AccountId.OfFund(GrainPool.Home));
        var order = new EntryPosted(at, 2, new(EntryKind.Allocation, TransferId.OfOrder(Guid.NewGuid()), [new(AccountId.Street, Unit.Cny, -700), new(fund, Unit.Cny, 700)]));
        await Append(order);

        await Assert.ThrowsAsync<JournalConflictException>(() => Ledger.Account(fund));
        Assert.Null((await Ledger.Account(fund)).Refusal);
        await Append(order with { Number = 3, Entry = order.Entry with { Transfer = TransferId.OfOrder(Guid.NewGuid()) } });

        await Assert.ThrowsAsync<JournalConflictException>(() => Ledger.Entry(3));
        Assert.Equal(3, (await Ledger.Entry(3)).Value!.Number);
    }

    [Fact]
    public async Task A_ledger_that_was_overtaken_does_not_say_that_it_holds_nothing_and_is_to_post_it()
    {
        await Ledger.Record(Payment(FeeMode.Volunteer));
        var (at, transfer) = (_pool.Clock.GetUtcNow(), TransferId.OfOrder(Guid.NewGuid()));
        await Append(new OrderHeld(at, transfer, new(EntryKind.Waiver, AccountId.Street, AccountId.OfMirror(StreetId.Parse("330109003")), Unit.TimeCredit, 12)));

        await Assert.ThrowsAsync<JournalConflictException>(() => Ledger.PostOrder(transfer, at));

        Assert.Equal(2, (await Ledger.PostOrder(transfer, at)).Number);
    }

    [Fact]
    public async Task A_request_that_has_ordered_something_here_holds_no_part_of_a_gift_abroad()
    {
        // As where both are on their way at once, and the ledger hears of the gift last.
        var (at, request) = (_pool.Clock.GetUtcNow(), GrainPool.NewCommand());
        var order = new TransferRequest(request, EntryKind.Allocation, null, new(GrainPool.Home), Unit.TimeCredit, 60);
        Assert.Null((await Ledger.Transfer([order])).Value.Single().Refusal);
        var gift = new TransferOrder(EntryKind.GiftInNeed, AccountId.OfResident(Pseudonym.Parse("aaaaaaaaaaaaaaaa")), AccountId.OfMirror(StreetId.Parse("330109003")), Unit.TimeCredit, 12);

        var refusal = await Ledger.HoldOrder(TransferId.OfOrder(request.RequestId), gift, at);

        Assert.Equal(RefusalReason.RequestIdReused, refusal?.Reason);
        Assert.Equal(1, (await Ledger.Get()).Value!.Entries);
    }

    [Fact]
    public async Task A_street_that_pays_for_a_partner_of_another_gives_it_no_pseudonym()
    {
        var lent = Payment(FeeMode.LowFee) with { Beneficiary = CommunityId.Parse("330109003001") };
        var paying = _pool.Grains.Ledger(StreetId.Parse("330109003"));
        var stranger = lent with { Partner = new(GrainPool.Home, PartnerId.Parse("not-yet-known")) };

        var settled = await paying.Post(stranger);

        Assert.Equal(1, settled.Entry.Number);
        Assert.Null(await Ledger.AccountOf(new(GrainPool.Home, PartnerId.Parse("not-yet-known")), make: false));
    }

    [Fact]
    public void A_damaged_key_of_the_ledgers_is_not_replaced_and_the_folder_is_free_again()
    {
        var folder = Directory.CreateTempSubdirectory("pool-key-").FullName;
        var path = Path.Combine(folder, "ledgers.key");
        File.WriteAllBytes(path, [1, 2, 3]);

        Assert.Equal(ExitCode.FolderNotWritable, Assert.Throws<StartRefusedException>(() => DataFolder.Take(folder)).Code);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));

        File.Delete(path);
        using (var taken = DataFolder.Take(folder))
        {
            Assert.Equal(taken.LedgerKey, File.ReadAllBytes(path));
        }

        Directory.Delete(folder, recursive: true);
    }

    private ILedgerGrain Ledger => _pool.Grains.Ledger(GrainPool.Home.Street);

    /// <summary>Has the journal go on as another activation of the ledger would.</summary>
    private async Task Append(LedgerEvent happened) => await _pool.Journal.Append(new(
        $"ledger/{GrainPool.Home.Street}", (await Ledger.Get()).Version, [EventCatalogue<LedgerEvent>.Write(happened)], GrainPool.Home.Street.Text, happened.At, "another", null, 0, null, WakeUpChange.None));

    private Payment Payment(FeeMode mode) => new(
        new(new(Guid.NewGuid()), 1), mode, GrainPool.Skill, 1, 1, Minutes.FromHours(1), GrainPool.Home, new(GrainPool.Home, PartnerId.Parse("li-na")), _pool.Clock.GetUtcNow());
}
