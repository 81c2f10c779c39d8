using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Pool.Actors;
using Pool.Gateway.Resources;
using Pool.Matching;
using Status = Google.Rpc.Status;

namespace Pool.Gateway.Errors;

/// <summary>Turns a refusal into <c>google.rpc.Status</c>: ErrorInfo, field violations, a message in the caller's language.</summary>
public static class RefusalStatus
{
    public const string Domain = "pool";

    /// <summary>When a client that found the door full may come again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    public static Status Of(Refusal refusal, Language language)
    {
        var row = RefusalTable.Row(refusal.Reason);
        var text = Text(refusal, row, language);
        var status = new Status
        {
            Code = (int)CodeOf(row.Kind),
            Message = Text(refusal, row, Language.English),
        };
        status.Details.Add(Any.Pack(new ErrorInfo
        {
            Domain = Domain,
            Reason = RefusalTable.Code(refusal.Reason),
            Metadata = { ["number"] = ((int)refusal.Reason).ToString(CultureInfo.InvariantCulture) },
        }));
        if (refusal.Reason == RefusalReason.Overloaded)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(RetryAfter) }));
        }

        if (!refusal.Fields.IsEmpty)
        {
            var violations = refusal.Fields.Select(field => new BadRequest.Types.FieldViolation
            {
                Field = field,
                Description = text,
                Reason = RefusalTable.Code(refusal.Reason),
            });
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { violations } }));
        }

        status.Details.Add(Any.Pack(new LocalizedMessage { Locale = language.Tag(), Message = text }));
        return status;
    }

    /// <summary>The words of a refusal; a filter that an offer fails is told in the words of explanations.</summary>
    private static string Text(Refusal refusal, RefusalRow row, Language language)
    {
        var detail = refusal.Reason == RefusalReason.OfferDoesNotFit && System.Enum.TryParse<CandidateReason>(refusal.Detail, out var reason)
            ? MatchingWords.Of(reason, language)
            : refusal.Detail;
        return string.Format(CultureInfo.InvariantCulture, language == Language.Chinese ? row.Chinese : row.English, detail);
    }

    public static Code CodeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => Code.InvalidArgument,
        RefusalKind.Missing => Code.NotFound,
        RefusalKind.Exists => Code.AlreadyExists,
        RefusalKind.State => Code.FailedPrecondition,
        RefusalKind.Denied => Code.PermissionDenied,
        RefusalKind.Conflict => Code.Aborted,
        RefusalKind.Late => Code.DeadlineExceeded,
        RefusalKind.TooMuch => Code.ResourceExhausted,
        RefusalKind.Unknown => Code.Unavailable,
    };
}
