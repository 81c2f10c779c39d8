using Google.Protobuf;
using Grpc.Net.Client;

namespace Pool.Cluster.Tests;

/// <summary>One write with its request id and body; it can be sent as often as need be, byte for byte the same.</summary>
public sealed record Request(string Id, string What, Func<GrpcChannel, Task<IMessage>> Send)
{
    /// <summary>What a refusal gives back to be tried again; null where nothing is.</summary>
    public string? Claim { get; init; }

    /// <summary>The proposal that it is about; null where it is about none.</summary>
    public string? Proposal { get; init; }

    public static Request Of<TRequest, TAnswer>(
        Seeds seeds, string what, Func<string, TRequest> body, Func<GrpcChannel, TRequest, Task<TAnswer>> send)
        where TRequest : IMessage
        where TAnswer : IMessage
    {
        var id = seeds.NextId().ToString();
        var request = body(id);
        return new(id, what, async channel => await send(channel, request));
    }
}

/// <summary>A write that the pool acknowledged.</summary>
public sealed record Acknowledged(Request Request, IMessage Answer)
{
    /// <summary>The stream's version with which it was answered; null where the answer has none.</summary>
    public long? Version => Answer.Descriptor.FindFieldByName("etag")?.Accessor.GetValue(Answer) is string etag && long.TryParse(etag, out var version) ? version : null;
}
