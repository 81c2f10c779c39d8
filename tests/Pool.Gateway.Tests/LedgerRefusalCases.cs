using Pool.Actors;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.V1;
using static Pool.Gateway.Tests.RefusalCases;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>The cases of <see cref="RefusalCases"/> that are about ledgers, and what proves their entries.</summary>
internal static class LedgerRefusalCases
{
    private const string Ledger = $"{Beigan}/ledger";

    /// <summary>Signs as a street that is in no pool.</summary>
    private static readonly SigningKey Key = new("pool.v1/streets/330109000/ledger", new byte[LedgerKeys.Length]);

    private static readonly Proofs.Checkpoint OfTwo = new(Key.Log.Name, 2, MerkleHash.OfNode(MerkleHash.OfLeaf("entry\n"u8), MerkleHash.OfLeaf("other\n"u8)));

    private static readonly LedgerReceipt Receipt = new("entry\n", 0, [MerkleHash.OfLeaf("other\n"u8)], Key.Sign(OfTwo));

    public static IReadOnlyDictionary<RefusalReason, (string? Field, Func<TestPool, Task<RefusedCall>> Arrange)> All { get; } =
        new Dictionary<RefusalReason, (string?, Func<TestPool, Task<RefusedCall>>)>
        {
            [RefusalReason.AccountNotFound] = (null, pool => Call(headers => pool.Ledgers.GetAccountAsync(new() { Name = $"{Ledger}/accounts/fund-330109002999" }, headers))),
            [RefusalReason.EntryNotFound] = (null, pool => Call(headers => pool.Entries.GetEntryAsync(new() { Name = $"{Ledger}/entries/99" }, headers))),
            [RefusalReason.RatesNotFound] = ("rates", pool => Call(headers => pool.Ledgers.QuotePriceAsync(Quote(Ledger, rates: 99), headers))),
            [RefusalReason.LedgerEmpty] = (null, async pool =>
            {
                var street = await new LedgerLife(pool).Street("330109904");
                return headers => pool.Receipts.GetCheckpointAsync(new() { Ledger = $"{street}/ledger" }, headers).ResponseAsync;
            }
            ),
            [RefusalReason.RatesRetired] = ("rates", async pool =>
            {
                var name = $"{await new LedgerLife(pool).Street("330109905")}/ledger";
                await pool.Ledgers.SetRatesAsync(new() { Name = name, Rates = new() { Decision = "17" }, RequestId = NewId() });
                return headers => pool.Ledgers.QuotePriceAsync(Quote(name, rates: 0), headers).ResponseAsync;
            }
            ),
            [RefusalReason.AmountNegative] = Ordering("transfer.amount", transfer => transfer.Amount = -1),
            [RefusalReason.AmountZero] = Ordering("transfer.amount", transfer => transfer.Amount = 0),
            [RefusalReason.AmountTooLarge] = Ordering("transfer.amount", transfer => transfer.Amount = long.MaxValue),
            [RefusalReason.TransferToItself] = Ordering("transfer.to", transfer => transfer.To = transfer.From),
            [RefusalReason.UnitNotAllowed] = Ordering("transfer.unit", transfer => transfer.Unit = V1.Unit.CnyFen),
            [RefusalReason.BooksDoNotMix] = Ordering("transfer.unit", transfer => transfer.Unit = V1.Unit.ServiceMinutes),
            [RefusalReason.AccountNotAllowed] = Ordering("transfer.kind", transfer => transfer.From = $"{Home}/fund"),
            [RefusalReason.NotCovered] = Ordering("transfer.amount", _ => { }),
            [RefusalReason.AccountOverLimit] = Ordering("transfer.amount", transfer => (transfer.Kind, transfer.From, transfer.Amount) = (V1.EntryKind.Grant, $"{Home}/fund", 50), new() { FundCreditsMinutes = 60, MostCreditsMinutes = 49 }),
            [RefusalReason.GiftLimitReached] = ("transfer.amount", async pool =>
            {
                await pool.Ledgers.SetLedgerPolicyAsync(new() { Name = Ledger, Policy = new() { FundCreditsMinutes = 60, MostCreditsMinutes = 90_000, MostGiftsMinutes = 6 }, RequestId = NewId() });
                var (giver, gift) = ($"{Home}/residents/giver", Order());
                var grant = new Transfer(gift.Transfer) { Kind = V1.EntryKind.Grant, From = $"{Home}/fund", To = giver, Amount = 7 };
                await pool.Transfers.CreateTransferAsync(new() { Parent = Ledger, Transfer = grant, RequestId = NewId() });
                (gift.Transfer.From, gift.Transfer.Amount) = (giver, 7);
                return headers => pool.Transfers.CreateTransferAsync(gift, headers).ResponseAsync;
            }
            ),
            [RefusalReason.GuaranteeExceeded] = Ordering(
                "transfer.amount", transfer => (transfer.Kind, transfer.From, transfer.To, transfer.Amount) = (V1.EntryKind.Allocation, "", $"{Home}/fund", 61), new() { StreetCreditsMinutes = 60 }),
            [RefusalReason.CashShort] = ("transfer.amount", async pool =>
            {
                await pool.Ledgers.SetLedgerPolicyAsync(new() { Name = Ledger, Policy = new() { FundMoneyFen = 60 }, RequestId = NewId() });
                var (rich, order) = ($"{Home}/residents/rich-on-credit", Order());
                order.Transfer = new() { Kind = V1.EntryKind.Grant, From = $"{Home}/fund", To = rich, Unit = V1.Unit.CnyFen, Amount = 7 };
                await pool.Transfers.CreateTransferAsync(order);
                var withdrawal = new CreateTransferRequest { Parent = Ledger, Transfer = new() { Kind = V1.EntryKind.Withdrawal, From = rich, Unit = V1.Unit.CnyFen, Amount = 7 }, RequestId = NewId() };
                return headers => pool.Transfers.CreateTransferAsync(withdrawal, headers).ResponseAsync;
            }
            ),
            [RefusalReason.ClearingNotFound] = (null, pool => Call(headers => pool.Clearings.GetClearingAsync(new() { Name = $"{Ledger}/clearings/{NewId()}" }, headers))),
            [RefusalReason.PeerLimitReached] = ("transfer.amount", async pool =>
            {
                var (here, there) = await Pair(pool, "330109906");
                var payer = await new LedgerLife(pool).Deposited(here, 9);
                await new LedgerLife(pool).SetPolicy(there, new() { PeerMoneyFen = 8 });
                return headers => pool.Transfers.CreateTransferAsync(LedgerLife.Order(here, V1.EntryKind.Donation, payer, $"{LedgerLife.Community(there)}/fund", 9, V1.Unit.CnyFen), headers).ResponseAsync;
            }
            ),
            [RefusalReason.NotOwed] = ("clearing.amount", async pool =>
            {
                var (here, there) = await Pair(pool, "330109908");
                return headers => pool.Clearings.ProposeClearingAsync(Waiver(here, there, 1), headers).ResponseAsync;
            }
            ),
            [RefusalReason.ClearingAgreed] = Answering("330109910", (pool, own, other) => Task.FromResult(own)),
            [RefusalReason.ClearingSettled] = Answering("330109912", async (pool, own, other) =>
            {
                await pool.Clearings.AgreeToClearingAsync(new() { Name = other, RequestId = NewId() });
                return other;
            }),
            [RefusalReason.ClearingRejected] = Answering("330109914", async (pool, own, other) =>
            {
                await pool.Clearings.RejectClearingAsync(new() { Name = other, Reason = "not as we see it", RequestId = NewId() });
                return other;
            }),
            [RefusalReason.ClearingFailed] = Answering("330109916", async (pool, own, other) =>
            {
                // What it is to clear is cleared by another meanwhile.
                var (here, there) = ($"streets/{own.Split('/')[1]}", $"streets/{other.Split('/')[1]}");
                var second = await pool.Clearings.ProposeClearingAsync(Waiver(here, there, 5));
                await pool.Clearings.AgreeToClearingAsync(new() { Name = second.Name.Replace(here, there, StringComparison.Ordinal), RequestId = NewId() });
                await pool.Clearings.AgreeToClearingAsync(new() { Name = other, RequestId = NewId() });
                return other;
            }),
            [RefusalReason.ReceiptUnreadable] = Verifying($"{Receipt} ", Key.Log),
            [RefusalReason.ReceiptOfAnotherKey] = Verifying(Receipt with { Checkpoint = Key.Sign(OfTwo with { Origin = "pool.v1/streets/330109001/ledger" }) }),
            [RefusalReason.WitnessMissing] = Verifying($"{Receipt}", Key.Log, Key.Witness),
            [RefusalReason.SignatureWrong] = Verifying(Receipt with { Checkpoint = Key.Sign(OfTwo with { Size = 3 }) with { Text = OfTwo.Text } }),
            [RefusalReason.CheckpointTooOld] = Verifying(Receipt with { Index = 2 }),
            [RefusalReason.ProofIncomplete] = Verifying(Receipt with { Proof = [] }),
            [RefusalReason.ProofWrong] = Verifying(Receipt with { Entry = "another entry\n" }),
        };

    /// <summary>A gift of one who has nothing.</summary>
    private static CreateTransferRequest Order() => new()
    {
        Parent = Ledger,
        Transfer = new() { Kind = V1.EntryKind.GiftInNeed, From = $"{Home}/residents/poor-man", To = $"{Home}/residents/grandma-wang", Unit = V1.Unit.TimeCreditMinutes, Amount = 1 },
        RequestId = NewId(),
    };

    private static (string?, Func<TestPool, Task<RefusedCall>>) Ordering(string field, Action<Transfer> spoil, V1.LedgerPolicy? policy = null) => (field, async pool =>
    {
        if (policy is not null)
        {
            await pool.Ledgers.SetLedgerPolicyAsync(new() { Name = Ledger, Policy = policy, RequestId = NewId() });
        }

        var order = Order();
        spoil(order.Transfer);
        return headers => pool.Transfers.CreateTransferAsync(order, headers).ResponseAsync;
    }
    );

    /// <summary>Two streets of their own.</summary>
    private static async Task<(string Here, string There)> Pair(TestPool pool, string code)
    {
        var life = new LedgerLife(pool);
        return (await life.Street(code), await life.Street($"{code[..^1]}{(char)(code[^1] + 1)}"));
    }

    private static ProposeClearingRequest Waiver(string here, string there, long amount) => new()
    {
        Parent = $"{here}/ledger",
        Clearing = new() { Kind = V1.EntryKind.Waiver, Unit = V1.Unit.CnyFen, Amount = amount, Streets = { here, there }, Note = "as agreed" },
        RequestId = NewId(),
    };

    /// <summary>A clearing of all that one street owes another, and who then agrees to it in vain.</summary>
    /// <param name="then">Given the clearing's names under the proposer's ledger and under the other's.</param>
    private static (string?, Func<TestPool, Task<RefusedCall>>) Answering(string code, Func<TestPool, string, string, Task<string>> then) => (null, async pool =>
    {
        var (here, there) = await Pair(pool, code);
        await pool.Transfers.CreateTransferAsync(LedgerLife.Order(here, V1.EntryKind.Donation, await new LedgerLife(pool).Deposited(here, 9), $"{LedgerLife.Community(there)}/fund", 9, V1.Unit.CnyFen));
        var proposed = await pool.Clearings.ProposeClearingAsync(Waiver(here, there, 9));
        var name = await then(pool, proposed.Name, proposed.Name.Replace(here, there, StringComparison.Ordinal));
        return headers => pool.Clearings.AgreeToClearingAsync(new() { Name = name, RequestId = NewId() }, headers).ResponseAsync;
    }
    );

    private static QuotePriceRequest Quote(string ledger, int rates) => new() { Name = ledger, FeeMode = FeeMode.LowFee, Skill = "skills/elder-care", Minutes = 60, Rates = rates };

    private static (string?, Func<TestPool, Task<RefusedCall>>) Verifying(LedgerReceipt spoilt) => Verifying($"{spoilt}", Key.Log);

    private static (string?, Func<TestPool, Task<RefusedCall>>) Verifying(string receipt, params VerifierKey[] keys) =>
        ("receipt", pool => Call(headers => pool.Receipts.VerifyReceiptAsync(new() { Receipt = receipt, Keys = { keys.Select(key => key.Text) } }, headers)));
}
