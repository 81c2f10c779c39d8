namespace Pool.Matching;

/// <summary>Why a candidate was, or was not, chosen. The numbers are permanent; of several that hold, the lowest from 10 on is given.</summary>
public enum CandidateReason
{
    /// <summary>The seat was proposed to this partner.</summary>
    Proposed = 1,

    /// <summary>Fit, and behind others in the ranking.</summary>
    Ranked = 2,

    /// <summary>The partner is suspended.</summary>
    Suspended = 10,

    /// <summary>The lending street has no open treaty with the demand's street.</summary>
    NoTreaty = 11,

    /// <summary>The offer does not reach this ring.</summary>
    OutOfReach = 12,

    /// <summary>The offer's level is below the demand's.</summary>
    LevelTooLow = 13,

    /// <summary>No certificate of the level is valid when the service would end.</summary>
    CertificateNotValid = 14,

    /// <summary>The demand does not accept the offer's fee mode.</summary>
    FeeModeNotAccepted = 15,

    /// <summary>The weekly hours leave no slot in the window.</summary>
    NotAvailable = 16,

    /// <summary>Every slot comes sooner than the offer's notice allows.</summary>
    NoticeTooShort = 17,

    /// <summary>The partner was asked for this demand before.</summary>
    AskedBefore = 18,

    /// <summary>A newcomer serves its own community first, or comes along with somebody experienced.</summary>
    OnTrial = 19,

    /// <summary>The partner's calendar has no room.</summary>
    Busy = 20,

    /// <summary>The offer was withdrawn meanwhile.</summary>
    Withdrawn = 21,

    /// <summary>The hold ended before it came to a proposal.</summary>
    HoldEnded = 22,

    /// <summary>Too little rest, or time to travel, would lie between two services.</summary>
    NoRest = 23,

    /// <summary>The minutes that the partner gives a week are reserved.</summary>
    WeekFull = 24,

    /// <summary>The treaty does not lend this skill.</summary>
    SkillNotLent = 25,

    /// <summary>The minutes that the treaty lends in a quarter are used.</summary>
    QuotaUsed = 26,

    /// <summary>The borrowing street owes as much as the treaty trusts it with.</summary>
    TrustUsed = 27,

    /// <summary>The street keeps these hours back for home.</summary>
    HomeHours = 28,

    /// <summary>Every slot lies on a public holiday of the street.</summary>
    Holiday = 29,

    /// <summary>The clerk of the lending street has not answered yet.</summary>
    AwaitsApproval = 30,

    /// <summary>The clerk of the lending street has declined the loan.</summary>
    LoanDeclined = 31,

    /// <summary>The demand wants the same people as an earlier one.</summary>
    OtherPeople = 32,

    /// <summary>The account that pays, or the community's fund, cannot pay the service.</summary>
    NoCover = 33,

    /// <summary>The partner's account would hold more credits than its street allows.</summary>
    AccountFull = 34,

    /// <summary>The demand's street would owe the partner's more than that one allows.</summary>
    StreetOwesTooMuch = 35,

    /// <summary>It would be paid by itself.</summary>
    PaysItself = 36,
}

/// <summary>What would add candidates where there are too few.</summary>
public enum CureKind
{
    /// <summary>Open a treaty with the street.</summary>
    OpenTreaty = 1,

    /// <summary>Ask for a lower level.</summary>
    LowerLevel = 2,

    /// <summary>Waive the certificate.</summary>
    WaiveCertificate = 3,

    /// <summary>Accept another fee mode.</summary>
    AcceptFeeMode = 4,

    /// <summary>Let the window last until an instant.</summary>
    WidenWindow = 5,

    /// <summary>Have the street lend more: the skill, minutes, or home hours.</summary>
    ExtendTreaty = 6,

    /// <summary>Have the clerk of the lending street approve the loan.</summary>
    ApproveLoan = 7,

    /// <summary>Do not insist on the same people.</summary>
    AskOthers = 8,
}
