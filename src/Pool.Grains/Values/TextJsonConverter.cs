using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pool.Values;

/// <summary>Writes a text value as a JSON string and refuses, on reading, what the value itself refuses.</summary>
public sealed class TextJsonConverter<TValue> : JsonConverter<TValue> where TValue : struct, ITextValue<TValue>
{
    public override TValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TValue.TryParse(reader.GetString(), out var value) ? value : throw new JsonException($"Not a {typeof(TValue).Name}.");

    public override void Write(Utf8JsonWriter writer, TValue value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);

    public override TValue ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TValue value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Text);
}
