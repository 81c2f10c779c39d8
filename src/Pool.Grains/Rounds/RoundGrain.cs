using System.Collections.Immutable;
using System.Diagnostics;
using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Matching;
using Pool.Streets;
using Pool.Values;

namespace Pool.Rounds;

[GrainType("round")]
internal sealed class RoundGrain(ActorServices services) : EventSourcedGrain<Round, RoundEvent>(services), IRoundGrain
{
    /// <summary>Demands that are asked and told at a time.</summary>
    private const int AtATime = 32;

    private readonly ActorServices _services = services;

    protected override int SnapshotEvery => 256;

    private StreetId Id => StreetId.Parse(this.GetPrimaryKeyString());

    public async Task<DateTimeOffset> Join(DemandId demand)
    {
        var every = (await Policy()).RoundEvery;
        await Decide((round, now) => RoundRules.Join(round, Id, demand, every, now));
        var next = State.NextAt!.Value;
        await Durable();
        return next;
    }

    public async Task<Answer<Round>> Run(Command command)
    {
        var unknown = (await Street(Id).Get()).Refusal;
        return await Decide(command, (round, now) => RoundRules.Begin(round, Id, unknown, now));
    }

    /// <summary>A street whose rounds no demand has ever joined has none yet.</summary>
    public async Task<Answer<Round>> Get()
    {
        var answer = await Read();
        return answer.Refusal is null ? answer : (await Street(Id).Get()).Select(_ => Round.Empty with { Street = Id });
    }

    protected override Decision<RoundEvent> Tick(Round state, DateTimeOffset now) => RoundRules.Tick(state, now);

    protected override bool OwesStep => State.IsUnderWay;

    /// <summary>It waits for what it tells, and not for those who join the next round meanwhile.</summary>
    protected override bool StepsAhead => true;

    /// <summary>Everything that a round does is idempotent at its demands, so that after a crash it is held again from its beginning.</summary>
    protected override async Task CarryStep()
    {
        var (number, waiting) = (State.Number, State.Waiting.OrderBy(demand => demand.Text, StringComparer.Ordinal).ToImmutableArray());
        await Durable();
        var every = (await Policy()).RoundEvery;
        var next = RoundRules.NextAfter(Now, every);
        var (book, searches, left) = await Gather(waiting);
        var report = RoundReport.Nothing with { Demands = book.Demands, Sought = book.Sought };
        while (report.Plans == 0 || (report.Plans < RoundRules.MostPlans && book.Sought > 0))
        {
            var problem = book.Problem();
            var plan = await Solve(problem);
            report = report.Plans == 0 ? report with { Assigned = plan.Seats, Cost = plan.Cost, Bound = plan.Bound, Plans = 1 } : report with { Plans = report.Plans + 1 };
            var seats = RoundBook.Seats(problem, plan);
            // The first time every demand is told what was found; later those alone for whom there is somebody.
            var told = Enumerable.Range(0, book.Demands).Where(demand => report.Plans == 1 || seats.Contains(demand)).ToList();
            var refused = 0;
            await InChunks(told, async demand =>
            {
                var turn = new RoundTurn(Id, number, next, report.Plans == 1 ? searches[demand] : [], [.. seats[demand]]);
                var taken = await Reached(book.Seeker(demand).Demand, demanding => demanding.TakeTurn(turn));
                book.Note(demand, taken);
                if (taken is null)
                {
                    return;
                }

                refused += taken.Refused.Length;
                report = report with { Proposed = report.Proposed + taken.Proposed.Sum(seat => seat.People), Refused = report.Refused + taken.Refused.Length };
                if (!taken.Waits)
                {
                    left.Add(book.Seeker(demand).Demand);
                }
            });
            if (refused == 0)
            {
                break;
            }
        }

        await Decide((round, now) => RoundRules.End(round, number, [.. left.Order(TextOrder)], report, every, now));
    }

    private static Comparer<DemandId> TextOrder { get; } = Comparer<DemandId>.Create((one, other) => string.CompareOrdinal(one.Text, other.Text));

    private async Task<RoundPlan> Solve(RoundProblem problem)
    {
        using var activity = PoolTelemetry.Source.StartActivity("solve round");
        var began = Stopwatch.GetTimestamp();
        var plan = await _services.Beside(processors => RoundSolver.Solve(problem, RoundRules.SolvingTime, processors));
        PoolTelemetry.RoundSolving.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        PoolTelemetry.RoundGap.Record(plan.Cost == 0 ? 0 : (double)(plan.Cost - plan.Bound) / plan.Cost);
        activity?.SetTag("pool.round.options", problem.Options.Length).SetTag("pool.round.seats", plan.Seats);
        return plan;
    }

    /// <summary>Asks the demands what they seek, and the streets who may serve them.</summary>
    private async Task<(RoundBook Book, List<ImmutableArray<RingSearched>> Searches, HashSet<DemandId> Left)> Gather(ImmutableArray<DemandId> waiting)
    {
        var (book, searches, left) = (new RoundBook(), new List<ImmutableArray<RingSearched>>(), new HashSet<DemandId>());
        var found = new Dictionary<DemandId, (RoundSeeker Seeker, ImmutableArray<RingSearched> Searches, ImmutableArray<SuppliedOffer> Offers)>();
        await InChunks(waiting, async demand =>
        {
            var answer = await Reached(demand, async demanding => new Sought(await demanding.Seek()));
            if (answer is { Seeker: { } seeker })
            {
                var (rings, offers) = await Explore(seeker);
                found[demand] = (seeker, rings, offers);
            }
            else if (answer is not null)
            {
                left.Add(demand);
            }
        });
        foreach (var demand in waiting.Where(found.ContainsKey))
        {
            book.Enter(found[demand].Seeker, found[demand].Offers);
            searches.Add(found[demand].Searches);
        }

        return (book, searches, left);
    }

    private sealed record Sought(RoundSeeker? Seeker);

    private async Task<(ImmutableArray<RingSearched> Searches, ImmutableArray<SuppliedOffer> Offers)> Explore(RoundSeeker seeker)
    {
        var (searches, offers) = (ImmutableArray.CreateBuilder<RingSearched>(), ImmutableArray.CreateBuilder<SuppliedOffer>());
        var home = seeker.Query.Home.Street;
        ImmutableArray<StreetId> streets = [home];
        var seen = new HashSet<StreetId> { home };
        for (var ring = 0; ring <= seeker.Reach && !streets.IsEmpty; ring++)
        {
            var supplies = await Task.WhenAll(streets.Select(street => Street(street).Supply(seeker.Query with { Ring = ring })));
            searches.Add(new(Now, ring, [.. supplies.Select(supply => supply.Findings)]));
            offers.AddRange(supplies.SelectMany(supply => supply.Offers));
            streets = ring == 0 ? streets : [.. supplies.SelectMany(supply => supply.Findings.Neighbours).Distinct().Where(seen.Add)];
        }

        return (searches.DrainToImmutable(), offers.DrainToImmutable());
    }

    /// <summary>A demand that cannot be reached now does not hold up the others: it waits for the next round.</summary>
    private async Task<T?> Reached<T>(DemandId demand, Func<IDemandGrain, Task<T>> ask) where T : class
    {
        try
        {
            return await ask(GrainFactory.Demand(demand));
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.RoundPassedOver(_services.Log, Stream, demand.Text, cause);
            return null;
        }
    }

    private static async Task InChunks<T>(IEnumerable<T> items, Func<T, Task> each)
    {
        foreach (var chunk in items.Chunk(AtATime))
        {
            await Task.WhenAll(chunk.Select(each));
        }
    }

    private async Task<DispatchPolicy> Policy() => (await Street(Id).Get()).Value?.Policy ?? DispatchPolicy.Default;

    private IStreetGrain Street(StreetId street) => GrainFactory.Street(street);
}
