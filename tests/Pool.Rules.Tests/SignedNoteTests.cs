using System.Text;
using NSec.Cryptography;
using Pool.Proofs;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class SignedNoteTests
{
    /// <summary>A key and a note by which the first implementation of signed notes shows itself.</summary>
    private const string PublishedKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private const string PublishedNote =
        "If you think cryptography is the answer to your problem,\n"
        + "then you don't know what your problem is.\n"
        + "\n"
        + "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private static readonly Checkpoint Some = new("pool.example/streets/330109002", 20_852_163, MerkleHash.OfLeaf([7]));

    [Fact]
    public void A_published_note_is_verified_by_its_published_key()
    {
        Assert.True(VerifierKey.TryParse(PublishedKey, out var key));
        Assert.True(SignedNote.TryParse(PublishedNote, out var note));

        Assert.Equal(PublishedKey, key.Text);
        Assert.Equal((key.Name, key.Id), (note.Signatures[0].Name, note.Signatures[0].KeyId));
        Assert.True(key.Verifies(note.Text, note.Signatures[0].Signature.AsSpan()));
        Assert.False(key.Verifies(note.Text.Replace("you", "You", StringComparison.Ordinal), note.Signatures[0].Signature.AsSpan()));
    }

    [Fact]
    public void A_checkpoint_that_a_street_signs_is_verified_by_its_own_key_alone()
    {
        using var street = Key(1);
        using var other = Key(2);
        var note = street.Sign(Some);

        Assert.True(SignedNote.TryParse(note.ToString(), out var read));
        Assert.Equal(note.ToString(), read.ToString());
        Assert.True(street.Log.Verifies(read.Text, read.Signatures[0].Signature.AsSpan()));
        Assert.False(other.Log.Verifies(read.Text, read.Signatures[0].Signature.AsSpan()));
        // The same key does not vouch for it as a witness.
        Assert.False(street.Witness.Verifies(read.Text, read.Signatures[0].Signature.AsSpan()));
        Assert.NotEqual(street.Log.Id, street.Witness.Id);
    }

    [Fact]
    public void A_witness_signs_the_time_and_the_checkpoint()
    {
        using var witness = Key(2);
        var at = new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);
        var signature = witness.Cosign(Some, at);

        // The message as C2SP tlog-cosignature has it, put together here once more.
        var seconds = at.ToUnixTimeSeconds();
        var message = Encoding.UTF8.GetBytes($"cosignature/v1\ntime {seconds}\n{Some.Origin}\n{Some.Size}\n{Some.Root}\n");
        var key = PublicKey.Import(SignatureAlgorithm.Ed25519, Convert.FromBase64String(witness.Witness.Text.Split('+', 3)[2]).AsSpan(1), KeyBlobFormat.RawPublicKey);
        Assert.Equal(seconds, (long)signature.Signature[..8].Aggregate(0UL, (value, part) => (value << 8) | part));
        Assert.True(SignatureAlgorithm.Ed25519.Verify(key, message, signature.Signature.AsSpan()[8..]));

        Assert.True(witness.Witness.Verifies(Some.Text, signature.Signature.AsSpan()));
        Assert.False(witness.Log.Verifies(Some.Text, signature.Signature.AsSpan()));
        Assert.False(witness.Witness.Verifies((Some with { Size = 1 }).Text, signature.Signature.AsSpan()));
        Assert.False(witness.Witness.Verifies(Some.Text, signature.Signature.SetItem(7, (byte)(signature.Signature[7] + 1)).AsSpan()));
        Assert.False(witness.Witness.Verifies(Some.Text, signature.Signature.AsSpan()[..8]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("\n\n\u2014 name AAAAAAAA\n")]
    [InlineData("text\n\n- name AAAAAAAA\n")]
    [InlineData("text\n\n\u2014 name AAAAAAAA")]
    [InlineData("text\n\n\u2014 na+me AAAAAAAA\n")]
    [InlineData("text\n\n\u2014 name AAAAAA==\n")]
    [InlineData("text\n\n\u2014 name AAAAAAB=\n")]
    [InlineData("text\n\n\u2014 name AAAA AAAA\n")]
    [InlineData("text\n\n\u2014 name AAAAAAAA\nname AAAAAAAA\n")]
    public void What_is_not_a_note_is_not_read_as_one(string text) => Assert.False(SignedNote.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("origin\n5\nAAAA\n")]
    [InlineData("origin\n05\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n")]
    [InlineData("origin\n-5\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n")]
    [InlineData("origin\n5\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1=\n")]
    [InlineData("origin\n5\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=")]
    [InlineData("origin\n5\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\nmore\n")]
    [InlineData("an origin\n5\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n")]
    public void What_is_not_a_checkpoint_is_not_read_as_one(string text) => Assert.False(Checkpoint.TryParse(text, out _));

    [Fact]
    public void A_checkpoint_is_read_as_it_was_written()
    {
        Assert.True(Checkpoint.TryParse(Some.Text, out var read));
        Assert.Equal(Some, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T")]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    public void What_is_not_a_verifier_key_is_not_read_as_one(string text) => Assert.False(VerifierKey.TryParse(text, out _));

    private static SigningKey Key(byte seed) => new($"pool.example/streets/33010900{seed}", [.. Enumerable.Repeat(seed, 32)]);
}
