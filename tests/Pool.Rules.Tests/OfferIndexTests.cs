using Pool.Matching;
using Pool.Values;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class OfferIndexTests
{
    [Fact]
    public void Offers_stand_in_the_order_of_their_texts()
    {
        string[] partners = ["ann", "ann-b", "ann-b2", "ann0", "anna"];
        var index = SomeStreet.Index(partners.Reverse().Select(partner => Some.Offer(PartnerId.Parse(partner))), partners.Select(SomeStreet.Facts));

        var ids = index.Of(Some.Skill).ToArray().Select(row => row.Id).ToList();

        Assert.Equal(ids.OrderBy(id => id.Text, StringComparer.Ordinal), ids);
        Assert.Equal(partners.Length, ids.Count);
    }

    [Fact]
    public void An_offer_whose_partner_is_not_known_yet_is_found_by_its_id_and_by_no_search()
    {
        var offer = Some.Offer(PartnerId.Parse("early-one"));
        var index = OfferIndex.Empty.With(new IndexedOffer(offer, 3));

        Assert.True(index.Of(Some.Skill).IsEmpty);
        Assert.Equal(new IndexedOffer(offer, 3), index.Find(offer.Offer));
        Assert.Null(index.Without(offer.Offer).Find(offer.Offer));
        Assert.Equal(offer, index.With(SomeStreet.Facts("early-one")).Of(Some.Skill)[0].Terms(Some.Skill));
    }

    [Fact]
    public void What_is_listed_again_takes_its_old_place_and_may_have_another_skill()
    {
        var other = SkillCode.Parse("plumbing");
        var offer = Some.Offer(PartnerId.Parse("ann"));
        var index = SomeStreet.Index([offer], [SomeStreet.Facts("ann")]);

        var changed = index.With(new IndexedOffer(offer with { Skill = other, Level = 5 }, 2));

        Assert.True(changed.Of(Some.Skill).IsEmpty);
        Assert.Equal((5, 2), (changed.Of(other)[0].Level, changed.Of(other)[0].Revision));
        Assert.Equal([other], changed.SkillsOf(PartnerId.Parse("ann")));
        Assert.Equal(1, index.Of(Some.Skill).Length);
    }

    [Fact]
    public void Every_offer_of_a_partner_is_beside_its_facts_as_they_are_now_and_no_other()
    {
        var (ann, annB) = (PartnerId.Parse("ann"), PartnerId.Parse("ann-b"));
        var second = Some.Offer(ann) with { Offer = new(ann, "second") };
        var index = SomeStreet.Index([Some.Offer(ann), second, Some.Offer(annB)], [SomeStreet.Facts("ann"), SomeStreet.Facts("ann-b")]);

        var suspended = index.With(SomeStreet.Facts("ann") with { Revision = 2, Suspended = true });

        Assert.Equal([(ann, true), (ann, true), (annB, false)], suspended.Of(Some.Skill).ToArray().Select(row => (row.PartnerId, row.Suspended)).Order());
        Assert.DoesNotContain(index.Of(Some.Skill).ToArray(), row => row.Suspended);
    }
}
