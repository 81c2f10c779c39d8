namespace Pool.Actors;

/// <summary>
/// Why a request was refused. The numbers are permanent and in order of precedence: of several reasons that hold, the
/// lowest is given (docs/refusals.md says what bounds that). <see cref="RefusalTable"/> has the kind and the words of each.
/// </summary>
public enum RefusalReason
{
    // 100: the request itself.
    MessageTooLarge = 100,
    RequestIdInvalid = 101,
    RequestIdReused = 102,
    NameInvalid = 103,
    FieldRequired = 104,
    FieldInvalid = 105,
    TextTooLong = 106,
    ValueOutOfRange = 107,
    PageTokenInvalid = 108,
    FilterInvalid = 109,
    CursorInvalid = 110,
    DeadlineExceeded = 111,
    AmountNegative = 112,
    AmountZero = 113,
    AmountTooLarge = 114,
    TransferToItself = 115,
    UnitNotAllowed = 116,
    BooksDoNotMix = 117,
    AccountNotAllowed = 118,

    // 200: what the request names is not there, or is there already.
    SkillNotFound = 200,
    StreetNotFound = 201,
    CommunityNotFound = 202,
    CommunityNotInStreet = 203,
    PartnerNotFound = 204,
    OfferNotFound = 205,
    DemandNotFound = 206,
    ProposalNotFound = 207,
    AssignmentNotFound = 208,
    AlreadyExists = 209,
    TreatyNotFound = 210,
    LoanRequestNotFound = 211,
    SeriesNotFound = 212,
    AccountNotFound = 213,
    EntryNotFound = 214,
    RatesNotFound = 215,
    ClearingNotFound = 216,

    // 300: who asks, and from which state.
    NotTheProposedPartner = 300,
    NotTheDemandsCommunity = 301,
    EtagMismatch = 302,

    // 400: time, qualification, and how a demand is dispatched.
    WindowEndsBeforeStart = 400,
    WindowInPast = 401,
    WindowTooShort = 402,
    WindowTooLong = 403,
    CertificateExpired = 404,
    CertificateMissing = 405,
    BroadcastAsksNobody = 406,
    AwayTimesOverlap = 407,
    CalendarUnreadable = 408,
    CalendarTooLarge = 409,
    RuleUnreadable = 410,
    RuleNeverOccurs = 411,
    NobodyTookPart = 412,

    // 500: the state of partners, offers and streets.
    PartnerSuspended = 500,
    PartnerNotSuspended = 501,
    OfferWithdrawn = 502,
    TreatyWithItself = 503,
    RoundUnderWay = 504,
    QuotaBelowLent = 505,
    LoanRequestAnswered = 506,
    SeriesEnded = 507,

    // 600: the state of a demand, its proposals and assignments.
    DemandCancelled = 600,
    DemandExpired = 601,
    ProposalAccepted = 602,
    ProposalDeclined = 603,
    ProposalExpired = 604,
    ProposalWithdrawn = 605,
    AssignmentReleased = 606,
    AssignmentNotBooked = 607,
    AssignmentNotStarted = 608,
    AssignmentStarted = 609,
    AssignmentNotCompleted = 610,
    AssignmentCompleted = 611,
    AssignmentConfirmed = 612,
    AssignmentDisputed = 613,
    AssignmentNotDisputed = 614,
    AssignmentNotSettled = 615,
    AssignmentSettled = 616,
    AssignmentRated = 617,
    DemandFilled = 618,
    DemandNotFilled = 619,
    DemandNotPublished = 620,
    AlreadyTakesPart = 621,
    SeatsTaken = 622,
    OfferDoesNotFit = 623,

    // 700: the state of a ledger.
    LedgerEmpty = 700,
    RatesRetired = 701,
    NotCovered = 702,
    AccountOverLimit = 703,
    GiftLimitReached = 704,
    GuaranteeExceeded = 705,
    CashShort = 706,
    PeerLimitReached = 707,
    NotOwed = 708,
    ClearingAgreed = 709,
    ClearingSettled = 710,
    ClearingRejected = 711,
    ClearingFailed = 712,

    // 800: what a receipt proves.
    ReceiptUnreadable = 800,
    ReceiptOfAnotherKey = 801,
    WitnessMissing = 802,
    SignatureWrong = 803,
    CheckpointTooOld = 804,
    ProofIncomplete = 805,
    ProofWrong = 806,

    // 900: the pool itself.
    OutcomeUnknown = 900,
    Overloaded = 901,
    WatchTooSlow = 902,
}
