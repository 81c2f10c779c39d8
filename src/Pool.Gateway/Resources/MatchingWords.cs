using System.Globalization;
using Pool.Gateway.Errors;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Gateway.Resources;

/// <summary>Reasons and cures in the words of a clerk.</summary>
public static class MatchingWords
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById(Clock.DefaultZone);

    public static string Of(CandidateReason reason, Language language)
    {
        var (chinese, english) = reason switch
        {
            CandidateReason.Proposed => ("已派单邀约", "was proposed the seat"),
            CandidateReason.Ranked => ("符合条件，排序靠后", "fits, ranked behind others"),
            CandidateReason.Suspended => ("合伙人已被暂停", "the partner is suspended"),
            CandidateReason.NoTreaty => ("两街道间没有生效的共建协议", "no open treaty between the streets"),
            CandidateReason.OutOfReach => ("服务范围不到该圈层", "the offer does not reach this ring"),
            CandidateReason.LevelTooLow => ("技能等级不足", "the level is too low"),
            CandidateReason.CertificateNotValid => ("服务时没有有效证书", "no valid certificate at the time of service"),
            CandidateReason.FeeModeNotAccepted => ("服务方式不被接受", "the fee mode is not accepted"),
            CandidateReason.NotAvailable => ("时间窗内没有空档", "not available within the window"),
            CandidateReason.NoticeTooShort => ("提前通知时间不足", "needs more notice"),
            CandidateReason.AskedBefore => ("此前已就该需求询问过", "was asked for this demand before"),
            CandidateReason.OnTrial => ("新合伙人试用期内，先在本社区服务或由有经验者带领", "a newcomer serves its own community first, or comes along with somebody experienced"),
            CandidateReason.Busy => ("日程已满", "the calendar is full"),
            CandidateReason.Withdrawn => ("技能供给已撤回", "the offer was withdrawn"),
            CandidateReason.NoRest => ("两次服务之间的休息或路程时间不足", "too little time to rest or travel between two services"),
            CandidateReason.WeekFull => ("本周服务时长已满", "the minutes given for the week are reserved"),
            CandidateReason.HoldEnded => ("预占已结束", "the hold had ended"),
            CandidateReason.SkillNotLent => ("共建协议不借出该技能", "the treaty does not lend this skill"),
            CandidateReason.QuotaUsed => ("共建协议的本季度时长已用完", "the treaty's minutes of this quarter are used"),
            CandidateReason.TrustUsed => ("已达到共建协议的信任额度", "the borrowing street owes as much as it is trusted with"),
            CandidateReason.HomeHours => ("该时段留给本街道使用", "the street keeps these hours back for home"),
            CandidateReason.Holiday => ("可用时间均为公共假日", "there is only time on public holidays"),
            CandidateReason.AwaitsApproval => ("等待借出街道批准", "waits for the approval of the lending street"),
            CandidateReason.LoanDeclined => ("借出街道未批准", "the lending street has declined the loan"),
            CandidateReason.NoCover => ("付款账户余额不足以支付该服务", "the account that pays cannot pay the service"),
            CandidateReason.AccountFull => ("合伙人的时间积分已达上限", "the partner's account would hold too many credits"),
            CandidateReason.StreetOwesTooMuch => ("需求所在街道欠款已达上限", "the demand's street would owe the partner's too much"),
            CandidateReason.PaysItself => ("付款账户为该合伙人本人", "the account that pays is the partner's own"),
            CandidateReason.OtherPeople => ("该需求要求由原班人员服务", "the demand wants the same people as before"),
        };
        return language == Language.Chinese ? chinese : english;
    }

    /// <summary>For example "Waive the certificate: 2 more".</summary>
    public static string Of(Cure cure, Language language)
    {
        var (chinese, english) = cure.Kind switch
        {
            CureKind.OpenTreaty => ($"与街道 {cure.Street} 签订共建协议", $"Open a treaty with street {cure.Street}"),
            CureKind.LowerLevel => ($"将等级降到 {cure.Level}", $"Lower the level to {cure.Level}"),
            CureKind.WaiveCertificate => ("免除证书要求", "Waive the certificate"),
            CureKind.AcceptFeeMode => ($"接受{Name(cure.FeeMode!.Value, Language.Chinese)}方式", $"Accept {Name(cure.FeeMode.Value, Language.English)}"),
            CureKind.ExtendTreaty => ($"请街道 {cure.Street} 扩大借出范围", $"Have street {cure.Street} lend more"),
            CureKind.ApproveLoan => ($"请街道 {cure.Street} 批准借调", $"Have street {cure.Street} approve the loan"),
            CureKind.AskOthers => ("不限原班人员", "Do not insist on the same people"),
            CureKind.WidenWindow => ($"等到 {Local(cure.Until!.Value, Language.Chinese)}", $"Wait until {Local(cure.Until.Value, Language.English)}"),
        };
        return language == Language.Chinese ? $"{chinese}：可增加 {cure.Candidates} 人" : $"{english}: {cure.Candidates} more";
    }

    private static string Name(FeeMode mode, Language language) => (mode, language) switch
    {
        (FeeMode.Volunteer, Language.Chinese) => "公益",
        (FeeMode.TimeCredit, Language.Chinese) => "时间银行",
        (FeeMode.LowFee, Language.Chinese) => "低偿",
        (FeeMode.Volunteer, Language.English) => "volunteers",
        (FeeMode.TimeCredit, Language.English) => "time credit",
        (FeeMode.LowFee, Language.English) => "a low fee",
    };

    private static string Local(DateTimeOffset at, Language language) =>
        TimeZoneInfo.ConvertTime(at, Zone).ToString("ddd yyyy-MM-dd HH:mm", CultureInfo.GetCultureInfo(language.Tag()));
}
