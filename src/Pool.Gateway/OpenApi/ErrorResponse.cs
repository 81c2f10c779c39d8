using Microsoft.OpenApi;

namespace Pool.Gateway.OpenApi;

/// <summary>The answer to a request that was refused: google.rpc.Status in JSON. Every operation refers to it.</summary>
internal static class ErrorResponse
{
    public const string Id = "Error";

    private const string Status = "google.rpc.Status";

    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent(Status, StatusSchema());
        document.AddComponent(Id, new OpenApiResponse
        {
            Description = "The request was refused; the HTTP status follows from the code.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchemaReference(Status, document) },
            },
        });
    }

    private static OpenApiSchema StatusSchema()
    {
        var detail = SchemaBuilder.Packed();
        detail.Description = "The `@type` names the message, for example `type.googleapis.com/google.rpc.ErrorInfo`; its fields stand beside it.";
        return new()
        {
            Type = JsonSchemaType.Object,
            Description = "Why a request was refused.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["code"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The gRPC status code." },
                ["message"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "For developers, in English." },
                ["details"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Description = "`ErrorInfo` with the permanent reason in the domain `pool`, `BadRequest` with the fields at fault, `LocalizedMessage` for users in the language of accept-language.",
                    Items = detail,
                },
            },
            Required = new HashSet<string> { "code", "message", "details" },
        };
    }
}
