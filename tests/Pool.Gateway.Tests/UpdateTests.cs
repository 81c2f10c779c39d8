using System.Net;
using System.Net.Http.Json;
using Google.Protobuf.WellKnownTypes;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What an update changes and what it leaves, and the ids that a client leaves to the pool.</summary>
public sealed class UpdateTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task Without_a_mask_the_fields_that_are_sent_change_and_no_other()
    {
        var before = await Offer("no-mask", level: 3);
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };

        using var answer = await http.PatchAsJsonAsync($"/v1/{before.Name}?requestId={NewId()}", new { level = 2 });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Changed(before, offer => offer.Level = 2), Unversioned(await Read(before)));
    }

    [Fact]
    public async Task Under_a_mask_its_fields_change_even_to_their_default()
    {
        var before = await Offer("mask", level: 3);

        await pool.Offers.UpdateOfferAsync(new()
        {
            Offer = new() { Name = before.Name, Level = 1 },
            UpdateMask = new FieldMask { Paths = { "reach" } },
            RequestId = NewId(),
        });

        Assert.Equal(Changed(before, offer => offer.Reach = 0), Unversioned(await Read(before)));
    }

    [Fact]
    public async Task Under_a_star_every_field_changes()
    {
        var before = await Offer("star", level: 3);

        await pool.Offers.UpdateOfferAsync(new()
        {
            Offer = new() { Name = before.Name, Skill = before.Skill, Level = 1, Hours = { new Hours { Day = V1.DayOfWeek.Monday, Start = "08:00", End = "09:00" } }, FeeMode = FeeMode.LowFee },
            UpdateMask = new FieldMask { Paths = { "*" } },
            RequestId = NewId(),
        });

        var after = await Read(before);
        Assert.Equal((1, 1, FeeMode.LowFee, 0, 1), (after.Level, after.Hours.Count, after.FeeMode, after.Reach, after.Capacity));
    }

    [Fact]
    public async Task A_partner_that_the_client_does_not_name_is_named_after_the_request_however_its_id_is_written()
    {
        var request = new CreatePartnerRequest
        {
            Parent = Home,
            Partner = new Partner { DisplayName = "x", Kind = PartnerKind.Person, Circle = Circle.Service, Mode = PartnerMode.PublicBenefit },
            RequestId = "6F1C0A5E-0B52-4A6E-9A3D-0C8F5A3E7D10",
        };

        var partner = await pool.Partners.CreatePartnerAsync(request);

        Assert.Equal($"{Home}/partners/p-6f1c0a5e0b524a6e9a3d0c8f5a3e7d10", partner.Name);
        request.RequestId = "6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d10";
        Assert.Equal(partner, await pool.Partners.CreatePartnerAsync(request));
    }

    private async Task<Offer> Offer(string partner, int level) =>
        await pool.Offers.GetOfferAsync(new() { Name = $"{await pool.AddPartner(Home, partner, level: level)}/offers/offer-1" });

    private async Task<Offer> Read(Offer offer) => await pool.Offers.GetOfferAsync(new() { Name = offer.Name });

    private static Offer Changed(Offer offer, Action<Offer> change)
    {
        var changed = Unversioned(offer);
        change(changed);
        return changed;
    }

    private static Offer Unversioned(Offer offer)
    {
        var same = offer.Clone();
        same.Etag = "";
        return same;
    }
}
