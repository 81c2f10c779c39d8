namespace Pool.Actors;

/// <summary>The family of a refusal; the door turns each into one gRPC status code.</summary>
public enum RefusalKind
{
    /// <summary>The request can never succeed as it is (INVALID_ARGUMENT).</summary>
    Invalid,

    /// <summary>Something that the request names does not exist (NOT_FOUND).</summary>
    Missing,

    /// <summary>What the request would create exists (ALREADY_EXISTS).</summary>
    Exists,

    /// <summary>The state does not allow it now (FAILED_PRECONDITION).</summary>
    State,

    /// <summary>The caller is not the one who may do it (PERMISSION_DENIED).</summary>
    Denied,

    /// <summary>Somebody else changed it first: read again and retry (ABORTED).</summary>
    Conflict,

    /// <summary>The caller's deadline passed before the answer; the request may have taken effect all the same (DEADLINE_EXCEEDED).</summary>
    Late,

    /// <summary>More than the door takes at once (RESOURCE_EXHAUSTED).</summary>
    TooMuch,

    /// <summary>Whether it took effect is not known: retry with the same request id (UNAVAILABLE).</summary>
    Unknown,
}

/// <summary>A row of the table: the kind of a reason and its words. <c>{0}</c> in them is the refusal's detail.</summary>
public sealed record RefusalRow(RefusalKind Kind, string English, string Chinese);

/// <summary>The one table of refusals.</summary>
public static class RefusalTable
{
    /// <summary>The permanent name of a reason on the wire, for example <c>PROPOSAL_EXPIRED</c>.</summary>
    public static string Code(RefusalReason reason) => Codes[reason];

    public static RefusalRow Row(RefusalReason reason) => reason switch
    {
        RefusalReason.MessageTooLarge => new(RefusalKind.TooMuch, "The message is larger than {0}.", "消息超过 {0} 的上限。"),
        RefusalReason.RequestIdInvalid => new(RefusalKind.Invalid, "request_id must be a UUID that is not all zeros.", "request_id 必须是非全零的 UUID。"),
        RefusalReason.RequestIdReused => new(RefusalKind.Invalid, "This request_id was used for another request.", "该 request_id 已用于另一请求。"),
        RefusalReason.NameInvalid => new(RefusalKind.Invalid, "Not a resource name of the form {0}.", "资源名称格式应为 {0}。"),
        RefusalReason.FieldRequired => new(RefusalKind.Invalid, "A required field is missing.", "缺少必填字段。"),
        RefusalReason.FieldInvalid => new(RefusalKind.Invalid, "A field has a wrong form: {0}.", "字段格式不正确：{0}。"),
        RefusalReason.TextTooLong => new(RefusalKind.Invalid, "The text is longer than {0} characters.", "文字超过 {0} 个字符。"),
        RefusalReason.ValueOutOfRange => new(RefusalKind.Invalid, "The value must be within {0}.", "数值须在 {0} 之内。"),
        RefusalReason.PageTokenInvalid => new(RefusalKind.Invalid, "The page token was not issued for this list.", "分页标记不是由本列表签发。"),
        RefusalReason.FilterInvalid => new(RefusalKind.Invalid, "The filter cannot be read: {0}.", "无法识别筛选条件：{0}。"),
        RefusalReason.CursorInvalid => new(RefusalKind.Invalid, "The cursor lies beyond the journal.", "游标超出日志末尾。"),
        RefusalReason.DeadlineExceeded => new(RefusalKind.Late, "The deadline has passed; if it passed while the request was under way, it may have taken effect: send it again with the same request_id.", "已超过截止时间；若请求已在处理中，可能已经生效：请以相同 request_id 重试。"),
        RefusalReason.AmountNegative => new(RefusalKind.Invalid, "An amount cannot be less than nothing.", "金额不能为负数。"),
        RefusalReason.AmountZero => new(RefusalKind.Invalid, "An amount of nothing transfers nothing.", "金额不能为零。"),
        RefusalReason.AmountTooLarge => new(RefusalKind.Invalid, "The amount is more than {0}.", "金额超过 {0}。"),
        RefusalReason.TransferToItself => new(RefusalKind.Invalid, "An account transfers nothing to itself.", "账户不能向自身转账。"),
        RefusalReason.UnitNotAllowed => new(RefusalKind.Invalid, "Transfers of this kind are not made in this unit.", "此类转账不适用该计量单位。"),
        RefusalReason.BooksDoNotMix => new(RefusalKind.Invalid, "Unpaid service is recorded, and never transferred.", "公益服务时长仅作记录，不得转账。"),
        RefusalReason.AccountNotAllowed => new(RefusalKind.Invalid, "Transfers of this kind are not made between such accounts.", "此类转账不适用于这些账户。"),
        RefusalReason.SkillNotFound => new(RefusalKind.Missing, "No skill {0} in the catalogue.", "技能目录中没有 {0}。"),
        RefusalReason.StreetNotFound => new(RefusalKind.Missing, "No street {0}.", "没有街道 {0}。"),
        RefusalReason.CommunityNotFound => new(RefusalKind.Missing, "No community {0}.", "没有社区 {0}。"),
        RefusalReason.CommunityNotInStreet => new(RefusalKind.Invalid, "The community does not belong to street {0}.", "该社区不属于街道 {0}。"),
        RefusalReason.PartnerNotFound => new(RefusalKind.Missing, "No partner {0}.", "没有合伙人 {0}。"),
        RefusalReason.OfferNotFound => new(RefusalKind.Missing, "No offer {0}.", "没有技能供给 {0}。"),
        RefusalReason.DemandNotFound => new(RefusalKind.Missing, "No demand {0}.", "没有需求 {0}。"),
        RefusalReason.ProposalNotFound => new(RefusalKind.Missing, "No proposal {0} in this demand.", "该需求没有派单邀约 {0}。"),
        RefusalReason.AssignmentNotFound => new(RefusalKind.Missing, "No assignment {0} in this demand.", "该需求没有派单 {0}。"),
        RefusalReason.AlreadyExists => new(RefusalKind.Exists, "{0} exists already.", "{0} 已存在。"),
        RefusalReason.TreatyNotFound => new(RefusalKind.Missing, "There is no treaty with street {0}.", "与街道 {0} 没有共建协议。"),
        RefusalReason.LoanRequestNotFound => new(RefusalKind.Missing, "There is no loan request {0} under this treaty.", "该协议下没有第 {0} 号借调申请。"),
        RefusalReason.SeriesNotFound => new(RefusalKind.Missing, "No series {0}.", "没有系列需求 {0}。"),
        RefusalReason.AccountNotFound => new(RefusalKind.Missing, "The ledger has no account {0}.", "账本中没有账户 {0}。"),
        RefusalReason.EntryNotFound => new(RefusalKind.Missing, "The ledger has no entry {0}.", "账本中没有第 {0} 条分录。"),
        RefusalReason.ClearingNotFound => new(RefusalKind.Missing, "No clearing {0} that the street has a part in.", "该街道没有清算 {0}。"),
        RefusalReason.RatesNotFound => new(RefusalKind.Missing, "The ledger has no version {0} of its rates.", "账本没有第 {0} 版费率。"),
        RefusalReason.NotTheProposedPartner => new(RefusalKind.Denied, "Only the proposed partner may do this.", "只有被邀约的合伙人可以执行此操作。"),
        RefusalReason.NotTheDemandsCommunity => new(RefusalKind.Denied, "Only the community that posted the demand may do this.", "只有发布需求的社区可以执行此操作。"),
        RefusalReason.EtagMismatch => new(RefusalKind.Conflict, "The etag is stale; the current one is {0}.", "etag 已过期，当前为 {0}。"),
        RefusalReason.WindowEndsBeforeStart => new(RefusalKind.Invalid, "The window ends before it starts.", "时间窗的结束早于开始。"),
        RefusalReason.WindowInPast => new(RefusalKind.Invalid, "The window lies in the past, or too little of it is left.", "时间窗已过，或剩余时间不足。"),
        RefusalReason.WindowTooShort => new(RefusalKind.Invalid, "The window is shorter than the service.", "时间窗短于服务时长。"),
        RefusalReason.WindowTooLong => new(RefusalKind.Invalid, "The window is longer than {0} days.", "时间窗超过 {0} 天。"),
        RefusalReason.CertificateExpired => new(RefusalKind.State, "The certificate has expired.", "证书已过期。"),
        RefusalReason.CertificateMissing => new(RefusalKind.State, "Skill {0} needs a certificate of this level.", "技能 {0} 需要相应级别的证书。"),
        RefusalReason.BroadcastAsksNobody => new(RefusalKind.Invalid, "A broadcast asks at least one partner at once.", "广播派单须至少同时询问一名合伙人。"),
        RefusalReason.AwayTimesOverlap => new(RefusalKind.Invalid, "Times away overlap.", "离开时段相互重叠。"),
        RefusalReason.CalendarUnreadable => new(RefusalKind.Invalid, "This is not an iCalendar text that can be read.", "无法读取该 iCalendar 日历内容。"),
        RefusalReason.CalendarTooLarge => new(RefusalKind.Invalid, "The calendar is longer than {0}.", "日历内容超过上限：{0}。"),
        RefusalReason.RuleUnreadable => new(RefusalKind.Invalid, "This is not a recurrence rule that can be read.", "无法读取该重复规则。"),
        RefusalReason.RuleNeverOccurs => new(RefusalKind.Invalid, "By this rule it never occurs.", "按此重复规则永远不会发生。"),
        RefusalReason.NobodyTookPart => new(RefusalKind.State, "Nobody has a seat of demand {0}.", "需求 {0} 没有人占有名额。"),
        RefusalReason.PartnerSuspended => new(RefusalKind.State, "The partner is suspended.", "该合伙人已被暂停。"),
        RefusalReason.PartnerNotSuspended => new(RefusalKind.State, "The partner is not suspended.", "该合伙人未被暂停。"),
        RefusalReason.OfferWithdrawn => new(RefusalKind.State, "The offer was withdrawn.", "该技能供给已撤回。"),
        RefusalReason.TreatyWithItself => new(RefusalKind.Invalid, "A street needs no treaty with itself.", "街道无需与自己签订共建协议。"),
        RefusalReason.RoundUnderWay => new(RefusalKind.State, "A round of the street is under way.", "该街道正在进行集中派单。"),
        RefusalReason.QuotaBelowLent => new(RefusalKind.State, "{0} minutes are lent in this quarter already.", "本季度已借出 {0} 分钟。"),
        RefusalReason.LoanRequestAnswered => new(RefusalKind.State, "The loan request was answered already.", "该借调申请已答复。"),
        RefusalReason.SeriesEnded => new(RefusalKind.State, "The series has ended.", "该系列需求已结束。"),
        RefusalReason.PartnerErased => new(RefusalKind.State, "The partner was erased.", "该合伙人的身份信息已被删除。"),
        RefusalReason.PartnerStillServes => new(RefusalKind.State, "The partner has bookings that are not settled.", "该合伙人仍有未结算的预约。"),
        RefusalReason.DemandCancelled => new(RefusalKind.State, "The demand was cancelled.", "该需求已取消。"),
        RefusalReason.DemandExpired => new(RefusalKind.State, "The demand has expired.", "该需求已过期。"),
        RefusalReason.ProposalAccepted => new(RefusalKind.State, "The proposal was accepted already.", "该邀约已被接受。"),
        RefusalReason.ProposalDeclined => new(RefusalKind.State, "The proposal was declined.", "该邀约已被婉拒。"),
        RefusalReason.ProposalExpired => new(RefusalKind.State, "The proposal has expired.", "该邀约已过期。"),
        RefusalReason.ProposalWithdrawn => new(RefusalKind.State, "The proposal was withdrawn.", "该邀约已撤回。"),
        RefusalReason.AssignmentReleased => new(RefusalKind.State, "The assignment was released.", "该派单已释放。"),
        RefusalReason.AssignmentNotBooked => new(RefusalKind.State, "The partner's calendar has not confirmed the booking yet.", "合伙人日历尚未确认预约。"),
        RefusalReason.AssignmentNotStarted => new(RefusalKind.State, "The service has not started.", "服务尚未开始。"),
        RefusalReason.AssignmentStarted => new(RefusalKind.State, "The service has started.", "服务已经开始。"),
        RefusalReason.AssignmentNotCompleted => new(RefusalKind.State, "The partner has not reported completion.", "合伙人尚未报告完成。"),
        RefusalReason.AssignmentCompleted => new(RefusalKind.State, "The partner has reported completion.", "合伙人已报告完成。"),
        RefusalReason.AssignmentConfirmed => new(RefusalKind.State, "The service was confirmed.", "服务已确认。"),
        RefusalReason.AssignmentDisputed => new(RefusalKind.State, "The minutes are in dispute: a clerk must resolve it.", "服务时长有争议，须由街道工作人员裁定。"),
        RefusalReason.AssignmentNotDisputed => new(RefusalKind.State, "There is no dispute to resolve.", "没有待裁定的争议。"),
        RefusalReason.AssignmentNotSettled => new(RefusalKind.State, "The assignment is not settled yet.", "该派单尚未结算。"),
        RefusalReason.AssignmentSettled => new(RefusalKind.State, "The assignment is settled.", "该派单已结算。"),
        RefusalReason.AssignmentRated => new(RefusalKind.State, "The assignment was rated already.", "该派单已评价。"),
        RefusalReason.DemandFilled => new(RefusalKind.State, "Every seat of the demand is taken.", "该需求的名额已满。"),
        RefusalReason.DemandNotFilled => new(RefusalKind.State, "All or none: seats of the demand are still open.", "该需求须名额全满才开始，目前仍有空缺。"),
        RefusalReason.DemandNotPublished => new(RefusalKind.State, "The demand is not published for claims.", "该需求未开放认领。"),
        RefusalReason.AlreadyTakesPart => new(RefusalKind.State, "The partner has a seat of this demand, is asked for one, or waits for one.", "该合伙人已占有、被邀约或正在候补该需求的名额。"),
        RefusalReason.SeatsTaken => new(RefusalKind.State, "The seats were just taken.", "名额刚刚被认领完。"),
        RefusalReason.OfferDoesNotFit => new(RefusalKind.State, "The offer does not fit the demand: {0}.", "该技能供给不符合需求：{0}。"),
        RefusalReason.LedgerEmpty => new(RefusalKind.State, "The ledger has no entry yet.", "账本尚无分录。"),
        RefusalReason.RatesRetired => new(RefusalKind.State, "These rates are not in force; version {0} is.", "该版费率未生效；现行为第 {0} 版。"),
        RefusalReason.NotCovered => new(RefusalKind.State, "The account can spend {0}.", "该账户可用额为 {0}。"),
        RefusalReason.AccountOverLimit => new(RefusalKind.State, "The account may gain {0} more.", "该账户最多还可增加 {0}。"),
        RefusalReason.GiftLimitReached => new(RefusalKind.State, "The account may give away {0} more in this quarter.", "该账户本季度最多还可赠与 {0}。"),
        RefusalReason.GuaranteeExceeded => new(RefusalKind.State, "The street guarantees {0} more.", "街道担保额度还剩 {0}。"),
        RefusalReason.CashShort => new(RefusalKind.State, "The street office has {0} of what was paid in.", "街道现金结余为 {0}。"),
        RefusalReason.PeerLimitReached => new(RefusalKind.State, "The other street is trusted with {0} more.", "对方街道的信用额度还剩 {0}。"),
        RefusalReason.NotOwed => new(RefusalKind.State, "Between the streets {0} is owed.", "街道之间尚欠 {0}。"),
        RefusalReason.ClearingAgreed => new(RefusalKind.State, "The street has agreed to the clearing.", "该街道已同意此清算。"),
        RefusalReason.ClearingSettled => new(RefusalKind.State, "The clearing is settled.", "清算已完成。"),
        RefusalReason.ClearingRejected => new(RefusalKind.State, "The clearing was rejected by {0}.", "清算已被 {0} 拒绝。"),
        RefusalReason.ClearingFailed => new(RefusalKind.State, "The clearing came to nothing: a ledger could not do its part.", "清算未能完成：有账本无法入账。"),
        RefusalReason.ReceiptUnreadable => new(RefusalKind.Invalid, "This is not a receipt, or not to the byte as it was given.", "这不是凭证，或与签发时的内容不完全一致。"),
        RefusalReason.ReceiptOfAnotherKey => new(RefusalKind.Invalid, "The receipt is of {0}, and no key of that log that is known has signed it.", "凭证属于 {0}，且未由所给的该账本公钥签名。"),
        RefusalReason.WitnessMissing => new(RefusalKind.Invalid, "{0} has not signed the checkpoint.", "{0} 未签署该检查点。"),
        RefusalReason.SignatureWrong => new(RefusalKind.Invalid, "The signature of {0} is wrong.", "{0} 的签名不正确。"),
        RefusalReason.CheckpointTooOld => new(RefusalKind.Invalid, "The checkpoint is older than the entry: it has {0} entries.", "检查点早于该分录：仅含 {0} 条。"),
        RefusalReason.ProofIncomplete => new(RefusalKind.Invalid, "The proof has not as many hashes as the log needs.", "证明的哈希数量与账本不符。"),
        RefusalReason.ProofWrong => new(RefusalKind.Invalid, "The entry is not the one that stands there in the log.", "该分录与账本此处的内容不一致。"),
        RefusalReason.OutcomeUnknown => new(RefusalKind.Unknown, "It is not known whether the request took effect: send it again with the same request_id.", "请求是否生效未知：请以相同 request_id 重试。"),
        RefusalReason.Overloaded => new(RefusalKind.TooMuch, "The pool is busy; send the request again a little later.", "系统繁忙，请稍后重试。"),
        RefusalReason.WatchTooSlow => new(RefusalKind.TooMuch, "The watch was not read for too long; go on from the last cursor that came.", "订阅长时间未被读取，请从最后收到的游标继续。"),
    };

    public static IReadOnlyList<RefusalReason> All { get; } = Enum.GetValues<RefusalReason>();

    private static readonly Dictionary<RefusalReason, string> Codes = All.ToDictionary(
        reason => reason,
        reason => System.Text.RegularExpressions.Regex.Replace(reason.ToString(), "(?<!^)([A-Z])", "_$1").ToUpperInvariant());
}
