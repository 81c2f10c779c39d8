using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A door that is full refuses at once, and lets in again when there is room.</summary>
public sealed class AdmissionTests : IAsyncLifetime
{
    private const int AtATime = 4;

    private readonly TestPool _pool = new() { AtATime = AtATime };

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task One_call_too_many_is_refused_with_when_to_come_again_and_the_others_are_served()
    {
        List<Task<Demand>> posts;
        using (_pool.HoldJournal())
        {
            posts = [.. Enumerable.Range(0, AtATime + 1).Select(_ => _pool.Post())];
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await await Task.WhenAny(posts));
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
            var status = refused.GetRpcStatus()!;
            Assert.Equal("OVERLOADED", status.GetDetail<ErrorInfo>()!.Reason);
            Assert.True(status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan() > TimeSpan.Zero);

            // Whoever asks whether the door lives is let in all the same.
            var health = await new Health.HealthClient(_pool.Channel).CheckAsync(new HealthCheckRequest());
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        }

        var outcomes = await Task.WhenAll(posts.Select(async post => await Record.ExceptionAsync(() => post)));
        Assert.Equal(AtATime, outcomes.Count(outcome => outcome is null));
        Assert.NotNull(await _pool.Post());
    }

    [Fact]
    public async Task Work_that_goes_on_without_its_client_keeps_its_place()
    {
        using (_pool.HoldJournal())
        {
            await Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => Refused(StatusCode.DeadlineExceeded, DateTime.UtcNow.AddSeconds(2))));

            await Refused(StatusCode.ResourceExhausted, deadline: null);
        }

        async Task Refused(StatusCode status, DateTime? deadline) => Assert.Equal(
            status, (await Assert.ThrowsAsync<RpcException>(async () => await _pool.Demands.PostDemandAsync(
                new() { Parent = Home, Demand = _pool.NewDemand(), RequestId = NewId() }, deadline: deadline))).StatusCode);
    }

    [Fact]
    public async Task A_watch_that_ends_gives_its_place_back()
    {
        for (var i = 0; i < 2 * AtATime; i++)
        {
            using var watch = _pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = 0 });
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        }
    }
}
