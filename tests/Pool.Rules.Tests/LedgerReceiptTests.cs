using System.Text;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Proofs;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What a receipt proves to who has the keys, and why it proves nothing.</summary>
public sealed class LedgerReceiptTests
{
    private static readonly SomeLog Log = new(20);

    private static readonly SigningKey Neighbour = new(LedgerKeys.NameOf(Some.OtherStreet), [.. Enumerable.Repeat((byte)2, 32)]);

    private static readonly VerifierKey[] Keys = [Log.Key.Log, Neighbour.Witness];

    private static readonly LedgerReceipt Receipt = Log.Receipt(5, 13, Neighbour.Cosign(Log.Checkpoint(13), Some.Now));

    [Fact]
    public void A_receipt_proves_its_entry_by_the_keys_alone()
    {
        var (proven, fault) = LedgerReceipt.Verify($"{Receipt}", Keys);

        Assert.Null(fault);
        Assert.Equal((Log[5].Text, 4L), (proven!.Entry, proven.Index));
        Assert.Equal([Log.Key.Log.Name, Neighbour.Witness.Name], proven.Signers(Keys).Known);
        Assert.Empty(proven.Signers(Keys).Others);
    }

    [Fact]
    public void A_signature_whose_key_is_not_given_is_passed_over_and_named()
    {
        var (proven, _) = LedgerReceipt.Verify($"{Receipt}", [Log.Key.Log]);

        Assert.Equal([Log.Key.Log.Name], proven!.Signers([Log.Key.Log]).Known);
        Assert.Equal([Neighbour.Witness.Name], proven.Signers([Log.Key.Log]).Others);
    }

    [Fact]
    public void No_bit_of_a_receipt_can_be_changed()
    {
        var bytes = Encoding.UTF8.GetBytes($"{Receipt}");
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(LedgerReceipt.Verify(Encoding.UTF8.GetString(bytes), Keys).Fault is null, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_receipt_of_every_entry_and_size_is_read_back_as_it_was_written()
    {
        for (var size = 1; size <= 20; size++)
        {
            for (var number = 1; number <= size; number++)
            {
                Assert.Null(LedgerReceipt.Verify($"{Log.Receipt(number, size)}", [Log.Key.Log]).Fault);
            }
        }
    }

    [Fact]
    public void What_is_wrong_has_a_reason_of_its_own()
    {
        using var stranger = new SigningKey(Log.Key.Log.Name, [.. Enumerable.Repeat((byte)9, 32)]);
        var alone = Log.Receipt(5, 13);

        AssertRefused(RefusalReason.ReceiptUnreadable, "no receipt", Keys);
        AssertRefused(RefusalReason.ReceiptUnreadable, $"{Receipt}\n", Keys);
        AssertRefused(RefusalReason.ReceiptUnreadable, $"{Receipt}".Replace("\n", "\r\n", StringComparison.Ordinal), Keys);
        AssertRefused(RefusalReason.ReceiptUnreadable, $"{Receipt with { Checkpoint = Log.Key.Sign(Log.Checkpoint(13)) with { Text = "no checkpoint\n" } }}", Keys);
        AssertRefused(RefusalReason.ReceiptOfAnotherKey, $"{Receipt}", [stranger.Log]);
        AssertRefused(RefusalReason.ReceiptOfAnotherKey, $"{Receipt}", [Neighbour.Log]);
        AssertRefused(RefusalReason.ReceiptOfAnotherKey, $"{Receipt}", [Neighbour.Witness]);
        AssertRefused(RefusalReason.WitnessMissing, $"{alone}", Keys);
        AssertRefused(RefusalReason.SignatureWrong, $"{alone with { Checkpoint = Log.Note(12) with { Text = Log.Note(13).Text } }}", [Log.Key.Log]);
        AssertRefused(RefusalReason.SignatureWrong, $"{Log.Receipt(5, 13, Neighbour.Cosign(Log.Checkpoint(12), Some.Now))}", Keys);
        AssertRefused(RefusalReason.CheckpointTooOld, $"{alone with { Checkpoint = Log.Note(4) }}", [Log.Key.Log]);
        AssertRefused(RefusalReason.ProofIncomplete, $"{alone with { Proof = alone.Proof[..^1] }}", [Log.Key.Log]);
        AssertRefused(RefusalReason.ProofIncomplete, $"{alone with { Proof = alone.Proof.Add(alone.Proof[0]) }}", [Log.Key.Log]);
        AssertRefused(RefusalReason.ProofWrong, $"{alone with { Entry = Log[6].Text }}", [Log.Key.Log]);
        AssertRefused(RefusalReason.ProofWrong, $"{alone with { Index = 5 }}", [Log.Key.Log]);
    }

    private static void AssertRefused(RefusalReason expected, string text, VerifierKey[] keys)
    {
        var (proven, fault) = LedgerReceipt.Verify(text, keys);
        Assert.Equal(expected, fault?.Reason);
        Assert.Null(proven);
    }
}
