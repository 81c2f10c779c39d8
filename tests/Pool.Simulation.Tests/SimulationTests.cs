using Xunit;

namespace Pool.Simulation.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Steps = 30_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whatever_goes_wrong_between_the_actors_every_invariant_holds(int seed)
    {
        var outcome = Simulation.Run(seed, Steps);

        output.WriteLine($"{outcome}\n{string.Join('\n', outcome.Events.OrderBy(of => of.Key).Select(of => $"{of.Key}: {of.Value}"))}");
        Assert.Equal([], outcome.Wrong);
        Assert.All<string>(
            ["demand.queued", "demand.proposal-expired", "demand.proposal-declined", "demand.assignment-released", "demand.assignment-settled", "partner.rated"],
            name => Assert.True(outcome.Events.ContainsKey(name), $"The run has no {name}: it says little."));
    }

    [Fact]
    public void One_seed_tells_one_history() =>
        Assert.Equal(Simulation.Run(7, 5_000).History, Simulation.Run(7, 5_000).History);
}
