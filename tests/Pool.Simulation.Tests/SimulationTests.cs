using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Pool.Demands;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Offers;
using Pool.Partners;
using Pool.Rounds;
using Pool.Series;
using Pool.Streets;
using Pool.Witnesses;
using Xunit;

namespace Pool.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Runs = 50;
    private const int Steps = 100_000;
    private const int FixedSeed = 20261124;

    /// <summary>Why an assignment is released too seldom for every fifty seeds to show it.</summary>
    private static readonly string[] Rare = [nameof(ReleaseReason.HoldEnded), nameof(ReleaseReason.NotCovered)];

    /// <summary>Seeds from POOL_SEED on: the commit, in continuous integration; else always the same.</summary>
    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("POOL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : FixedSeed;

    [Fact]
    public void Whatever_goes_wrong_between_the_actors_every_invariant_holds()
    {
        var outcomes = new ConcurrentBag<Simulation.Outcome>();
        Parallel.For(FirstSeed, FirstSeed + Runs, new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed => outcomes.Add(Simulation.RunAndShrink(seed, Steps)));

        output.WriteLine(string.Join('\n', outcomes.OrderBy(outcome => outcome.Seed)));
        Assert.True(outcomes.All(outcome => outcome.Wrong.Count == 0), string.Join("\n\n", outcomes.Where(outcome => outcome.Wrong.Count > 0).Select(outcome => outcome.Report)));
        var seen = outcomes.SelectMany(outcome => outcome.Events).GroupBy(count => count.Key).ToDictionary(name => name.Key, name => name.Sum(count => count.Value));
        output.WriteLine(string.Join(", ", seen.OrderBy(count => count.Value).Select(count => $"{count.Key} {count.Value}")));
        Assert.Equal([], new[] { typeof(DemandEvent), typeof(PartnerEvent), typeof(OfferEvent), typeof(RoundEvent), typeof(StreetEvent), typeof(SeriesEvent), typeof(LedgerEvent), typeof(JointTransferEvent), typeof(WitnessEvent) }.SelectMany(NamesOf).Except(seen.Keys));
        Assert.Equal([], Enum.GetNames<ReleaseReason>().Except(Rare).Concat(["claimed", "handed over", "credits too old"]).Except(seen.Keys));
    }

    [Fact]
    public void One_seed_tells_one_history() =>
        Assert.Equal(Simulation.Run(7, 5_000).Digest, Simulation.Run(7, 5_000).Digest);

    /// <summary>The stored names of one family of events.</summary>
    private static IEnumerable<string> NamesOf(Type family) =>
        family.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(family)).Select(type => type.GetCustomAttribute<AliasAttribute>()!.Alias);
}
