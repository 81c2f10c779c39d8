using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What gRPC, transcoding and the web server refuse by themselves has its reason all the same, just at the limit.</summary>
public sealed class DoorLimitsTests(TestPool pool) : IClassFixture<TestPool>
{
    private const int Limit = 1024 * 1024;

    // A description as long as this is refused by its own limit: the message was read.
    [Theory]
    [InlineData(-4, "TEXT_TOO_LONG")]
    [InlineData(0, "TEXT_TOO_LONG")]
    [InlineData(1, "MESSAGE_TOO_LARGE")]
    [InlineData(6, "MESSAGE_TOO_LARGE")]
    [InlineData(Limit, "MESSAGE_TOO_LARGE")]
    public Task A_message_is_taken_up_to_its_limit(int over, string reason) => pool.Refuses(
        reason == "MESSAGE_TOO_LARGE" ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument,
        reason,
        reason == "MESSAGE_TOO_LARGE" ? null : "demand.description",
        headers => pool.Demands.PostDemandAsync(OfSize(Limit + over), headers).ResponseAsync);

    [Theory]
    [InlineData(0, false, "TEXT_TOO_LONG")]
    [InlineData(0, true, "TEXT_TOO_LONG")]
    [InlineData(1, false, "MESSAGE_TOO_LARGE")]
    [InlineData(1, true, "MESSAGE_TOO_LARGE")]
    [InlineData(Limit, true, "MESSAGE_TOO_LARGE")]
    public async Task A_json_body_is_taken_up_to_its_limit(int over, bool chunked, string reason)
    {
        var demand = pool.NewDemand();
        demand.Description = "x";
        demand.Description = new string('x', Limit + over - JsonFormatter.Default.Format(demand).Length + 1);

        await RefusesJson(
            HttpMethod.Post, $"/v1/{Home}/demands?requestId={NewId()}", JsonFormatter.Default.Format(demand), chunked,
            reason == "MESSAGE_TOO_LARGE" ? HttpStatusCode.TooManyRequests : HttpStatusCode.BadRequest, reason);
    }

    [Theory]
    [InlineData("{\"title\": \"x\", ")]
    [InlineData("not json")]
    [InlineData("{\"seats\": \"two\"}")]
    [InlineData("{\"feeModes\": [\"BARTER\"]}")]
    [InlineData("[]")]
    public Task A_json_body_that_is_no_demand_is_refused(string json) =>
        RefusesJson(HttpMethod.Post, $"/v1/{Home}/demands?requestId={NewId()}", json, chunked: false, HttpStatusCode.BadRequest, "FIELD_INVALID");

    [Fact]
    public Task A_query_that_cannot_be_read_is_refused() =>
        RefusesJson(HttpMethod.Get, $"/v1/{Home}/demands?pageSize=many", null, chunked: false, HttpStatusCode.BadRequest, "FIELD_INVALID");

    [Theory]
    [InlineData("0S")]
    [InlineData("1n")]
    [InlineData("1u")]
    public async Task A_deadline_that_has_passed_on_arrival_is_told_with_its_reason_and_writes_nothing(string timeout)
    {
        var before = pool.Journal.Head;
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() };

        Assert.Equal(("DEADLINE_EXCEEDED", "zh-CN"), await Late(request, timeout, "zh-CN"));
        Assert.Equal(("DEADLINE_EXCEEDED", "en"), await Late(request, timeout, "en"));

        Assert.Equal(before, pool.Journal.Head);
    }

    [Fact]
    public async Task A_deadline_that_passes_while_the_journal_writes_is_told_and_the_retry_finds_one_effect()
    {
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(reach: 0), RequestId = NewId() };
        using (pool.HoldJournal())
        {
            Assert.Equal(("DEADLINE_EXCEEDED", "en"), await Late(request, "300m", "en"));
        }

        var posted = await pool.Demands.PostDemandAsync(request);

        var record = Assert.Single(pool.Journal.ReadStream($"demand/{request.RequestId}", 0), record => record.Type == "demand.posted");
        Assert.Equal($"{Home}/demands/{request.RequestId}", posted.Name);
        Assert.Equal(request.RequestId, $"{record.CommandId}");
        await pool.Until(posted, demand => demand.RetryTime is not null);
    }

    /// <summary>Calls with a deadline that the server alone watches.</summary>
    private async Task<(string Reason, string Language)> Late(PostDemandRequest request, string timeout, string language)
    {
        using var http = new HttpClient();
        var message = request.ToByteArray();
        byte[] frame = [0, .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(message.Length)), .. message];
        using var call = new HttpRequestMessage(HttpMethod.Post, $"{pool.Addresses.Grpc}/pool.v1.DemandService/PostDemand")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new("application/grpc") } },
            Headers = { { "te", "trailers" }, { "grpc-timeout", timeout }, { "accept-language", language } },
        };
        using var answer = await http.SendAsync(call);

        Assert.Equal($"{(int)StatusCode.DeadlineExceeded}", Assert.Single(answer.Headers.GetValues("grpc-status")));
        var details = Assert.Single(answer.Headers.GetValues("grpc-status-details-bin"));
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return (status.GetDetail<ErrorInfo>()!.Reason, status.GetDetail<LocalizedMessage>()!.Locale);
    }

    private async Task RefusesJson(HttpMethod method, string path, string? json, bool chunked, HttpStatusCode code, string reason)
    {
        var before = pool.Journal.Head;
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };
        foreach (var language in new[] { "zh-CN", "en" })
        {
            using var call = new HttpRequestMessage(method, path) { Headers = { { "accept-language", language } } };
            call.Headers.TransferEncodingChunked = chunked;
            call.Content = json is null ? null : new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var answer = await http.SendAsync(call);

            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(code == answer.StatusCode, $"{answer.StatusCode.ToString()} {body}");
            var details = JsonDocument.Parse(body).RootElement.GetProperty("details").EnumerateArray().ToList();
            Assert.Equal(reason, details[0].GetProperty("reason").GetString());
            Assert.Equal(language, details[^1].GetProperty("locale").GetString());
            Assert.Equal(32, Assert.Single(answer.Headers.GetValues("trace-id")).Length);
        }

        Assert.Equal(before, pool.Journal.Head);
    }

    /// <summary>A request whose message has just this many bytes.</summary>
    private PostDemandRequest OfSize(int bytes)
    {
        var request = new PostDemandRequest { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() };
        request.Demand.Description = new string('x', bytes - 200);
        request.Demand.Description += new string('x', bytes - request.CalculateSize());
        Assert.Equal(bytes, request.CalculateSize());
        return request;
    }
}
