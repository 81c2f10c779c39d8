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

    private static QuotePriceRequest Quote(string ledger, int rates) => new() { Name = ledger, FeeMode = FeeMode.LowFee, Skill = "skills/elder-care", Minutes = 60, Rates = rates };

    private static (string?, Func<TestPool, Task<RefusedCall>>) Verifying(LedgerReceipt spoilt) => Verifying($"{spoilt}", Key.Log);

    private static (string?, Func<TestPool, Task<RefusedCall>>) Verifying(string receipt, params VerifierKey[] keys) =>
        ("receipt", pool => Call(headers => pool.Receipts.VerifyReceiptAsync(new() { Receipt = receipt, Keys = { keys.Select(key => key.Text) } }, headers)));
}
