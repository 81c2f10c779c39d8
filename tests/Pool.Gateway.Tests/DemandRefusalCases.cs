using Grpc.Core;
using Pool.Actors;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>The cases of <see cref="RefusalCases"/> that rest on the state of a demand, of its proposals and assignments.</summary>
internal static class DemandRefusalCases
{
    public static IReadOnlyDictionary<RefusalReason, (string? Field, Func<TestPool, Task<RefusedCall>> Arrange)> All { get; } =
        new Dictionary<RefusalReason, (string?, Func<TestPool, Task<RefusedCall>>)>
        {
            [RefusalReason.DemandCancelled] = (null, async pool =>
            {
                var life = await Life.Withdrawn(pool, "cancelled");
                return headers => life.Cancel(headers);
            }
            ),
            [RefusalReason.DemandExpired] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "window-closed");
                pool.Clock.Advance(TimeSpan.FromHours(10));
                await life.Until(demand => demand.State == DemandState.Expired);
                await life.Returned();
                return headers => life.Cancel(headers);
            }
            ),
            [RefusalReason.ProposalAccepted] = (null, async pool => (await Life.Accepted(pool, "accepted")).AcceptAgain),
            [RefusalReason.ProposalDeclined] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "declined");
                await pool.Dispatch.DeclineProposalAsync(new() { Name = life.Proposal(), Partner = life.Partner, Reason = V1.DeclineReason.NoTime, RequestId = NewId() });
                await life.Until(demand => demand.RetryTime is not null);
                return life.AcceptAgain;
            }
            ),
            [RefusalReason.ProposalExpired] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "too-late");
                pool.Clock.Advance(TimeSpan.FromMinutes(16));
                await life.Until(demand => demand.RetryTime is not null);
                return life.AcceptAgain;
            }
            ),
            [RefusalReason.ProposalWithdrawn] = (null, async pool => (await Life.Withdrawn(pool, "no-longer")).AcceptAgain),
            [RefusalReason.AssignmentReleased] = (null, async pool =>
            {
                var life = await Life.Accepted(pool, "released");
                await pool.Dispatch.CancelAssignmentAsync(new() { Name = life.Assignment, Partner = life.Partner, RequestId = NewId() });
                await life.Until(demand => demand.RetryTime is not null);
                return life.Start;
            }
            ),
            [RefusalReason.AssignmentNotBooked] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "not-booked");
                await pool.BreakStream(life.PartnerStream);
                // It is accepted; the client is not told so before the booking is there.
                Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => life.Accept([]))).StatusCode);
                return life.Start;
            }
            ),
            [RefusalReason.AssignmentNotStarted] = (null, async pool => (await Life.Accepted(pool, "not-started")).Complete),
            [RefusalReason.AssignmentStarted] = (null, async pool => (await Life.Started(pool, "started")).Start),
            [RefusalReason.AssignmentNotCompleted] = (null, async pool =>
            {
                var life = await Life.Started(pool, "not-completed");
                return headers => life.Confirm(headers);
            }
            ),
            [RefusalReason.AssignmentCompleted] = (null, async pool => (await Life.Completed(pool, "completed")).Complete),
            [RefusalReason.AssignmentConfirmed] = (null, async pool =>
            {
                var life = await Life.Completed(pool, "not-settled-yet");
                await pool.BreakStream(life.PartnerStream);
                await life.Confirm([]);
                return life.Complete;
            }
            ),
            [RefusalReason.AssignmentDisputed] = (null, async pool =>
            {
                var life = await Life.Completed(pool, "disputed");
                await pool.Dispatch.DisputeAssignmentAsync(new() { Name = life.Assignment, Community = Home, Note = "x", RequestId = NewId() });
                return headers => life.Confirm(headers);
            }
            ),
            [RefusalReason.AssignmentNotDisputed] = (null, async pool =>
            {
                var life = await Life.Completed(pool, "no-dispute");
                return headers => pool.Dispatch.ResolveDisputeAsync(new() { Name = life.Assignment, Minutes = 60, Note = "x", RequestId = NewId() }, headers).ResponseAsync;
            }
            ),
            [RefusalReason.AssignmentNotSettled] = (null, async pool => (await Life.Completed(pool, "rated-early")).Rate),
            [RefusalReason.AssignmentSettled] = (null, async pool =>
            {
                var life = await Life.Settled(pool, "settled");
                return headers => life.Confirm(headers);
            }
            ),
            [RefusalReason.AssignmentRated] = (null, async pool =>
            {
                var life = await Life.Settled(pool, "rated");
                await life.Rate([]);
                await life.Rated();
                return life.Rate;
            }
            ),

            [RefusalReason.DemandFilled] = (null, async pool => (await Life.Accepted(pool, "widened-late")).Widen),
            [RefusalReason.DemandNotFilled] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "begun-alone", demand => (demand.Seats, demand.AllOrNone) = (2, true));
                await life.Accept([]);
                return life.Start;
            }
            ),
            [RefusalReason.DemandNotPublished] = (null, async pool => (await Life.Proposed(pool, "claimed-unasked")).Claim),
            [RefusalReason.SeatsTaken] = (null, async pool =>
            {
                var life = await Life.Published(pool, "claimed-late");
                await life.Claim([]);
                var late = await pool.AddPartner(Home, "partner-too-late", "skills/claimed-late");
                return headers => life.Claim(headers, late);
            }
            ),
            [RefusalReason.AlreadyTakesPart] = (null, async pool =>
            {
                var life = await Life.Published(pool, "claimed-twice");
                await life.Claim([]);
                return life.Claim;
            }
            ),
            [RefusalReason.OfferDoesNotFit] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "handed-over", demand => demand.MinLevel = 2);
                await life.Accept([]);
                var other = await pool.AddPartner(Home, "partner-unqualified", "skills/handed-over", level: 1);
                return headers => life.Swap(headers, other);
            }
            ),
        };
}
