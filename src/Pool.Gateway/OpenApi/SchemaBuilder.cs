using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;

namespace Pool.Gateway.OpenApi;

/// <summary>
/// The proto3 JSON of messages and enums as schemas. Each becomes one component of the document and is referred to by name.
/// </summary>
internal sealed class SchemaBuilder(OpenApiDocument document)
{
    private readonly HashSet<string> _components = [];

    /// <summary>The schema of a field's value, with the field's comment.</summary>
    public IOpenApiSchema Field(FieldDescriptor field)
    {
        var schema = Bare(field);
        if (field.Comment() is { } comment)
        {
            schema.Description = comment;
        }
        // The server gives an identifier at creation, and the path repeats it later: nobody sends it in a body either.
        if (field.Behaves(FieldBehavior.OutputOnly) || field.Behaves(FieldBehavior.Identifier))
        {
            MakeReadOnly(schema);
        }
        return schema;
    }

    /// <summary>The schema of a field's value alone.</summary>
    public IOpenApiSchema Bare(FieldDescriptor field) => field switch
    {
        { IsMap: true } => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Single(field.MessageType.FindFieldByNumber(2)) },
        { IsRepeated: true } => new OpenApiSchema { Type = JsonSchemaType.Array, Items = Single(field) },
        _ => Single(field),
    };

    /// <summary>The schema of a message: a reference to its component, which the first call adds.</summary>
    public IOpenApiSchema Message(MessageDescriptor message) =>
        WellKnown(message) as IOpenApiSchema ?? Component(message, () => Object(message));

    /// <summary>A message as an object of its own, without the fields that <paramref name="without"/> holds.</summary>
    public OpenApiSchema Object(MessageDescriptor message, IReadOnlySet<FieldDescriptor>? without = null)
    {
        var fields = message.Fields.InDeclarationOrder().Where(field => without?.Contains(field) is not true).ToList();
        return new()
        {
            Type = JsonSchemaType.Object,
            Description = Paragraphs([message.Comment(), .. message.Oneofs.Where(oneof => !oneof.IsSynthetic).Select(Alternatives)]),
            Properties = fields.ToDictionary(field => field.JsonName, Field),
            Required = fields.Where(field => field.Behaves(FieldBehavior.Required)).Select(field => field.JsonName).ToHashSet(),
        };
    }

    private IOpenApiSchema Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group => Message(field.MessageType),
        FieldType.Enum => Component(field.EnumType, () => Enum(field.EnumType)),
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.String => new OpenApiSchema { Type = JsonSchemaType.String },
        FieldType.Bytes => Text("byte"),
        FieldType.Double => Number("double"),
        FieldType.Float => Number("float"),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Integer("int32"),
        FieldType.UInt32 or FieldType.Fixed32 => Integer("uint32"),
        // A JSON number of many readers is a double, which is exact only up to 2^53: proto3 JSON writes 64 bits as a string.
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Text("int64"),
        FieldType.UInt64 or FieldType.Fixed64 => Text("uint64"),
        _ => throw new InvalidOperationException($"{field.FullName} has an unknown type."),
    };

    private static OpenApiSchema? WellKnown(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Timestamp" => Text("date-time"),
        "google.protobuf.Duration" => new() { Type = JsonSchemaType.String, Pattern = @"^-?\d+(\.\d{1,9})?s$" },
        "google.protobuf.FieldMask" => new() { Type = JsonSchemaType.String },
        "google.protobuf.Struct" => new() { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true },
        "google.protobuf.Any" => Packed(),
        _ => null,
    };

    /// <summary>Whether the JSON of a message is one string, which a query can carry.</summary>
    public static bool IsText(MessageDescriptor message) => WellKnown(message) is { Type: JsonSchemaType.String };

    /// <summary>A message of any type, which its <c>@type</c> names.</summary>
    public static OpenApiSchema Packed() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { ["@type"] = new OpenApiSchema { Type = JsonSchemaType.String } },
        Required = new HashSet<string> { "@type" },
        AdditionalPropertiesAllowed = true,
    };

    private OpenApiSchemaReference Component(DescriptorBase declared, Func<OpenApiSchema> build)
    {
        var id = declared.FullName[(declared.File.Package.Length + 1)..];
        // Noted before it is built, so that a message may contain itself.
        if (_components.Add(id))
        {
            document.AddComponent(id, build());
        }
        return new(id, document);
    }

    private static OpenApiSchema Enum(EnumDescriptor declared)
    {
        var explained = declared.Values.Where(value => value.Comment() is not null).Select(value => $"- `{value.Name}`: {value.Comment()}");
        return new()
        {
            Type = JsonSchemaType.String,
            Description = Paragraphs([declared.Comment(), string.Join('\n', explained)]),
            Enum = [.. declared.Values.Select(value => JsonValue.Create(value.Name))],
        };
    }

    private static string Alternatives(OneofDescriptor oneof) =>
        $"One of {string.Join(", ", oneof.Fields.Select(field => $"`{field.JsonName}`"))}.";

    private static string? Paragraphs(IEnumerable<string?> texts) =>
        string.Join("\n\n", texts.Where(text => !string.IsNullOrEmpty(text))) is { Length: > 0 } text ? text : null;

    private static void MakeReadOnly(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema own)
        {
            own.ReadOnly = true;
        }
        else if (schema is OpenApiSchemaReference reference)
        {
            reference.ReadOnly = true;
        }
    }

    private static OpenApiSchema Text(string format) => new() { Type = JsonSchemaType.String, Format = format };

    private static OpenApiSchema Integer(string format) => new() { Type = JsonSchemaType.Integer, Format = format };

    private static OpenApiSchema Number(string format) => new() { Type = JsonSchemaType.Number, Format = format };
}
