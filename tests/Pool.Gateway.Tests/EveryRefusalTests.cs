using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Xunit;

namespace Pool.Gateway.Tests;

/// <summary>Every reason of the table reaches a client: its status, its field, its words in both languages, nothing written.</summary>
[Collection(SlowWatch.OneAtATime)]
public sealed class EveryRefusalTests(TestPool shared) : IClassFixture<TestPool>
{
    /// <summary>Their cases move the clock, break a file or fill the door, so each has a pool of its own.</summary>
    private static readonly RefusalReason[] Disturbing =
    [
        RefusalReason.DemandExpired, RefusalReason.ProposalExpired, RefusalReason.AssignmentNotBooked, RefusalReason.AssignmentConfirmed, RefusalReason.OutcomeUnknown,
        RefusalReason.Overloaded, RefusalReason.WatchTooSlow,
    ];

    public static TheoryData<RefusalReason> Reasons() => [.. RefusalTable.All];

    [Theory, MemberData(nameof(Reasons))]
    public async Task A_client_is_told(RefusalReason reason)
    {
        if (!Disturbing.Contains(reason))
        {
            await Check(shared, reason);
            return;
        }

        var own = reason switch
        {
            RefusalReason.Overloaded => new TestPool { AtATime = 1 },
            RefusalReason.WatchTooSlow => new TestPool { WatchPatience = TimeSpan.FromMilliseconds(500) },
            _ => new TestPool(),
        };
        await own.InitializeAsync();
        try
        {
            await Check(own, reason);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    private static async Task Check(TestPool pool, RefusalReason reason)
    {
        var (field, arrange) = RefusalCases.All[reason];
        var call = await arrange(pool);
        var status = (StatusCode)(int)RefusalStatus.CodeOf(RefusalTable.Row(reason).Kind);

        await pool.Refuses(status, RefusalTable.Code(reason), field, headers => call(headers));
    }
}
