using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Benchmarks.Arena;

/// <summary>Streets, their communities and partners: the same for every contestant, made through its API.</summary>
/// <param name="Capacity">Of each partner.</param>
internal sealed record ArenaWorld(int Streets, int Communities, int Partners, int Capacity = 1)
{
    /// <summary>Days ahead over which demands are spread.</summary>
    public const int Days = 60;

    /// <summary>Minutes for an answer to a proposal, longer than any match: an opponent gives as many.</summary>
    public const int Expiry = 120;

    private const string Skill = "elder-care";

    public static string Street(int number) => $"streets/{330109001 + number}";

    public string Community(int caller) => Community(caller % Streets, caller / Streets % Communities);

    public async Task Found(GrpcChannel channel)
    {
        await new SkillService.SkillServiceClient(channel).CreateSkillAsync(new()
        {
            SkillId = Skill,
            Skill = new() { NameZh = "助老", NameEn = "Elder care", Field = "care", DefaultWeightPercent = 100 },
            RequestId = NewId(),
        });
        await Task.WhenAll(Enumerable.Range(0, Streets).Select(async street =>
        {
            await new StreetService.StreetServiceClient(channel).CreateStreetAsync(
                new() { StreetId = Street(street)[^9..], Street = new() { DisplayName = Street(street), Policy = new() { ProposalExpiryMinutes = Expiry } }, RequestId = NewId() });
            for (var number = 0; number < Communities; number++)
            {
                var community = Community(street, number);
                await new CommunityService.CommunityServiceClient(channel).CreateCommunityAsync(
                    new() { Parent = Street(street), CommunityId = community[^12..], Community = new() { DisplayName = community }, RequestId = NewId() });
                for (var partner = 0; partner < Partners; partner++)
                {
                    await Register(channel, community, $"partner-{street}-{number}-{partner}");
                }
            }
        }));
    }

    /// <summary>An hour of care on a day of the next weeks, by a volunteer of the community itself.</summary>
    public static Demand Care()
    {
        var opens = DateTimeOffset.UtcNow.AddDays(1 + Random.Shared.Next(Days));
        return new()
        {
            Title = "Care for an hour",
            Skill = $"skills/{Skill}",
            MinLevel = 1,
            Seats = 1,
            WindowStartTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(opens),
            WindowEndTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(opens.AddDays(1)),
            DurationMinutes = 60,
            FeeModes = { FeeMode.Volunteer },
            Reach = 0,
        };
    }

    public static string NewId() => Guid.NewGuid().ToString();

    private static string Community(int street, int number) => $"{Street(street)}/communities/{330109001 + street}{number + 1:000}";

    private async Task Register(GrpcChannel channel, string community, string partner)
    {
        var registered = await new PartnerService.PartnerServiceClient(channel).CreatePartnerAsync(new()
        {
            Parent = community,
            PartnerId = partner,
            Partner = new() { DisplayName = partner, Kind = PartnerKind.Organisation, Circle = Circle.Service, Mode = PartnerMode.PublicBenefit, Capacity = Capacity },
            RequestId = NewId(),
        });
        await new OfferService.OfferServiceClient(channel).CreateOfferAsync(new()
        {
            Parent = registered.Name,
            OfferId = "offer-1",
            Offer = new()
            {
                Skill = $"skills/{Skill}",
                Level = 3,
                Hours = { Enumerable.Range(1, 7).Select(day => new Hours { Day = (V1.DayOfWeek)day, Start = "06:00", End = "22:00" }) },
                Capacity = Capacity,
                FeeMode = FeeMode.Volunteer,
                Reach = 0,
            },
            RequestId = NewId(),
        });
    }
}
