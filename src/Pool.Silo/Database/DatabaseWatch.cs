using Orleans.Runtime.Placement;
using Pool.Hosting;

namespace Pool.Silo.Database;

/// <summary>Tells other silos whether the one where it is has the database.</summary>
[Alias("pool.IDatabaseWitness")]
internal interface IDatabaseWitness : IGrainWithStringKey
{
    /// <summary>How long ago the database last answered there.</summary>
    [Alias("Age")]
    Task<TimeSpan> Age();
}

[GrainType("database-witness")]
internal sealed class DatabaseWitnessGrain(DatabaseClock clock) : Grain, IDatabaseWitness
{
    public Task<TimeSpan> Age() => Task.FromResult(clock.Age);
}

/// <summary>
/// Notices that this silo has lost its database and another one has it. No actor can be loaded here then, and Orleans,
/// for which the silo is in good health, would leave them here: so the silo is to end, and they go on elsewhere. Where
/// nobody has the database everybody waits for it.
/// </summary>
internal sealed class DatabaseWatch(DatabaseClock clock, IGrainFactory grains, ISiloStatusOracle membership, ILogger<DatabaseWatch> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Who has the database has read its time this lately. When everybody loses it nobody has for long.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(3);

    /// <summary>How many times in a row it must be so.</summary>
    private const int Times = 2;

    private readonly TaskCompletionSource<string> _cutOff = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes, with what to tell the operator, when only this silo has lost the database.</summary>
    public Task<string> CutOff => _cutOff.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (alone, toldOfAll) = (0, false);
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // The database may just have come back for everybody, so this silo asks it once more itself.
            if (clock.Age <= Patience || await Answers(stoppingToken))
            {
                (alone, toldOfAll) = (0, false);
            }
            else if (await AnotherHasIt())
            {
                alone++;
                if (alone == Times)
                {
                    _cutOff.TrySetResult($"The database has not answered this silo for {clock.Age.TotalSeconds:0} s, and it answers another one.");
                }
            }
            else
            {
                alone = 0;
                if (!toldOfAll)
                {
                    PoolLog.DatabaseAway(log, (int)clock.Age.TotalSeconds);
                    toldOfAll = true;
                }
            }
        }
    }

    private async Task<bool> Answers(CancellationToken stopping)
    {
        try
        {
            await clock.Read(stopping);
            return true;
        }
        catch (Exception cause) when (PostgresDatabase.IsUnavailable(cause) && !stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> AnotherHasIt()
    {
        var others = membership.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(membership.SiloAddress));
        return (await Task.WhenAll(others.Select(Ask))).Any(age => age < Lately);
    }

    private async Task<TimeSpan> Ask(SiloAddress silo)
    {
        try
        {
            // A hint, and no more: should the witness be elsewhere, what it says is as good, or it is this silo's own.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            return await grains.GetGrain<IDatabaseWitness>(silo.ToParsableString()).Age();
        }
        catch (Exception silent) when (silent is TimeoutException or OrleansException or OperationCanceledException)
        {
            PoolLog.WitnessSilent(log, silo.ToString(), silent.Message);
            return TimeSpan.MaxValue;
        }
    }
}
