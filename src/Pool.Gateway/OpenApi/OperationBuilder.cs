using System.Globalization;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.OpenApi;

namespace Pool.Gateway.OpenApi;

/// <summary>
/// The HTTP annotations of methods as operations. Which field comes from where follows Microsoft.AspNetCore.Grpc.JsonTranscoding.
/// </summary>
internal sealed partial class OperationBuilder(OpenApiDocument document, SchemaBuilder schemas)
{
    private const string Json = "application/json";

    /// <summary>What the methods that give a text of their own give.</summary>
    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        ["ExportBookings"] = "text/calendar",
        ["ExportStatement"] = "text/csv",
        ["GetReceipt"] = "text/plain",
        ["GetServiceCertificate"] = "application/jose+json",
        ["PrintServiceCertificate"] = "text/html",
    };

    /// <summary>Adds an operation for each HTTP binding of the method: none when it has no annotation.</summary>
    public void Add(MethodDescriptor method)
    {
        if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule)
        {
            return;
        }
        var id = $"{method.Service.Name}_{method.Name}";
        Add(method, rule, id);
        foreach (var (index, additional) in rule.AdditionalBindings.Index())
        {
            Add(method, additional, $"{id}_{index + 2}");
        }
    }

    private void Add(MethodDescriptor method, HttpRule rule, string id)
    {
        var (verb, template) = Pattern(rule);
        var path = PathTemplate.Parse(template);
        var bound = path.Variables.Select(variable => method.InputType.Field(variable.Field)).ToHashSet();
        if (!document.Paths.TryGetValue(path.Path, out var item))
        {
            document.Paths.Add(path.Path, item = new OpenApiPathItem());
        }
        ((OpenApiPathItem)item).AddOperation(verb, new()
        {
            OperationId = id,
            Tags = new HashSet<OpenApiTagReference> { new(method.Service.Name, document) },
            Summary = Words(method.Name),
            // Markdown would run the list of errors into the sentence before it.
            Description = method.Comment()?.Replace("\nErrors:", "\n\nErrors:", StringComparison.Ordinal),
            Parameters = [.. PathParameters(method, path), .. QueryParameters(method, rule, bound)],
            RequestBody = Body(method, rule, bound),
            Responses = Responses(method, rule),
        });
    }

    private static (HttpMethod Verb, string Template) Pattern(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => (HttpMethod.Get, rule.Get),
        HttpRule.PatternOneofCase.Put => (HttpMethod.Put, rule.Put),
        HttpRule.PatternOneofCase.Post => (HttpMethod.Post, rule.Post),
        HttpRule.PatternOneofCase.Delete => (HttpMethod.Delete, rule.Delete),
        HttpRule.PatternOneofCase.Patch => (HttpMethod.Patch, rule.Patch),
        HttpRule.PatternOneofCase.Custom => (new(rule.Custom.Kind), rule.Custom.Path),
        HttpRule.PatternOneofCase.None => throw new InvalidOperationException("An HTTP annotation has no pattern."),
    };

    private static IEnumerable<OpenApiParameter> PathParameters(MethodDescriptor method, PathTemplate path) =>
        from variable in path.Variables
        let meaning = Meaning(variable, method.InputType.Field(variable.Field).Comment())
        from parameter in variable.Parameters
        select new OpenApiParameter
        {
            Name = parameter,
            In = ParameterLocation.Path,
            Required = true,
            Description = $"Part of `{variable.Field}`: {meaning}",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    // Many comments of names begin with the pattern itself.
    private static string Meaning(PathVariable variable, string? comment) =>
        comment is null ? variable.Pattern
        : comment.StartsWith(variable.Pattern, StringComparison.Ordinal) ? comment
        : $"{variable.Pattern}. {comment}";

    private IEnumerable<OpenApiParameter> QueryParameters(MethodDescriptor method, HttpRule rule, HashSet<FieldDescriptor> bound) => rule.Body switch
    {
        "*" => [],
        "" => QueryParameters(method.InputType, bound, ""),
        _ => QueryParameters(method.InputType, [.. bound, method.InputType.Field(rule.Body)], ""),
    };

    private IEnumerable<OpenApiParameter> QueryParameters(MessageDescriptor message, HashSet<FieldDescriptor> bound, string prefix)
    {
        foreach (var field in message.Fields.InDeclarationOrder().Where(field => !bound.Contains(field)))
        {
            if (field.FieldType != FieldType.Message || SchemaBuilder.IsText(field.MessageType))
            {
                yield return QueryParameter(field, prefix + field.JsonName);
            }
            // A query cannot carry a list of messages; one message is spelt out as message.field.
            else if (!field.IsRepeated)
            {
                foreach (var nested in QueryParameters(field.MessageType, bound, $"{prefix}{field.JsonName}."))
                {
                    yield return nested;
                }
            }
        }
    }

    private OpenApiParameter QueryParameter(FieldDescriptor field, string name) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Required = field.Behaves(FieldBehavior.Required),
        // In a query, unlike in a body, transcoding takes the names of a mask as they are.
        Description = IsMask(field) ? $"Names of fields as in the proto (display_name), separated by commas. {field.Comment()}".TrimEnd() : field.Comment(),
        Schema = schemas.Bare(field),
    };

    private OpenApiRequestBody? Body(MethodDescriptor method, HttpRule rule, HashSet<FieldDescriptor> bound)
    {
        if (rule.Body.Length == 0)
        {
            return null;
        }
        var schema = rule.Body == "*" ? schemas.Object(method.InputType, bound) : Resource(method.InputType, method.InputType.Field(rule.Body), bound);
        return new() { Required = true, Content = Content(schema) };
    }

    private IOpenApiSchema Resource(MessageDescriptor request, FieldDescriptor field, HashSet<FieldDescriptor> bound)
    {
        if (field.IsRepeated || !request.Fields.InDeclarationOrder().Any(IsMask))
        {
            return schemas.Field(field);
        }
        // An update sends the fields that its mask names: what a new resource needs is not required here.
        var changes = schemas.Object(field.MessageType, bound);
        changes.Required = null;
        return changes;
    }

    private OpenApiResponses Responses(MethodDescriptor method, HttpRule rule)
    {
        var schema = rule.ResponseBody.Length == 0 ? schemas.Message(method.OutputType) : schemas.Field(method.OutputType.Field(rule.ResponseBody));
        return new()
        {
            ["200"] = new OpenApiResponse
            {
                Description = method.IsServerStreaming
                    ? $"Newline-delimited JSON: each line is a `{method.OutputType.Name}`. The stream lasts until one side ends it; an error that ends it is the last line, a `google.rpc.Status`."
                    : method.OutputType.Comment() ?? Words(method.OutputType.Name),
                Content = method.OutputType.FullName == HttpBody.Descriptor.FullName ? Raw(method) : Content(schema),
            },
            ["default"] = new OpenApiResponseReference(ErrorResponse.Id, document),
        };
    }

    /// <summary>A body that is no JSON.</summary>
    private static Dictionary<string, OpenApiMediaType> Raw(MethodDescriptor method) =>
        new() { [MediaTypes[method.Name]] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } };

    private static Dictionary<string, OpenApiMediaType> Content(IOpenApiSchema schema) =>
        new() { [Json] = new() { Schema = schema } };

    private static bool IsMask(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType.FullName == FieldMask.Descriptor.FullName;

    /// <summary><c>PostDemand</c> as "Post demand".</summary>
    private static string Words(string name) =>
        name[..1] + InnerCapital().Replace(name[1..], match => $" {match.Value.ToLower(CultureInfo.InvariantCulture)}");

    [GeneratedRegex("[A-Z]")]
    private static partial Regex InnerCapital();
}
