using Pool.Ledgers;
using Pool.Proofs;
using Pool.Witnesses;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>A witness signs what goes on from all that it has signed before, and nothing else.</summary>
public sealed class WitnessRulesTests
{
    private static readonly SomeLog Log = new(20);

    /// <summary>The same street, which tells another history.</summary>
    private static readonly SomeLog Other = new(20, "another");

    [Fact]
    public void A_log_that_grows_is_signed_from_size_to_size()
    {
        var witness = Witness.Empty;
        var seen = 0;
        foreach (var size in (int[])[1, 2, 7, 8, 20])
        {
            witness = Seen(witness, Request(Log, seen, size));
            seen = size;
            Assert.Equal((long)size, witness.Logs[Some.Street].Size);
            Assert.Equal(Log.Root(size), witness.Logs[Some.Street].Root);
        }
    }

    [Fact]
    public void What_was_seen_is_signed_again_and_is_no_event()
    {
        var witness = Seen(Witness.Empty, Request(Log, 0, 7));

        var (decision, signs, fault) = See(witness, Request(Log, 0, 7));

        Assert.Equal((0, 7L, null), (decision.Events.Length, signs!.Size, fault));
    }

    [Fact]
    public void A_proof_that_begins_elsewhere_is_asked_for_again()
    {
        var witness = Seen(Witness.Empty, Request(Log, 0, 7));

        AssertRefused(WitnessFault.OtherSize, witness, Request(Log, 0, 20));
        AssertRefused(WitnessFault.OtherSize, witness, Request(Log, 8, 20));
        Assert.Equal(20, Seen(witness, Request(Log, 7, 20)).Logs[Some.Street].Size);
    }

    [Fact]
    public void What_was_overtaken_is_not_signed() => AssertRefused(WitnessFault.Overtaken, Seen(Witness.Empty, Request(Log, 0, 7)), Request(Log, 0, 6));

    [Fact]
    public void A_history_that_was_rewritten_is_not_signed()
    {
        var witness = Seen(Witness.Empty, Request(Log, 0, 7));

        AssertRefused(WitnessFault.Rewritten, witness, Request(Other, 7, 20));
        AssertRefused(WitnessFault.Rewritten, witness, Request(Other, 0, 7));
        AssertRefused(WitnessFault.Rewritten, witness, Request(Log, 7, 20) with { Proof = Log.Consistency(7, 20).RemoveAt(0) });
    }

    [Fact]
    public void A_note_that_the_log_has_not_signed_as_its_own_is_not_signed()
    {
        using var stranger = new SigningKey(LedgerKeys.NameOf(Some.Street), [.. Enumerable.Repeat((byte)9, 32)]);
        var request = Request(Log, 0, 7);

        AssertRefused(WitnessFault.NotOfLog, Witness.Empty, request with { Note = stranger.Sign(Log.Checkpoint(7)) });
        AssertRefused(WitnessFault.NotOfLog, Witness.Empty, request with { Street = Some.OtherStreet });
        AssertRefused(WitnessFault.NotOfLog, Witness.Empty, request with { Note = request.Note with { Text = "no checkpoint\n" } });
        AssertRefused(WitnessFault.NotOfLog, Witness.Empty, request with { Key = "no key" });
        AssertRefused(WitnessFault.KeyChanged, Seen(Witness.Empty, request), request with { Key = stranger.Log.Text, Note = stranger.Sign(Log.Checkpoint(7)) });
    }

    private static WitnessRequest Request(SomeLog log, int from, int size) => new(log.Street, log.Key.Log.Text, log.Note(size), from, log.Consistency(Math.Min(from, size), size));

    private static (Actors.Decision<WitnessEvent> Decision, Checkpoint? Signs, WitnessFault? Fault) See(Witness witness, WitnessRequest request) =>
        WitnessRules.See(witness, Some.OtherStreet, request, Some.Now);

    private static Witness Seen(Witness witness, WitnessRequest request)
    {
        var (decision, signs, fault) = See(witness, request);
        Assert.Null(fault);
        Assert.Equal(request.Note.Text, signs!.Text);
        return decision.Events.Aggregate(witness, (state, next) => state.Evolve(next));
    }

    private static void AssertRefused(WitnessFault expected, Witness witness, WitnessRequest request)
    {
        var (decision, signs, fault) = See(witness, request);
        Assert.Equal((expected, 0), (fault, decision.Events.Length));
        Assert.Null(signs);
    }
}
