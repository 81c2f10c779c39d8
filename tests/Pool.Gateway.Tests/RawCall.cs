using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Pool.V1;

namespace Pool.Gateway.Tests;

/// <summary>A call with a deadline that the server alone watches: a gRPC client would end it by itself.</summary>
internal static class RawCall
{
    /// <param name="timeout">As gRPC writes it: <c>1n</c> is sent by clients whose deadline has passed.</param>
    /// <exception cref="RpcException">The call was refused.</exception>
    public static async Task Post(TestPool pool, PostDemandRequest request, string timeout, Metadata headers)
    {
        using var http = new HttpClient();
        var message = request.ToByteArray();
        byte[] frame = [0, .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(message.Length)), .. message];
        using var call = new HttpRequestMessage(HttpMethod.Post, $"{pool.Addresses.Grpc}/pool.v1.DemandService/PostDemand")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new("application/grpc") } },
            Headers = { { "te", "trailers" }, { "grpc-timeout", timeout } },
        };
        foreach (var header in headers)
        {
            call.Headers.Add(header.Key, header.Value);
        }

        using var answer = await http.SendAsync(call);
        await answer.Content.ReadAsByteArrayAsync();
        var told = answer.Headers.Concat(answer.TrailingHeaders).ToDictionary(header => header.Key, header => header.Value.Single());
        var code = (StatusCode)int.Parse(told["grpc-status"], System.Globalization.CultureInfo.InvariantCulture);
        if (code != StatusCode.OK)
        {
            var details = told["grpc-status-details-bin"];
            var padded = details.PadRight((details.Length + 3) / 4 * 4, '=');
            throw new RpcException(new Status(code, ""), new Metadata { { "grpc-status-details-bin", Convert.FromBase64String(padded) } });
        }
    }
}
