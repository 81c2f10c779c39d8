using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Pool.Gateway.OpenApi;

/// <summary>Where the contract can be read.</summary>
public static class OpenApiEndpoints
{
    private const string Document = "/openapi/v1.json";

    /// <summary>
    /// Serves the OpenAPI document at <c>/openapi/v1.json</c> and a page to read and try it at <c>/docs</c>. Conventions that
    /// the caller adds to the result, for example AllowAnonymous, hold for both.
    /// </summary>
    public static IEndpointConventionBuilder MapPoolOpenApi(this IEndpointRouteBuilder routes)
    {
        var json = new Lazy<Task<string>>(() => PoolOpenApi.Build(ProtoContract.Services()).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
        var group = routes.MapGroup("");
        group.MapGet(Document, async () => TypedResults.Text(await json.Value, "application/json", Encoding.UTF8));
        group.MapScalarApiReference("/docs", ServeAlone);
        return group;
    }

    /// <summary>A street office's network may have no way out: the page asks nobody but this server.</summary>
    private static void ServeAlone(ScalarOptions options) => options
        .WithTitle("ResourcePool")
        .WithOpenApiRoutePattern(Document)
        .DisableDefaultFonts()
        .DisableTelemetry()
        .DisableAgent()
        .DisableMcp()
        .HideClientButton()
        .HideDeveloperTools();
}
