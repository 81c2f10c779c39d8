using Google.Protobuf.WellKnownTypes;
using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>Loads the district and its roster through the door.</summary>
internal sealed class Loader(DemoClient client, SampleDistrict district, IReadOnlyList<RosterPartner> roster, IReadOnlyList<SampleTreaty> treaties, DateTimeOffset now)
{
    private const int AtATime = 48;

    public async Task Load()
    {
        await Each("Skills", district.Skills, AddSkill);
        await Each("Streets", district.Streets, AddStreet);
        await Each("Treaties", treaties, SignTreaty);
        await Each("Communities", district.Communities, AddCommunity);
        await Each("Partners and their offers", roster, AddPartner);
    }

    private static async Task Each<T>(string what, IReadOnlyList<T> items, Func<T, Task> add)
    {
        var progress = new Progress(what, items.Count);
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (item, _) =>
        {
            await add(item);
            progress.Step();
        });
    }

    private async Task AddSkill(SampleSkill skill) => await client.Skills.CreateSkillAsync(new()
    {
        SkillId = skill.Code,
        RequestId = client.RequestId(),
        Skill = new Skill
        {
            NameZh = skill.NameZh,
            NameEn = skill.NameEn,
            Field = skill.Field,
            DefaultWeightPercent = skill.WeightPercent,
            RequiresCertificate = skill.RequiresCertificate,
        },
    });

    private async Task AddStreet(SampleStreet street) => await client.Streets.CreateStreetAsync(new()
    {
        StreetId = street.Code,
        RequestId = client.RequestId(),
        Street = new Street
        {
            DisplayName = street.Name,
            Neighbours = { district.Neighbours[street.Code].Select(code => $"streets/{code}") },
            // The streets of the district assign together, twice an hour.
            Policy = street.Code.StartsWith(SampleDistrict.District, StringComparison.Ordinal)
                ? new DispatchPolicy { RoundEveryMinutes = 30, RoundStreet = $"streets/{SampleDistrict.Pilot}" }
                : null,
        },
    });

    private async Task SignTreaty(SampleTreaty treaty) => await client.Streets.SetTreatyAsync(new()
    {
        Name = $"streets/{treaty.Lender}",
        Borrower = $"streets/{treaty.Borrower}",
        Open = true,
        Terms = treaty.Terms,
        RequestId = client.RequestId(),
    });

    private async Task AddCommunity(SampleCommunity community) => await client.Communities.CreateCommunityAsync(new()
    {
        Parent = $"streets/{community.Street}",
        CommunityId = community.Code,
        Community = new Community { DisplayName = community.Name },
        RequestId = client.RequestId(),
    });

    private async Task AddPartner(RosterPartner partner)
    {
        await client.Partners.CreatePartnerAsync(new()
        {
            Parent = DemoClient.Name(partner.Community),
            PartnerId = partner.Id,
            Partner = new Partner
            {
                DisplayName = partner.Name,
                Kind = partner.Kind,
                Circle = partner.Circle,
                Mode = partner.Mode,
                Capacity = partner.Capacity,
            },
            RequestId = client.RequestId(),
        });
        foreach (var offer in partner.Offers)
        {
            if (offer.Certified)
            {
                await Certify(partner, offer);
            }

            await client.Offers.CreateOfferAsync(new()
            {
                Parent = DemoClient.Name(partner),
                OfferId = offer.Id,
                Offer = new Offer
                {
                    Skill = $"skills/{offer.Skill}",
                    Level = offer.Level,
                    Hours = { HoursOf(offer.Shift) },
                    Capacity = partner.Capacity,
                    FeeMode = offer.FeeMode,
                    Reach = offer.Reach,
                    NoticeMinutes = offer.NoticeMinutes,
                },
                RequestId = client.RequestId(),
            });
        }
    }

    private async Task Certify(RosterPartner partner, RosterOffer offer) => await client.Partners.CertifyPartnerAsync(new()
    {
        Name = DemoClient.Name(partner),
        Certificate = new Certificate
        {
            Skill = $"skills/{offer.Skill}",
            Level = offer.Level,
            ExpireTime = Timestamp.FromDateTimeOffset(now.AddDays(365)),
            Issuer = "萧山区",
        },
        RequestId = client.RequestId(),
    });

    /// <summary>Four shifts: office hours, all days, mornings, evenings and weekends.</summary>
    private static IEnumerable<Hours> HoursOf(int shift) => shift switch
    {
        0 => Days(1, 5, "08:00", "17:00"),
        1 => Days(1, 7, "08:00", "20:00"),
        2 => Days(1, 7, "07:00", "12:00"),
        _ => Days(1, 5, "17:00", "21:00").Concat(Days(6, 7, "08:00", "20:00")),
    };

    private static IEnumerable<Hours> Days(int first, int last, string start, string end) =>
        Enumerable.Range(first, last - first + 1).Select(day => new Hours { Day = (V1.DayOfWeek)day, Start = start, End = end });
}
