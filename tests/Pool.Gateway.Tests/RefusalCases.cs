using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pool.Actors;
using Pool.V1;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A call that is refused, with the headers that it is to send.</summary>
internal delegate Task RefusedCall(Metadata headers);

/// <summary>
/// For every reason one call that is refused for it. A case first brings the pool where the call is refused, and leaves it
/// quiet: whatever it owed is done, so that a journal that grows afterwards grew by the call.
/// </summary>
internal static class RefusalCases
{
    public static readonly IReadOnlyDictionary<RefusalReason, (string? Field, Func<TestPool, Task<RefusedCall>> Arrange)> All =
        new Dictionary<RefusalReason, (string?, Func<TestPool, Task<RefusedCall>>)>(DemandRefusalCases.All.Concat(LedgerRefusalCases.All))
        {
            [RefusalReason.MessageTooLarge] = (null, Posting(request => request.Demand.Description = new('x', 2 * 1024 * 1024))),
            [RefusalReason.RequestIdInvalid] = ("request_id", Posting(request => request.RequestId = "1")),
            [RefusalReason.RequestIdReused] = ("request_id", ReusedId),
            [RefusalReason.NameInvalid] = ("parent", Posting(request => request.Parent = "streets/x/communities/y")),
            [RefusalReason.FieldRequired] = ("demand.title", Posting(request => request.Demand.Title = "")),
            [RefusalReason.FieldInvalid] = ("community_id", pool => Call(headers => pool.Communities.CreateCommunityAsync(
                new() { Parent = Beigan, CommunityId = "12", Community = new() { DisplayName = "x" }, RequestId = NewId() }, headers))),
            [RefusalReason.TextTooLong] = ("demand.title", Posting(request => request.Demand.Title = new('长', 201))),
            [RefusalReason.ValueOutOfRange] = ("demand.seats", Posting(request => request.Demand.Seats = 1_001)),
            [RefusalReason.PageTokenInvalid] = ("page_token", pool => Call(headers => pool.Demands.ListDemandsAsync(
                new() { Parent = Home, PageToken = "Zm9yZ2Vk" }, headers))),
            [RefusalReason.FilterInvalid] = ("filter", pool => Call(headers => pool.Demands.ListDemandsAsync(
                new() { Parent = Home, Filter = "colour = blue" }, headers))),
            [RefusalReason.CursorInvalid] = ("cursor", pool => Task.FromResult<RefusedCall>(async headers =>
            {
                using var watch = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = long.MaxValue }, headers);
                await watch.ResponseStream.MoveNext(CancellationToken.None);
            })),
            [RefusalReason.DeadlineExceeded] = (null, pool => Task.FromResult<RefusedCall>(headers =>
                RawCall.Post(pool, new() { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() }, "1n", headers))),

            [RefusalReason.SkillNotFound] = ("demand.skill", Posting(request => request.Demand.Skill = "skills/alchemy")),
            [RefusalReason.StreetNotFound] = (null, pool => Call(headers => pool.Streets.GetStreetAsync(new() { Name = "streets/330109999" }, headers))),
            [RefusalReason.CommunityNotFound] = (null, Posting(request => request.Parent = $"{Beigan}/communities/330109002999")),
            [RefusalReason.CommunityNotInStreet] = ("parent", Posting(request => request.Parent = $"{Xintang}/communities/330109002051")),
            [RefusalReason.PartnerNotFound] = (null, pool => Call(headers => pool.Partners.SuspendPartnerAsync(
                new() { Name = $"{Home}/partners/nobody", Reason = "x", RequestId = NewId() }, headers))),
            [RefusalReason.OfferNotFound] = (null, pool => Call(headers => pool.Offers.WithdrawOfferAsync(
                new() { Name = $"{Home}/partners/nobody/offers/none", RequestId = NewId() }, headers))),
            [RefusalReason.DemandNotFound] = (null, pool => Call(headers => pool.Demands.GetDemandAsync(new() { Name = $"{Home}/demands/{NewId()}" }, headers))),
            [RefusalReason.ProposalNotFound] = (null, async pool =>
            {
                var life = await Life.Proposed(pool, "no-proposal");
                return headers => life.Accept(headers, number: 9);
            }
            ),
            [RefusalReason.AssignmentNotFound] = (null, async pool => (await Life.Proposed(pool, "no-assignment")).Start),
            [RefusalReason.AlreadyExists] = (null, pool => Call(headers => pool.Streets.CreateStreetAsync(
                new() { StreetId = Beigan[^9..], Street = new() { DisplayName = "x" }, RequestId = NewId() }, headers))),
            [RefusalReason.SeriesNotFound] = (null, pool => Call(headers => pool.Series.GetSeriesAsync(new() { Name = $"{Home}/series/{NewId()}" }, headers))),
            [RefusalReason.TreatyNotFound] = (null, pool => Call(headers => pool.Treaties.GetTreatyAsync(new() { Name = $"{Beigan}/treaties/{Xintang[^9..]}" }, headers))),
            [RefusalReason.LoanRequestNotFound] = ("request", async pool =>
            {
                var borrower = await Borrower.Of(pool, "330109901");
                return headers => borrower.Approve($"{borrower.Treaty}/loanRequests/9", headers);
            }
            ),

            [RefusalReason.NotTheProposedPartner] = ("partner", async pool =>
            {
                // The right partner, named under a community that is not its own.
                var life = await Life.Proposed(pool, "not-mine");
                return headers => life.Accept(headers, partner: life.Partner.Replace(Home, Other, StringComparison.Ordinal));
            }
            ),
            [RefusalReason.NotTheDemandsCommunity] = ("community", async pool =>
            {
                var life = await Life.Completed(pool, "wrong-side");
                return headers => life.Confirm(headers, community: Other);
            }
            ),
            [RefusalReason.EtagMismatch] = ("etag", async pool =>
            {
                var life = await Life.Proposed(pool, "stale");
                return headers => life.Accept(headers, etag: "1");
            }
            ),

            [RefusalReason.WindowEndsBeforeStart] = ("demand.window_end_time", Posting(request => Window(request, fromHours: 3, toHours: 2))),
            [RefusalReason.WindowInPast] = ("demand.window_end_time", Posting(request => Window(request, fromHours: -3, toHours: -1))),
            [RefusalReason.WindowTooShort] = ("demand.window_end_time", Posting(request =>
            {
                Window(request, fromHours: 1, toHours: 2);
                request.Demand.DurationMinutes = 61;
            })),
            [RefusalReason.WindowTooLong] = ("demand.window_end_time", Posting(request => Window(request, fromHours: 1, toHours: 93 * 24))),
            [RefusalReason.CertificateExpired] = ("certificate.expire_time", async pool =>
            {
                var partner = await pool.AddPartner(Home, "expired-certificate");
                return headers => pool.Partners.CertifyPartnerAsync(
                    new()
                    {
                        Name = partner,
                        Certificate = new() { Skill = "skills/legal-advice", Level = 3, Issuer = "district", ExpireTime = At(pool, hours: -24) },
                        RequestId = NewId(),
                    },
                    headers).ResponseAsync;
            }
            ),
            [RefusalReason.BroadcastAsksNobody] = ("demand.ask_at_once", Posting(request => request.Demand.DispatchMode = DispatchMode.Broadcast)),
            [RefusalReason.CalendarUnreadable] = ("ics", pool => Import(pool, "calendar-unreadable", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR")),
            [RefusalReason.CalendarTooLarge] = ("ics", pool => Import(pool, "calendar-too-large", new('x', (256 * 1024) + 1))),
            [RefusalReason.RuleUnreadable] = ("series.rule", pool => Call(headers => BeginSeries(pool, "now and then", headers))),
            [RefusalReason.RuleNeverOccurs] = ("series.rule", pool => Call(headers => BeginSeries(pool, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", headers))),
            [RefusalReason.NobodyTookPart] = ("demand.same_people_as", async pool =>
            {
                var earlier = await Life.Proposed(pool, "nobody-took-part");
                return headers => Post(pool, request => request.Demand.SamePeopleAs = earlier.Proposal().Split('/')[5], headers);
            }
            ),
            [RefusalReason.AwayTimesOverlap] = ("availability.away", async pool =>
            {
                var partner = await pool.AddPartner(Home, "away-twice");
                var away = new AwayTime { StartTime = At(pool, 1), EndTime = At(pool, 3) };
                var request = new SetAvailabilityRequest { Name = partner, Availability = new() { Away = { away, away } }, RequestId = NewId() };
                return headers => pool.Partners.SetAvailabilityAsync(request, headers).ResponseAsync;
            }
            ),
            [RefusalReason.CertificateMissing] = ("offer.level", async pool =>
            {
                var partner = await pool.AddPartner(Home, "no-certificate");
                return headers => pool.Offers.CreateOfferAsync(
                    new() { Parent = partner, Offer = new() { Skill = "skills/legal-advice", Level = 1, Hours = { WholeWeek() }, FeeMode = FeeMode.Volunteer }, RequestId = NewId() },
                    headers).ResponseAsync;
            }
            ),

            [RefusalReason.PartnerSuspended] = (null, async pool =>
            {
                var suspend = new SuspendPartnerRequest { Name = await pool.AddPartner(Home, "suspended"), Reason = "x", RequestId = NewId() };
                await pool.Partners.SuspendPartnerAsync(suspend);
                suspend.RequestId = NewId();
                return headers => pool.Partners.SuspendPartnerAsync(suspend, headers).ResponseAsync;
            }
            ),
            [RefusalReason.PartnerNotSuspended] = (null, async pool =>
            {
                var partner = await pool.AddPartner(Home, "active");
                return headers => pool.Partners.ReinstatePartnerAsync(new() { Name = partner, RequestId = NewId() }, headers).ResponseAsync;
            }
            ),
            [RefusalReason.PartnerErased] = (null, async pool =>
            {
                var partner = await Suspended(pool, "erased");
                await pool.Partners.ErasePartnerAsync(new() { Name = partner, Reason = "x", RequestId = NewId() });
                return headers => pool.Partners.ReinstatePartnerAsync(new() { Name = partner, RequestId = NewId() }, headers).ResponseAsync;
            }
            ),
            [RefusalReason.PartnerStillServes] = (null, async pool =>
            {
                var partner = (await Life.Started(pool, "still-serves")).Partner;
                await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "x", RequestId = NewId() });
                return headers => pool.Partners.ErasePartnerAsync(new() { Name = partner, Reason = "x", RequestId = NewId() }, headers).ResponseAsync;
            }
            ),
            [RefusalReason.OfferWithdrawn] = (null, async pool =>
            {
                var withdraw = new WithdrawOfferRequest { Name = $"{await pool.AddPartner(Home, "withdrawn")}/offers/offer-1", RequestId = NewId() };
                await pool.Offers.WithdrawOfferAsync(withdraw);
                withdraw.RequestId = NewId();
                return headers => pool.Offers.WithdrawOfferAsync(withdraw, headers).ResponseAsync;
            }
            ),
            [RefusalReason.TreatyWithItself] = ("borrower", pool => Call(headers => pool.Streets.SetTreatyAsync(
                new() { Name = Beigan, Borrower = Beigan, Open = true, RequestId = NewId() }, headers))),
            [RefusalReason.QuotaBelowLent] = ("terms.minutes_per_quarter", async pool =>
            {
                var borrower = await Borrower.Of(pool, "330109902");
                await borrower.Proposed("quota-below");
                return headers => borrower.Sign(new() { MinutesPerQuarter = 59 }, headers);
            }
            ),
            [RefusalReason.LoanRequestAnswered] = (null, async pool =>
            {
                var borrower = await Borrower.Of(pool, "330109903", new() { NeedsApproval = true });
                await pool.Until(await borrower.Post("answered-before"), now => now.RetryTime is not null);
                var request = await borrower.Asked();
                await borrower.Decline(request.Name, []);
                return headers => borrower.Approve(request.Name, headers);
            }
            ),
            [RefusalReason.SeriesEnded] = (null, async pool =>
            {
                var end = new EndSeriesRequest { Name = (await BeginSeries(pool, "FREQ=YEARLY", [])).Name, RequestId = NewId() };
                await pool.Series.EndSeriesAsync(end);
                end.RequestId = NewId();
                return headers => pool.Series.EndSeriesAsync(end, headers).ResponseAsync;
            }
            ),
            [RefusalReason.RoundUnderWay] = (null, async pool =>
            {
                // A round is over in no time; this one has begun once more, and nobody is there to end it.
                const string Stream = "round/330109004";
                await pool.Rounds.RunRoundAsync(new() { Name = $"{Xintang}/round", RequestId = NewId() });
                await pool.Recorded(Stream, "round.ended");
                await pool.Rewrite(
                    Stream, 2, """type = 'round.begun', payload = '{"at": "2026-11-23T00:00:00+00:00", "street": "330109004", "number": 2}'""");
                return headers => pool.Rounds.RunRoundAsync(new() { Name = $"{Xintang}/round", RequestId = NewId() }, headers).ResponseAsync;
            }
            ),

            [RefusalReason.OutcomeUnknown] = (null, pool =>
            {
                pool.BreakJournal();
                return Task.FromResult<RefusedCall>(headers => Post(pool, _ => { }, headers));
            }
            ),
            [RefusalReason.Overloaded] = (null, async pool =>
            {
                var watching = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = 0 });
                await watching.ResponseStream.MoveNext(CancellationToken.None);
                return async headers =>
                {
                    using var second = pool.Dispatch.WatchDispatches(new() { Parent = Beigan, Cursor = 0 }, headers);
                    await second.ResponseStream.MoveNext(CancellationToken.None);
                };
            }
            ),
            [RefusalReason.WatchTooSlow] = (null, async pool =>
            {
                await SlowWatch.Fill(pool);
                return async headers => await SlowWatch.Read(pool, headers, []);
            }
            ),
        };

    /// <summary>A partner of the community who was suspended.</summary>
    private static async Task<string> Suspended(TestPool pool, string id)
    {
        var partner = await pool.AddPartner(Home, id);
        await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "x", RequestId = NewId() });
        return partner;
    }

    private static async Task<RefusedCall> Import(TestPool pool, string partner, string ics)
    {
        var request = new ImportCalendarRequest { Name = await pool.AddPartner(Home, partner), Ics = ics, RequestId = NewId() };
        return headers => pool.Partners.ImportCalendarAsync(request, headers).ResponseAsync;
    }

    /// <summary>A series whose first demand is posted only in an hour's time.</summary>
    private static AsyncUnaryCall<V1.Series> BeginSeries(TestPool pool, string rule, Metadata headers) => pool.Series.CreateSeriesAsync(
        new() { Parent = Home, Series = new() { Each = pool.NewDemand(), Rule = rule, PostAheadMinutes = 1 }, RequestId = NewId() }, headers);

    private static Func<TestPool, Task<RefusedCall>> Posting(Action<PostDemandRequest> spoil) =>
        pool => Task.FromResult<RefusedCall>(headers => Post(pool, spoil, headers));

    private static Task<Demand> Post(TestPool pool, Action<PostDemandRequest> spoil, Metadata headers)
    {
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() };
        spoil(request);
        return pool.Demands.PostDemandAsync(request, headers).ResponseAsync;
    }

    public static Task<RefusedCall> Call<T>(Func<Metadata, AsyncUnaryCall<T>> call) => Task.FromResult<RefusedCall>(headers => call(headers).ResponseAsync);

    /// <summary>Another request under the id of an earlier one, for every kind of actor but the demand's own: they share the mechanism.</summary>
    private static async Task<RefusedCall> ReusedId(TestPool pool)
    {
        var id = NewId();
        var partner = await pool.AddPartner(Home, "id-reused");
        await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "x", RequestId = id });
        return headers => pool.Partners.ReinstatePartnerAsync(new() { Name = partner, RequestId = id }, headers).ResponseAsync;
    }

    private static void Window(PostDemandRequest request, int fromHours, int toHours)
    {
        var now = request.Demand.WindowStartTime.ToDateTimeOffset().AddHours(-1);
        request.Demand.WindowStartTime = Timestamp.FromDateTimeOffset(now.AddHours(fromHours));
        request.Demand.WindowEndTime = Timestamp.FromDateTimeOffset(now.AddHours(toHours));
    }

    private static Timestamp At(TestPool pool, int hours) => Timestamp.FromDateTimeOffset(pool.Clock.GetUtcNow().AddHours(hours));
}
