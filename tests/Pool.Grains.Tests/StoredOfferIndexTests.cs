using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

public sealed class StoredOfferIndexTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_read_is_what_was_stored()
    {
        var away = Facts("ann") with { Away = [new(Now, Now.AddDays(7))], Certificates = [new(GrainPool.Skill, 3, Now.AddYears(1), "Bar")] };
        IndexedOffer[] offers = [Offer("ann", "first"), Offer("ann", "second"), Offer("bob", "first"), Offer("not-known-yet", "first")];
        var index = offers.Aggregate(OfferIndex.Empty.With(away).With(Facts("bob")), (with, offer) => with.With(offer));
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        var read = serializer.Deserialize<OfferIndex>(serializer.SerializeToArray(index))!;

        Assert.Equivalent(index.Partners, read.Partners, strict: true);
        Assert.Equal(offers, read.Offers);
        Assert.Equal(3, read.Of(GrainPool.Skill).Length);
    }

    private static PartnerFacts Facts(string partner) => new(PartnerId.Parse(partner), 1, GrainPool.Home, false, [], Quarter.Of(Now), new(60), 450, 7);

    private static IndexedOffer Offer(string partner, string name) => new(
        new(new(PartnerId.Parse(partner), name), GrainPool.Skill, 2, WeeklyHours.Always, Clock.DefaultZone, 3, FeeMode.LowFee, 1, new(30)) { ServesOnHolidays = true }, 4);
}
