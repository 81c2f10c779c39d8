using System.Text;
using System.Text.Json;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What is certified of unpaid service, and that nobody but the street can have written it.</summary>
public sealed class ServiceCertificateTests
{
    private static readonly LedgerKeys Keys = new([.. Enumerable.Range(0, LedgerKeys.Length).Select(i => (byte)i)]);

    [Theory]
    [InlineData(0, 0), InlineData(5_999, 0), InlineData(6_000, 1), InlineData(17_999, 1), InlineData(18_000, 2), InlineData(35_999, 2), InlineData(36_000, 3)]
    [InlineData(59_999, 3), InlineData(60_000, 4), InlineData(89_999, 4), InlineData(90_000, 5), InlineData(1_000_000, 5)]
    public void Stars_come_with_100_300_600_1000_and_1500_hours(long minutes, int stars) => Assert.Equal(stars, Certificate(minutes).Stars);

    [Fact]
    public void What_was_corrected_away_and_what_took_no_time_is_not_certified()
    {
        var (wrong, none) = (Entry(1, 60), Entry(4, 0));
        var undone = Entry(2, 60) with { Service = wrong.Service!.Reversed(new(Some.Demand, 1, 1), 1) };

        Assert.Equal([3, 5], ServiceCertificate.Standing([wrong, undone, Entry(3, 25), none, Entry(5, 40)]).Select(entry => entry.Number));
    }

    [Fact]
    public void What_a_street_has_signed_is_read_by_its_key_alone()
    {
        using var key = Keys.SigningKeyOf(Some.Street);
        using var other = Keys.SigningKeyOf(Some.OtherStreet);
        var text = $"{SignedJson.Sign(key, ServiceCertificate.Type, Certificate(6_000))}";

        var (proven, signer, fault) = SignedJson.Verify(text, ServiceCertificate.Type, [other.Log, key.Log]);

        Assert.Null(fault);
        Assert.Equal(LedgerKeys.NameOf(Some.Street), signer);
        using var json = JsonDocument.Parse(proven!.Json);
        Assert.Equal(("王明 <b>", 6_000L, 1), (json.RootElement.GetProperty("name").GetString(), json.RootElement.GetProperty("minutes").GetInt64(), json.RootElement.GetProperty("stars").GetInt32()));
        Assert.Equal("ReceiptOfAnotherKey", $"{SignedJson.Verify(text, ServiceCertificate.Type, [other.Log]).Fault?.Reason}");
        Assert.Equal("ReceiptOfAnotherKey", $"{SignedJson.Verify(text, ServiceCertificate.Type, [key.Witness]).Fault?.Reason}");
        Assert.Equal("ReceiptUnreadable", $"{SignedJson.Verify(text, "something-else+json", [key.Log]).Fault?.Reason}");
    }

    [Fact]
    public void No_other_bit_is_accepted()
    {
        using var key = Keys.SigningKeyOf(Some.Street);
        var bytes = Encoding.UTF8.GetBytes($"{SignedJson.Sign(key, ServiceCertificate.Type, Certificate(6_000))}");

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(SignedJson.Verify(Encoding.UTF8.GetString(bytes), ServiceCertificate.Type, [key.Log]).Fault);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory, InlineData(""), InlineData("{"), InlineData("{}"), InlineData("null"), InlineData("[1]"), InlineData("""{"payload":"e30","protected":"e30","signature":"AA"}""" + "\n"), InlineData("""{"payload":null,"protected":"e30","signature":"AA"}""")]
    public void What_is_no_signed_text_is_unreadable(string text)
    {
        using var key = Keys.SigningKeyOf(Some.Street);

        Assert.Equal("ReceiptUnreadable", $"{SignedJson.Verify(text, ServiceCertificate.Type, [key.Log]).Fault?.Reason}");
    }

    private static ServiceCertificate Certificate(long minutes) => new(
        Some.Street, "西兴街道", Some.Home, Some.Partner, "王明 <b>", Some.Now, new(minutes),
        [new(17, Clock.DayOf(Some.Now), Some.Home, "七甲闸社区", Some.Skill, "法律咨询", "Legal advice", new(minutes))], 17, MerkleHash.OfLeaf([1]).Text);

    private static ListedEntry Entry(long number, long minutes) => new(
        Some.Street, number, Some.Now, null, new(EntryKind.Settlement, new(Some.Demand, (int)number), SomeLedger.Earner, Some.Home, Some.Skill, 1, new(minutes)), []);
}
