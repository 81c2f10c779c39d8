using Grpc.Core;
using Microsoft.Extensions.Options;
using Pool.Actors;
using Pool.Gateway.Availability;
using Pool.Gateway.Errors;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.V1;
using Pool.Views;

namespace Pool.Gateway.Requests;

/// <summary>Server streams of what happens, from a cursor on.</summary>
internal sealed class Watches(IGrainFactory grains, IOptions<PoolOptions> options, Drain drain)
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(1);

    /// <summary>Tells until the client leaves or the door closes; a client that does not read is cut off.</summary>
    /// <param name="from">Behind which position; below 0 with what comes next.</param>
    public async Task Tell(WatchSubject subject, long from, IServerStreamWriter<DispatchEvent> client, ServerCallContext context)
    {
        var feed = grains.Views();
        var head = await feed.Head();
        if (from > head)
        {
            throw new RefusedException(RefusalReason.CursorInvalid, "cursor");
        }

        // A watch ends with its client or with the door; the client goes on from its cursor at the next one.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Over);
        try
        {
            await Tell(feed, subject, from < 0 ? head : from, client, ending.Token);
        }
        catch (OperationCanceledException) when (drain.Over.IsCancellationRequested)
        {
            // The stream ends here.
        }
    }

    private async Task Tell(IViewGrain feed, WatchSubject subject, long cursor, IServerStreamWriter<DispatchEvent> client, CancellationToken ending)
    {
        // The first checkpoint tells at once that the watch stands, and from where.
        await Write(client, new DispatchEvent { Cursor = cursor });
        var told = TimeProvider.System.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            var quiet = TimeProvider.System.GetElapsedTime(told);
            var batch = await feed.NextDispatches(subject, cursor, Patience(quiet)).WaitAsync(ending);
            cursor = batch.UpTo;
            foreach (var news in batch.News)
            {
                await Write(client, Event(news));
            }

            if (batch.News.IsEmpty && quiet >= options.Value.WatchCheckpoint)
            {
                await Write(client, new DispatchEvent { Cursor = cursor });
            }

            if (!batch.News.IsEmpty || quiet >= options.Value.WatchCheckpoint)
            {
                told = TimeProvider.System.GetTimestamp();
            }
        }
    }

    /// <summary>No write takes a token: one that is cancelled would reset the stream, where a watch is to end in order.</summary>
    private async Task Write(IServerStreamWriter<DispatchEvent> client, DispatchEvent news)
    {
        try
        {
            await client.WriteAsync(news, CancellationToken.None).WaitAsync(options.Value.WatchPatience);
        }
        catch (TimeoutException)
        {
            PoolTelemetry.WatchesCutOff.Add(1);
            throw new RefusedException(Refusal.Of(RefusalReason.WatchTooSlow));
        }
    }

    /// <summary>How long the next question may wait for news: never so long that a lost silo would be noticed late.</summary>
    private TimeSpan Patience(TimeSpan quiet)
    {
        var left = options.Value.WatchCheckpoint - quiet;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestQuestion ? left : LongestQuestion;
    }

    private static DispatchEvent Event(DispatchNews news) => new()
    {
        Cursor = news.Position,
        Event = news.Event,
        Time = Instants.Write(news.At),
        Demand = DemandResource.Write(news.Demand, news.Version),
        Proposal = news.Proposal,
    };
}
