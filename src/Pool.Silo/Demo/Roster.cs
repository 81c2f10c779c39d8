namespace Pool.Silo.Demo;

internal sealed record RosterOffer(string Id, string Skill, int Level, V1.FeeMode FeeMode, int Reach, int NoticeMinutes, int Shift, bool Certified);

internal sealed record RosterPartner(
    string Id, string Name, SampleCommunity Community, V1.PartnerKind Kind, V1.Circle Circle, V1.PartnerMode Mode, int Capacity, IReadOnlyList<RosterOffer> Offers);

/// <summary>
/// Partners and offers made up from a seed, in the shape of the pilot: 1,200 partners in Beigan, with a community of 181
/// and one of 23 among them, and fewer in the streets around; two to three offers each.
/// </summary>
internal static class Roster
{
    private const int PilotPartners = 1_200;
    private const int LargestCommunity = 181;
    private const int SmallestCommunity = 23;
    private const int PartnersOfDistrictStreet = 40;
    private const int PartnersOfOutsideStreet = 15;

    /// <summary>Skills that nobody in the pilot street has: what its neighbours are asked for.</summary>
    private static readonly string[] OnlyElsewhere = ["lift-retrofit-engineering", "structural-safety-check", "sign-language", "tcm-consultation"];

    private static readonly string[] Surnames = ["王", "李", "张", "陈", "沈", "徐", "俞", "来", "孙", "朱", "施", "韩", "汪", "傅", "瞿", "楼"];
    private static readonly string[] GivenNames = ["建国", "秀英", "桂芳", "志强", "丽华", "国平", "小红", "文杰", "海燕", "金花", "伟", "敏", "静", "磊", "雅琴", "明亮"];

    public static IReadOnlyList<RosterPartner> Make(SampleDistrict district, Random random)
    {
        var number = 0;
        return [.. district.Communities
            .GroupBy(community => community.Street)
            .OrderBy(street => street.Key, StringComparer.Ordinal)
            .SelectMany(street => Sizes(street.Key, street.ToList()).SelectMany(size => Enumerable.Repeat(size.Community, size.Partners)))
            .Select(community => Partner(++number, community, district, random))];
    }

    private static IEnumerable<(SampleCommunity Community, int Partners)> Sizes(string street, List<SampleCommunity> communities)
    {
        if (street != SampleDistrict.Pilot)
        {
            var partners = street.StartsWith(SampleDistrict.District, StringComparison.Ordinal) ? PartnersOfDistrictStreet : PartnersOfOutsideStreet;
            return Spread(communities, partners);
        }

        return
        [
            (communities[0], LargestCommunity),
            (communities[1], SmallestCommunity),
            .. Spread(communities[2..], PilotPartners - LargestCommunity - SmallestCommunity),
        ];
    }

    private static IEnumerable<(SampleCommunity Community, int Partners)> Spread(List<SampleCommunity> communities, int partners) =>
        communities.Select((community, i) => (community, (partners * (i + 1) / communities.Count) - (partners * i / communities.Count)));

    private static RosterPartner Partner(int number, SampleCommunity community, SampleDistrict district, Random random)
    {
        var kind = random.NextDouble() switch { < 0.9 => V1.PartnerKind.Person, < 0.97 => V1.PartnerKind.Team, _ => V1.PartnerKind.Organisation };
        var name = $"{Surnames[random.Next(Surnames.Length)]}{GivenNames[random.Next(GivenNames.Length)]}";
        var known = district.Skills.Where(skill => community.Street != SampleDistrict.Pilot || !OnlyElsewhere.Contains(skill.Code)).ToList();
        var skills = Enumerable.Range(0, random.Next(2, 4)).Select(_ => Draw(known, random)).DistinctBy(skill => skill.Code).ToList();
        var capacity = kind == V1.PartnerKind.Person ? 1 : random.Next(2, 9);
        return new(
            $"p{number:00000}",
            kind switch { V1.PartnerKind.Team => $"{name}志愿队", V1.PartnerKind.Organisation => $"{name}社区服务中心", _ => name },
            community,
            kind,
            (V1.Circle)random.Next(1, 4),
            (V1.PartnerMode)random.Next(1, 5),
            capacity,
            [.. skills.Select((skill, i) => Offer(i + 1, skill, random))]);
    }

    /// <summary>Licensed and highly weighted skills are rare among residents.</summary>
    private static SampleSkill Draw(List<SampleSkill> skills, Random random)
    {
        while (true)
        {
            var skill = skills[random.Next(skills.Count)];
            if (random.NextDouble() < (skill.RequiresCertificate ? 0.25 : skill.WeightPercent > 150 ? 0.5 : 1))
            {
                return skill;
            }
        }
    }

    private static RosterOffer Offer(int number, SampleSkill skill, Random random) => new(
        $"offer-{number}",
        skill.Code,
        random.Next(1, 6),
        Fee(skill, random.NextDouble()),
        random.Next(0, 4) is 0 ? 1 : 3,
        random.Next(0, 3) * 30,
        random.Next(0, 4),
        skill.RequiresCertificate);

    /// <summary>Licensed and highly weighted work is seldom given away.</summary>
    private static V1.FeeMode Fee(SampleSkill skill, double chance) =>
        chance < (skill.RequiresCertificate || skill.WeightPercent > 150 ? 0.1 : 0.45) ? V1.FeeMode.Volunteer : chance < 0.75 ? V1.FeeMode.TimeCredit : V1.FeeMode.LowFee;
}
