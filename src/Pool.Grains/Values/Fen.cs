using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pool.Values;

/// <summary>An amount of money in whole fen, a hundredth of a yuan.</summary>
[GenerateSerializer, Immutable, Alias("pool.Fen")]
[JsonConverter(typeof(FenJsonConverter))]
public readonly record struct Fen([property: Id(0)] long Value)
{
    public static readonly Fen Zero = new(0);

    public override string ToString() => $"{Value} fen";
}

internal sealed class FenJsonConverter : JsonConverter<Fen>
{
    public override Fen Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, Fen value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}
