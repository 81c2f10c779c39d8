using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pool.Values;

/// <summary>An amount of time in whole minutes, checked: overflow throws, it never wraps.</summary>
[GenerateSerializer, Immutable, Alias("pool.Minutes")]
[JsonConverter(typeof(MinutesJsonConverter))]
public readonly record struct Minutes([property: Id(0)] long Value) : IComparable<Minutes>
{
    public static readonly Minutes Zero = new(0);

    public static Minutes FromHours(long hours) => new(checked(hours * 60));

    public static Minutes operator +(Minutes a, Minutes b) => new(checked(a.Value + b.Value));

    /// <summary>The same amount of each of so many people.</summary>
    public Minutes Times(int people) => new(checked(Value * people));

    public static bool operator <(Minutes a, Minutes b) => a.Value < b.Value;

    public static bool operator >(Minutes a, Minutes b) => a.Value > b.Value;

    public static bool operator <=(Minutes a, Minutes b) => a.Value <= b.Value;

    public static bool operator >=(Minutes a, Minutes b) => a.Value >= b.Value;

    /// <summary>Half the sum, a broken half minute falls away.</summary>
    public static Minutes Average(Minutes a, Minutes b) => new(checked(a.Value + b.Value) / 2);

    /// <summary>How far two amounts are apart.</summary>
    public static Minutes Distance(Minutes a, Minutes b) => new(Math.Abs(checked(a.Value - b.Value)));

    public int CompareTo(Minutes other) => Value.CompareTo(other.Value);

    public TimeSpan ToTimeSpan() => TimeSpan.FromMinutes(Value);

    public override string ToString() => $"{Value} min";
}

internal sealed class MinutesJsonConverter : JsonConverter<Minutes>
{
    public override Minutes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, Minutes value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}
