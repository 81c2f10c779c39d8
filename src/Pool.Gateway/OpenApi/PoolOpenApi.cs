using Google.Protobuf.Reflection;
using Microsoft.OpenApi;

namespace Pool.Gateway.OpenApi;

/// <summary>The contract as an OpenAPI document, for callers that speak HTTP and JSON instead of gRPC.</summary>
/// <remarks>
/// Amounts of 64 bits are described as strings, as proto3 JSON has them. JSON transcoding prints them so only when
/// <c>GrpcJsonSettings.WriteInt64sAsStrings</c> is set, so the host must set it.
/// </remarks>
public static class PoolOpenApi
{
    /// <summary>Describes each HTTP binding of the services, in the words of the protos where the descriptors carry comments.</summary>
    public static OpenApiDocument Build(IEnumerable<ServiceDescriptor> services)
    {
        var document = new OpenApiDocument
        {
            Info = Info(),
            Servers = [new() { Url = "/" }],
            Paths = [],
            Tags = new HashSet<OpenApiTag>(),
        };
        ErrorResponse.AddTo(document);
        var operations = new OperationBuilder(document, new(document));
        foreach (var service in services)
        {
            document.Tags.Add(new() { Name = service.Name, Description = service.Comment() });
            foreach (var method in service.Methods)
            {
                operations.Add(method);
            }
        }
        return document;
    }

    private static OpenApiInfo Info() => new()
    {
        Title = "ResourcePool",
        Version = "v1",
        Description = """
            The community partners' resource pool: a community's demand is matched in its own community, then its street, then the neighbouring streets, and dispatched, served, confirmed and rated with every step explained.

            社区合伙人资源池：社区发布需求，先在本社区、再在本街道、再逐圈向相邻街道匹配合伙人；派单、服务、确认、评价，每一步都有说明、可追溯。
            """,
        License = new() { Name = "MIT", Identifier = "MIT" },
    };
}
