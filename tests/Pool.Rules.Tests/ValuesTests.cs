using System.Globalization;
using System.Text.Json;
using CsCheck;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Values refuse at the edge what they cannot be, and their one text form comes back as it was.</summary>
public sealed class ValuesTests
{
    private static readonly Gen<ulong> Day = Gen.ULong[0, (1UL << 48) - 1];

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("33010900")]
    [InlineData("3301090020")]
    [InlineData("33010900a")]
    [InlineData(" 33010900")]
    [InlineData("33010900２")]
    [InlineData("-33010900")]
    public void A_street_is_nine_digits_and_nothing_else(string? text) => Refuse<StreetId>(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("330109002")]
    [InlineData("33010900203")]
    [InlineData("3301090020370")]
    [InlineData("33010900203x")]
    [InlineData("٣٣٠١٠٩٠٠٢٠٣٧")]
    public void A_community_is_twelve_digits_and_nothing_else(string? text) => Refuse<CommunityId>(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("li")]
    [InlineData("Lawyer-li")]
    [InlineData("9lives")]
    [InlineData("-lawyer")]
    [InlineData("lawyer-")]
    [InlineData("lawyer li")]
    [InlineData("lawyer/li")]
    [InlineData("lawyer_li")]
    [InlineData("律师李")]
    [InlineData("a234567890123456789012345678901234567890x")]
    public void A_partner_and_a_skill_are_slugs_of_3_to_40_characters(string? text)
    {
        Refuse<PartnerId>(text);
        Refuse<SkillCode>(text);
        Refuse<OfferId>($"lawyer-li/{text}");
        Refuse<OfferId>($"{text}/advice");
        Assert.Throws<ArgumentException>(() => new OfferId(Some.Partner, text!));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("a--9")]
    [InlineData("a234567890123456789012345678901234567890")]
    public void A_slug_may_be(string text)
    {
        Keep<PartnerId>(text);
        Keep<SkillCode>(text);
        Keep<OfferId>($"{text}/{text}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("lawyer-li")]
    [InlineData("lawyer-li/")]
    [InlineData("/advice")]
    [InlineData("lawyer-li/advice/two")]
    public void An_offer_is_its_partner_and_its_name(string? text) => Refuse<OfferId>(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("6f1c0a5e0b524a6e9a3d0c8f5a3e7d10")]
    [InlineData("{6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10}")]
    [InlineData("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d1g")]
    public void A_demand_is_a_uuid_that_is_not_all_zeros(string? text)
    {
        Refuse<DemandId>(text);
        Refuse<HoldId>($"{text}/1");
    }

    [Theory]
    [InlineData("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10")]
    [InlineData("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10/")]
    [InlineData("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10/x")]
    [InlineData("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10/1/2")]
    public void A_hold_is_its_demand_and_a_number(string text) => Refuse<HoldId>(text);

    [Fact]
    public void A_blank_identifier_has_no_text_and_is_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => default(StreetId).Text);
        Assert.Throws<InvalidOperationException>(() => default(CommunityId).Text);
        Assert.Throws<InvalidOperationException>(() => default(PartnerId).Text);
        Assert.Throws<InvalidOperationException>(() => default(OfferId).Text);
        Assert.Throws<InvalidOperationException>(() => default(SkillCode).Text);
        Assert.Throws<InvalidOperationException>(() => default(DemandId).Text);
        Assert.Throws<InvalidOperationException>(() => default(HoldId).Text);
        Assert.Throws<ArgumentException>(() => new DemandId(Guid.Empty));
        Assert.Throws<InvalidOperationException>(() => JsonSerializer.Serialize(default(StreetId)));
    }

    [Fact]
    public void The_parts_of_an_identifier_are_identifiers()
    {
        Assert.Equal(Some.Street, Some.Home.Street);
        var offer = OfferId.Parse("lawyer-li/advice");
        Assert.Equal((Some.Partner, "advice"), (offer.Partner, offer.Name));
        Assert.Equal(offer, new OfferId(Some.Partner, "advice"));
        Keep<StreetId>("330109002");
        Keep<CommunityId>("330109002037");
        Keep<DemandId>("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10");
        Keep<HoldId>("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10/12");
        Assert.Equal("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10", DemandId.Parse("6F1C0A5E-0B52-4A6E-9A3D-0C8F5A3E7D10").Text);
    }

    [Fact]
    public void Minutes_overflow_throws_and_never_wraps()
    {
        var (most, least, one) = (new Minutes(long.MaxValue), new Minutes(long.MinValue), new Minutes(1));
        Assert.Throws<OverflowException>(() => most + one);
        Assert.Throws<OverflowException>(() => Minutes.FromHours(long.MaxValue / 59));
        Assert.Throws<OverflowException>(() => Minutes.Average(most, one));
        Assert.Throws<OverflowException>(() => Minutes.Distance(most, new Minutes(-1)));
        Assert.Throws<OverflowException>(() => Minutes.Distance(least, Minutes.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => most.ToTimeSpan());
    }

    [Fact]
    public void Minutes_average_down_and_are_as_far_apart_either_way() => Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 100_000]).Sample((a, b) =>
    {
        var (one, other) = (new Minutes(a), new Minutes(b));
        Assert.Equal((a + b) / 2, Minutes.Average(one, other).Value);
        Assert.Equal(Minutes.Distance(one, other), Minutes.Distance(other, one));
        Assert.True(one + Minutes.Distance(one, other) == other || other + Minutes.Distance(one, other) == one);
        Assert.Equal(a < b, one < other);
        Assert.Equal(a >= b, one >= other);
    });

    [Fact]
    public void Weekly_hours_come_back_from_their_text() =>
        Gen.Select(Day, Day, Day, Day, Day, Day, Day).Sample((mon, tue, wed, thu, fri, sat, sun) =>
        {
            var hours = new WeeklyHours(mon, tue, wed, thu, fri, sat, sun);
            Assert.True(WeeklyHours.TryParse(hours.Text, out var read));
            Assert.Equal(hours, read);
            Assert.Matches("^[0-9a-f]{12}([.][0-9a-f]{12}){6}$", hours.Text);
            Assert.Equal(hours, JsonSerializer.Deserialize<WeeklyHours>(JsonSerializer.Serialize(hours)));
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("000000000000.000000000000.000000000000.000000000000.000000000000.000000000000")]
    [InlineData("000000000000.000000000000.000000000000.000000000000.000000000000.000000000000.1000000000000")]
    [InlineData("000000000000.000000000000.000000000000.000000000000.000000000000.000000000000.00000000000g")]
    [InlineData("000000000000.000000000000.000000000000.000000000000.000000000000.000000000000.")]
    [InlineData("0.000000000000.000000000000.000000000000.000000000000.000000000000.000000000000")]
    [InlineData("0000000000000.000000000000.000000000000.000000000000.000000000000.000000000000.000000000000")]
    public void Weekly_hours_of_another_form_are_refused(string? text) => Assert.False(WeeklyHours.TryParse(text, out _));

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 20261, "2026Q1")]
    [InlineData("2026-03-31T23:59:59Z", 20261, "2026Q1")]
    [InlineData("2026-04-01T00:00:00Z", 20262, "2026Q2")]
    [InlineData("2026-09-30T23:59:59Z", 20263, "2026Q3")]
    [InlineData("2026-12-31T23:59:59Z", 20264, "2026Q4")]
    [InlineData("2027-01-01T07:59:59+08:00", 20264, "2026Q4")]
    public void A_quarter_is_counted_in_UTC(string at, int quarter, string text)
    {
        Assert.Equal(quarter, Quarter.Of(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)));
        Assert.Equal(text, Quarter.Text(quarter));
    }

    [Fact]
    public void A_window_ends_before_its_end()
    {
        var next = TimeWindow.From(Some.Window.End, Some.Hour);
        Assert.False(Some.Window.Overlaps(next));
        Assert.False(next.Overlaps(Some.Window));
        Assert.True(Some.Window.Overlaps(next with { Start = next.Start.AddTicks(-1) }));
        Assert.True(Some.Window.Contains(Some.Window));
    }

    private static void Refuse<TValue>(string? text) where TValue : struct, ITextValue<TValue>
    {
        Assert.False(TValue.TryParse(text, out var value), $"{typeof(TValue).Name} '{text}'");
        Assert.Equal(default, value);
        Assert.Throws<FormatException>(() => TextValue.Parse<TValue>(text!));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TValue>(JsonSerializer.Serialize(text)));
    }

    private static void Keep<TValue>(string text) where TValue : struct, ITextValue<TValue>
    {
        var value = TextValue.Parse<TValue>(text);
        Assert.Equal(text, value.Text);
        Assert.Equal(value, JsonSerializer.Deserialize<TValue>(JsonSerializer.Serialize(value)));
    }
}
