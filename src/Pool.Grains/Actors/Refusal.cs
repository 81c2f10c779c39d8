using System.Collections.Immutable;

namespace Pool.Actors;

/// <summary>A "no" that changed nothing: its reason, and the fields at fault if fields are.</summary>
/// <param name="Reason">The numbered reason; <see cref="RefusalTable"/> has its kind and its words.</param>
/// <param name="Fields">Paths of the request's fields at fault, in proto spelling; empty where no field is.</param>
/// <param name="Detail">The value or bound that explains the refusal, for the message; may be empty.</param>
[GenerateSerializer, Immutable, Alias("pool.Refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalReason Reason,
    [property: Id(1)] ImmutableArray<string> Fields,
    [property: Id(2)] string Detail)
{
    public static Refusal Of(RefusalReason reason, string detail = "") => new(reason, [], detail);

    public static Refusal At(string field, RefusalReason reason, string detail = "") => new(reason, [field], detail);
}
