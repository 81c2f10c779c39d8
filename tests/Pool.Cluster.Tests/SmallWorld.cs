using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Cluster.Tests;

/// <summary>Two neighbouring streets that lend to each other, three communities, and partners enough to be fought over.</summary>
public static class SmallWorld
{
    public const string Beigan = "streets/330109002";
    public const string Xintang = "streets/330109004";
    public const string Skill = "skills/elder-care";

    private const int PartnersEach = 4;

    /// <summary>Of every demand: who serves it decides how.</summary>
    private static readonly IReadOnlyList<FeeMode> FeeModes = [FeeMode.Volunteer, FeeMode.TimeCredit, FeeMode.LowFee];

    public static IReadOnlyList<string> Streets { get; } = [Beigan, Xintang];

    public static IReadOnlyList<string> Communities { get; } =
        [$"{Beigan}/communities/330109002051", $"{Beigan}/communities/330109002052", $"{Xintang}/communities/330109004051"];

    public static IReadOnlyList<string> Partners { get; } =
        [.. Communities.SelectMany((community, c) => Enumerable.Range(1, PartnersEach).Select(p => $"{community}/partners/partner-{c}-{p}"))];

    /// <summary>Sends requests, one after another.</summary>
    public static async Task Send(this IEnumerable<Request> requests, GrpcChannel channel)
    {
        foreach (var request in requests)
        {
            await request.Send(channel);
        }
    }

    /// <summary>Every request that founds the world, in order.</summary>
    /// <param name="expiry">How long a partner may think about a proposal, in minutes; 0 for the policy's own.</param>
    public static IEnumerable<Request> Found(Seeds seeds, long expiry = 0)
    {
        yield return Request.Of(seeds, "create skill", id => new CreateSkillRequest
        {
            SkillId = "elder-care",
            Skill = new Skill { NameZh = "助老", NameEn = "Elder care", Field = "care", DefaultWeightPercent = 100 },
            RequestId = id,
        }, (channel, request) => new SkillService.SkillServiceClient(channel).CreateSkillAsync(request).ResponseAsync);
        (string Street, string Neighbour)[] streets = [(Beigan, Xintang), (Xintang, Beigan)];
        foreach (var (street, neighbour) in streets)
        {
            yield return Request.Of(seeds, "create street", id => new CreateStreetRequest
            {
                StreetId = street[^9..],
                Street = new Street { DisplayName = street, Neighbours = { neighbour }, Policy = new DispatchPolicy { ProposalExpiryMinutes = expiry } },
                RequestId = id,
            }, (channel, request) => new StreetService.StreetServiceClient(channel).CreateStreetAsync(request).ResponseAsync);
        }

        foreach (var (street, neighbour) in streets)
        {
            yield return Request.Of(seeds, "set treaty", id => new SetTreatyRequest { Name = street, Borrower = neighbour, Open = true, RequestId = id },
                (channel, request) => new StreetService.StreetServiceClient(channel).SetTreatyAsync(request).ResponseAsync);
        }

        foreach (var community in Communities)
        {
            yield return Request.Of(seeds, "create community", id => new CreateCommunityRequest
            {
                Parent = community[..community.IndexOf("/communities", StringComparison.Ordinal)],
                CommunityId = community[^12..],
                Community = new Community { DisplayName = community },
                RequestId = id,
            }, (channel, request) => new CommunityService.CommunityServiceClient(channel).CreateCommunityAsync(request).ResponseAsync);
            yield return Order(seeds, EntryKind.Grant, $"{community}/fund", ElderOf(community), 5_000);
        }
    }

    /// <summary>The requests that register a partner and its offer, in order.</summary>
    public static IEnumerable<Request> Register(Seeds seeds, string partner)
    {
        var slash = partner.IndexOf("/partners/", StringComparison.Ordinal);
        var capacity = 1 + seeds.Next(3);
        yield return Request.Of(seeds, "create partner", id => new CreatePartnerRequest
        {
            Parent = partner[..slash],
            PartnerId = partner[(slash + "/partners/".Length)..],
            Partner = new Partner
            {
                DisplayName = partner[^12..],
                Kind = capacity == 1 ? PartnerKind.Person : PartnerKind.Team,
                Circle = Circle.Service,
                Mode = PartnerMode.PublicBenefit,
                Capacity = capacity,
            },
            RequestId = id,
        }, (channel, request) => new PartnerService.PartnerServiceClient(channel).CreatePartnerAsync(request).ResponseAsync);
        yield return Request.Of(seeds, "create offer", id => new CreateOfferRequest
        {
            Parent = partner,
            OfferId = "offer-1",
            Offer = new Offer
            {
                Skill = Skill,
                Level = 3,
                Hours = { Enumerable.Range(1, 7).Select(day => new Hours { Day = (V1.DayOfWeek)day, Start = "08:00", End = "13:00" }) },
                Capacity = capacity,
                FeeMode = FeeModes[seeds.Next(FeeModes.Count)],
                Reach = 3,
            },
            RequestId = id,
        }, (channel, request) => new OfferService.OfferServiceClient(channel).CreateOfferAsync(request).ResponseAsync);
    }

    /// <summary>A minute of credits from one to another, in one street or between both: there is always enough for it.</summary>
    public static Request Order(Seeds seeds)
    {
        var (community, other) = (Communities[seeds.Next(Communities.Count)], Communities[seeds.Next(Communities.Count)]);
        return seeds.Next(3) switch
        {
            0 => Order(seeds, EntryKind.Grant, $"{community}/fund", ElderOf(community), 1),
            1 when other != community => Order(seeds, EntryKind.GiftInNeed, ElderOf(community), ElderOf(other), 1),
            _ => Order(seeds, EntryKind.Donation, ElderOf(community), $"{other}/fund", 1),
        };
    }

    /// <summary>A demand of any community.</summary>
    public static Request Post(Seeds seeds)
    {
        var demand = Care(seeds);
        var community = Communities[seeds.Next(Communities.Count)];
        return Request.Of(seeds, "post", id => new PostDemandRequest { Parent = community, Demand = demand, RequestId = id },
            (channel, request) => new DemandService.DemandServiceClient(channel).PostDemandAsync(request).ResponseAsync);
    }

    /// <summary>
    /// A demand whose window lies days ahead, so that nothing expires by accident, and is narrow enough that demands
    /// compete for the same hours.
    /// </summary>
    public static Demand Care(Seeds seeds)
    {
        var opens = DateTimeOffset.UtcNow.AddDays(2 + seeds.Next(2));
        return new Demand
        {
            Title = "Care for an hour",
            Skill = Skill,
            MinLevel = 1,
            Seats = 1 + seeds.Next(2),
            WindowStartTime = Timestamp.FromDateTimeOffset(opens),
            WindowEndTime = Timestamp.FromDateTimeOffset(opens.AddDays(1)),
            DurationMinutes = 60,
            FeeModes = { FeeModes },
            Reach = seeds.Next(4),
        };
    }

    private static string ElderOf(string community) => $"{community}/residents/elder";

    private static Request Order(Seeds seeds, EntryKind kind, string from, string to, long minutes) => Request.Of(seeds, "order", id => new CreateTransferRequest
    {
        Parent = $"{from[..from.IndexOf("/communities", StringComparison.Ordinal)]}/ledger",
        Transfer = new Transfer { Kind = kind, From = from, To = to, Unit = Unit.TimeCreditMinutes, Amount = minutes },
        RequestId = id,
    }, (channel, request) => new TransferService.TransferServiceClient(channel).CreateTransferAsync(request).ResponseAsync);
}

/// <summary>
/// The run's one source of chance, so that a failed run can be told by its seed. Those who work at the same time take one
/// of their own, so that what each draws does not depend on the others.
/// </summary>
public sealed class Seeds(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    public int Next(int below)
    {
        lock (_lock)
        {
            return _random.Next(below);
        }
    }

    /// <summary>A source of its own for somebody, by the next of this one's numbers.</summary>
    public Seeds Fork() => new(Next(int.MaxValue));

    public Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_lock)
        {
            _random.NextBytes(bytes);
        }

        return new(bytes);
    }
}
