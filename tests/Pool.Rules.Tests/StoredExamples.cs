using Pool.Actors;
using Pool.Communities;
using Pool.Demands;
using Pool.JointTransfers;
using Pool.Ledgers;
using Pool.Matching;
using Pool.Offers;
using Pool.Partners;
using Pool.Rounds;
using Pool.Series;
using Pool.Skills;
using Pool.Streets;
using Pool.Treaties;
using Pool.Values;
using Pool.Witnesses;

namespace Pool.Rules.Tests;

/// <summary>One example of every event, with every optional part present.</summary>
internal static class StoredExamples
{
    private static readonly DateTimeOffset At = Some.Now.AddSeconds(12.345);

    private static readonly OfferId Offer = new(Some.Partner, "advice");

    private static readonly OfferTerms Terms = new(
        Offer, Some.Skill, 3, default(WeeklyHours).With(DayOfWeek.Monday, 18, 24).With(DayOfWeek.Sunday, 0, 48), Clock.DefaultZone, 2,
        FeeMode.TimeCredit, 2, new Minutes(120))
    {
        ServesOnHolidays = true,
    };

    private static readonly Certificate Certificate = new(Some.Skill, 3, At.AddYears(1), "杭州市律师协会");

    private static readonly DispatchPolicy Policy = new(new(15), new(30), new(20)) { RoundEvery = new(90), RoundStreet = Some.OtherStreet };

    private static readonly Candidate Candidate = new(Offer, Some.Home, 1, 3, FeeMode.TimeCredit, 281_474_976_776_392);

    private static readonly RefusedOffers Refused = new(CandidateReason.Busy, [new(Some.Stranger, "repair")]);

    private static readonly HoldId Hold = new(Some.Demand, 2);

    private static readonly SeriesId Series = SeriesId.Parse("6f1c0a5e-0b52-4a6e-9a3d-0c8f5a3e7d11");

    private static readonly Pseudonym Pseudonym = Pseudonym.Parse("abcdefghijklmnop");

    private static readonly TransferId Transfer = new(Some.Demand, 2);

    private static readonly PublishedCheckpoint Published = new(
        1, "pool.v1/streets/330109002/ledger\n1\nbm90IGEgcm9vdCwgYnV0IG9mIGl0cyBsZW5ndGghISE=\n\n— pool.v1/streets/330109002/ledger c2lnbmVk\n");

    private static readonly TransferHold Held = new(
        AccountId.OfFund(Some.Home), AccountId.OfPartner(Pseudonym), AccountId.OfFund(Some.Abroad),
        new(Some.Home, Some.Skill, 2, new(90), new(Unit.TimeCredit, Some.Street, 3, 400, Fen.Zero, 0)));

    private static readonly RateVersion Rates = new(3, At.AddDays(7), "北干办〔2026〕17号", [new(Some.Skill, 2, 400, new(4_500))], new(3_000), 10);

    private static readonly ServiceCorrection Correction = new(Hold, 1, 20264, new(134), new(120));

    private static readonly TransferId Order = TransferId.OfOrder(Some.Demand.Value);

    private static readonly TransferOrder Given = new(EntryKind.GiftToRelative, AccountId.OfPartner(Pseudonym), AccountId.OfMirror(Some.OtherStreet), Unit.TimeCredit, 60);

    private static readonly NetPosition Net = new(Some.OtherStreet, Unit.TimeCredit, 300, 120, 60, 3);

    private static readonly LoanId Loan = new(Hold, Some.Partner);

    public static IReadOnlyList<IEvent> All { get; } =
    [
        new DemandPosted(
            At, Some.Demand, Some.Home,
            new("咨询遗嘱", "Two heirs, one flat.", Some.Skill, 2, 3, Some.Window, new(90), [FeeMode.Volunteer, FeeMode.LowFee], 2, true) { Urgency = Urgency.Urgent, Mode = DispatchMode.Broadcast, AskAtOnce = 5, AllOrNone = true, SameAs = Some.Demand, Payer = AccountId.OfResident(Pseudonym) }, true)
        {
            People = [Some.Partner],
        },
        new DemandChanged(At, Some.Terms(3) with { Urgency = Urgency.Emergency }, false),
        new RingSearched(At, 1,
        [
            new(Some.Street, [Candidate], 4, [Refused],
                [
                    new(CureKind.OpenTreaty, 5, Street: Some.OtherStreet), new(CureKind.LowerLevel, 4, Level: 1), new(CureKind.WaiveCertificate, 3),
                    new(CureKind.AcceptFeeMode, 2, FeeMode: FeeMode.LowFee), new(CureKind.WidenWindow, 1, Until: At.AddDays(2)),
                ],
                [Some.OtherStreet], Policy),
        ]),
        new CandidatesRefused(At, [Refused]),
        new ProposalMade(At, 2, Candidate, TimeWindow.From(Some.Window.Start, Some.Hour), At.AddMinutes(15), [Refused], 3, CameForward: true, Replaces: 1, Round: 7),
        new ProposalAccepted(At, 2, [1, 4]),
        new Demands.ProposalWithdrawn(At, 3, WithdrawReason.PartnerSuspended),
        new WaitingListJoined(At, Candidate),
        new ProposalDeclined(At, 2, DeclineReason.TooFar, "太远"),
        new ProposalExpired(At, 2),
        new AssignmentBooked(At, 2),
        new AssignmentStarted(At, 2),
        new AssignmentCompleted(At, 2, new(75)),
        new AssignmentConfirmed(At, 2, new(60), new(67)),
        new AssignmentDisputed(At, 2, new(20), "Left early."),
        new DisputeResolved(At, 2, new(40), "Both were heard."),
        new AssignmentSettled(At, 2) { Entries = [new(Some.Street, 17), new(Some.OtherStreet, 4)] },
        new AssignmentCorrected(At, 2, new(60), "多记了七分钟"),
        new CorrectionSettled(At, 2, [new(Some.Street, 19), new(Some.OtherStreet, 6)]),
        new AssignmentRated(At, 2, 5, "耐心"),
        new RatingRecorded(At, 2),
        new AssignmentReleased(At, 2, ReleaseReason.PartnerNoShow, "Nobody came."),
        new HoldReturned(At, 2),
        new DemandQueued(At, At.AddMinutes(15)),
        new SearchResumed(At),
        new RoundJoined(At, Some.Street, At.AddMinutes(40), At.AddMinutes(55)),
        new Demands.DemandExpired(At),
        new Demands.DemandCancelled(At, "No longer needed."),

        new PartnerRegistered(At, Some.Partner, Some.Home, new("李律师", PartnerKind.Team, Circle.Service, PartnerMode.PublicBenefit, 2)),
        new PartnerChanged(At, new("李律师", PartnerKind.Organisation, Circle.Living, PartnerMode.CoBuilding, 5)),
        new PartnerCertified(At, Certificate),
        new CalendarImported(At, [Some.Window, new(At.AddDays(7), At.AddDays(8))]),
        new AvailabilitySet(At, new([Some.Window, new(At.AddDays(7), At.AddDays(8))], new(600), new(30), new(20))),
        new Partners.PartnerSuspended(At, "Complaints"),
        new PartnerReinstated(At),
        new PartnerErased(At, "本人申请"),
        new Partners.IdentityErased(At),
        new HoldRevoked(At, Hold),
        new PartnerPublished(At, 7),
        new HoldPlaced(At, Hold, Offer, TimeWindow.From(Some.Window.Start, Some.Hour), At.AddMinutes(17), 3, 2),
        new HoldConfirmed(At, Hold, 2),
        new HoldDropped(At, Hold),
        new HoldReleased(At, Hold),
        new HoldLapsed(At, Hold),
        new ServiceRecorded(At, Hold, Some.Skill, FeeMode.LowFee, new(67), 2),
        new ServiceCorrected(At, Correction),
        new NoShowRecorded(At, Hold),
        new PartnerRated(At, Hold, 5),

        new OfferMade(At, Terms, Some.Home),
        new OfferChanged(At, Terms with { Level = 4 }),
        new Offers.OfferWithdrawn(At),
        new OfferListed(At, 3),

        new StreetOpened(At, Some.Street, "北干街道", [Some.OtherStreet], Policy) { Holidays = [new(2026, 10, 1), new(2026, 10, 2)] },
        new DemandJoined(At, Some.Street, Some.Demand, At.AddMinutes(40)),
        new RoundBegun(At, Some.Street, 7),
        new RoundEnded(At, [Some.Demand], new(3, 5, 4, 3, 16_777_216, 16_777_000, 1, 2), At.AddHours(1)),

        new StreetChanged(At, "北干街道", [Some.OtherStreet], Policy) { Holidays = [new(2027, 1, 1)] },
        new TreatySet(At, Some.OtherStreet, true, SomeStreet.Treaty),
        new TreatyRecalled(At, Some.OtherStreet, "我街道人手不足"),
        new LoanAsked(At, new(3, At, Some.Abroad, Some.Demand, Offer, Some.Skill, 2, new(60), At.AddHours(5))),
        new LoanAnswered(At, 3, false, "本周全部留用"),
        new LoanAuthorised(At, Loan, Some.OtherStreet, Some.Skill, new(60), 2, At.AddMinutes(17)),
        new LoanBooked(At, Loan, 1),
        new LoanReturned(At, Loan),
        new LoanDropped(At, Loan),
        new LoanLapsed(At, Loan),
        new LoanServed(At, Loan, new(75)),
        new LoanCorrected(At, Loan, Some.OtherStreet, Correction),
        new LoanRecalled(At, Loan),
        new PartnerIndexed(At, new(Some.Partner, 7, Some.Home, true, [Certificate], 20264, new(125), 450)),
        new OfferIndexed(At, Terms, 3),
        new OfferUnlisted(At, Offer, 4),

        new SeriesBegun(At, Series, Some.Home, new(Some.Terms(), "FREQ=WEEKLY;BYDAY=MO", new(10_080), true), At.AddHours(3)),
        new OccurrencePosted(At, 1, Some.Demand, At.AddDays(7)),
        new OccurrenceRefused(At, 2, RefusalReason.WindowInPast, At.AddDays(14)),
        new SeriesEnded(At, "不再需要"),

        new CommunityOpened(At, Some.Home, "银河社区"),
        new CommunityRenamed(At, "银河新村社区"),

        new LedgerOpened(At, Some.Street, "pool.v1/streets/330109002/ledger+5d1b0b5e+AXNtbq"),
        new LedgerPolicySet(At, new(new(90_000), new(60_000), new(1_000_000), new(30_000), new(500_000)) { WarnPercent = 90, ExpireAfterQuarters = 4 }),
        new RatesSet(At, Rates),
        new TransferHeld(At, Transfer, Held),
        new TransferReleased(At, new(Some.Demand, 3)),
        new HolderErased(At, Pseudonym),
        new Ledgers.IdentityErased(At, Pseudonym),
        new OrderHeld(At, Order, Given),
        new DayNetted(At, new(2026, 11, 23), [Net]),
        new EntryPosted(At, 17, new(EntryKind.Settlement, Transfer, [new(AccountId.OfFund(Some.Home), Unit.TimeCredit, -360), new(AccountId.OfPartner(Pseudonym), Unit.TimeCredit, 360)])
        {
            Service = Held.Service with { Minutes = new(97) },
        }),
        new ServiceEntryRecorded(At, 18, new(EntryKind.Settlement, Transfer, Pseudonym, Some.Home, Some.Skill, 2, new(67))),
        new PeriodOpened(At, 20271, Some.Street, "pool.v1/streets/330109002/ledger+5d1b0b5e+AXNtbq", LedgerPolicy.Default, new([Rates]))
        {
            Balances = [new(AccountId.OfFund(Some.Home), Unit.TimeCredit, -360), new(AccountId.OfMirror(Some.OtherStreet), Unit.Cny, 4_500)],
            Holds = [new(Transfer, Held)],
            Given = [new(Pseudonym, new(67))],
            Received = [new(Some.Home, new(67))],
            Log = Proofs.MerkleFrontier.Empty.Append(Proofs.MerkleHash.OfLeaf([1])),
            Published = Published,
            UnpublishedSince = At,
            Orders = [new(Order, Given)],
            Erasing = [new(Pseudonym, At)],
            Netting = new(new(2026, 11, 23), [Net]),
            Forgotten = [Pseudonym],
            Credits = [new(AccountId.OfPartner(Pseudonym), [0, 67])],
        },
        new CreditsExpired(At, 20271),
        new CheckpointPublished(At, Published),
        new TransferProposed(At, Order, Some.Street, [new(Some.Street, Given), new(Some.OtherStreet, Given with { From = AccountId.OfMirror(Some.Street), To = AccountId.OfPartner(Pseudonym) })], [Some.OtherStreet], "银行转账 7731"),
        new TransferAgreed(At, Some.OtherStreet),
        new TransferRejected(At, Some.OtherStreet, "金额不符"),
        new LegsHeld(At),
        new TransferFailed(At, Some.OtherStreet, Refusal.At("transfer.amount", RefusalReason.NotOwed, "300")),
        new LegsReleased(At),
        new TransferSettled(At, [new(Some.Street, 17), new(Some.OtherStreet, 4)]),
        new LogSeen(At, Some.OtherStreet, Some.Street, new("pool.v1/streets/330109002/ledger+5d1b0b5e+AXNtbq", 17, Proofs.MerkleHash.OfLeaf([1]))),

        new SkillAdded(At, new(Some.Skill, "法律咨询", "Legal advice", "law", 400, true)),
    ];
}
