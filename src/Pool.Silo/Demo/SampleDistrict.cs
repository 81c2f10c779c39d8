using System.Globalization;
using CsvHelper;

namespace Pool.Silo.Demo;

internal sealed record SampleStreet(string Code, string Name);

internal sealed record SampleEdge(string Street, string Neighbour);

internal sealed record SampleCommunity(string Code, string Name, string Street);

internal sealed record SampleSkill(string Code, string NameZh, string NameEn, string Field, int WeightPercent, bool RequiresCertificate);

/// <summary>Xiaoshan District and its neighbours, as the files of <c>deploy/sample</c> have them.</summary>
internal sealed class SampleDistrict
{
    /// <summary>Xiaoshan District (萧山区).</summary>
    public const string District = "330109";

    /// <summary>Beigan Street (北干街道), the street of the pilot.</summary>
    public const string Pilot = "330109002";

    private SampleDistrict(string folder)
    {
        Streets = Read(folder, "streets.csv", row => new SampleStreet(row[0]!, row[1]!));
        Edges = Read(folder, "adjacency.csv", row => new SampleEdge(row[0]!, row[1]!));
        Communities = Read(folder, "communities.csv", row => new SampleCommunity(row[0]!, row[1]!, row[2]!));
        Skills = Read(folder, "skills.csv", row => new SampleSkill(
            row[0]!, row[1]!, row[2]!, row[3]!, int.Parse(row[4]!, CultureInfo.InvariantCulture), bool.Parse(row[5]!)));
        Neighbours = Edges.Concat(Edges.Select(edge => new SampleEdge(edge.Neighbour, edge.Street))).ToLookup(edge => edge.Street, edge => edge.Neighbour);
    }

    public IReadOnlyList<SampleStreet> Streets { get; }

    public IReadOnlyList<SampleEdge> Edges { get; }

    public IReadOnlyList<SampleCommunity> Communities { get; }

    public IReadOnlyList<SampleSkill> Skills { get; }

    /// <summary>The adjacent streets of each street.</summary>
    public ILookup<string, string> Neighbours { get; }

    /// <summary>Reads the files that were built beside the program.</summary>
    public static SampleDistrict Load() => new(Path.Combine(AppContext.BaseDirectory, "sample"));

    private static List<T> Read<T>(string folder, string file, Func<CsvReader, T> read)
    {
        using var reader = new StreamReader(Path.Combine(folder, file));
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        var rows = new List<T>();
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            rows.Add(read(csv));
        }

        return rows;
    }
}
