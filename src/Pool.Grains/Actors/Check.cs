using Pool.Values;

namespace Pool.Actors;

/// <summary>Checks that many rules share: each gives the refusal, or null when all is well.</summary>
public static class Check
{
    /// <summary>Of several faults the one whose reason comes first in the table; null when there is none.</summary>
    public static Refusal? Lowest(params IEnumerable<Refusal?> faults) => faults.OfType<Refusal>().MinBy(fault => fault.Reason);

    /// <summary>A text that must be there and within its limit.</summary>
    public static Refusal? Text(string field, string value, int limit) =>
        string.IsNullOrWhiteSpace(value) ? Refusal.At(field, RefusalReason.FieldRequired) : OptionalText(field, value, limit);

    public static Refusal? OptionalText(string field, string value, int limit) =>
        value.Length > limit ? Refusal.At(field, RefusalReason.TextTooLong, $"{limit}") : null;

    public static Refusal? Range(string field, long value, long least, long most) =>
        value < least || value > most ? Refusal.At(field, RefusalReason.ValueOutOfRange, $"{least}..{most}") : null;

    public static Refusal? Range(string field, Minutes value, Minutes least, Minutes most) => Range(field, value.Value, least.Value, most.Value);

    /// <summary>An enum value that the contract knows and that is not "unspecified".</summary>
    public static Refusal? Known<TEnum>(string field, TEnum value) where TEnum : struct, Enum =>
        Enum.IsDefined(value) ? null : Refusal.At(field, RefusalReason.FieldRequired);
}
