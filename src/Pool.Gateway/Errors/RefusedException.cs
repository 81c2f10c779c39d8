using Pool.Actors;

namespace Pool.Gateway.Errors;

/// <summary>Carries a refusal from where a request is read or answered to <see cref="ErrorInterceptor"/>, which tells the client.</summary>
public sealed class RefusedException(Refusal refusal) : Exception($"{refusal.Reason} {refusal.Detail}")
{
    public RefusedException(RefusalReason reason, string field, string detail = "")
        : this(Refusal.At(field, reason, detail))
    {
    }

    public Refusal Refusal => refusal;
}
