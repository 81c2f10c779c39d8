using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
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

    [Fact]
    public async Task A_message_that_is_too_large_is_not_to_be_sent_again()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => pool.Demands.PostDemandAsync(OfSize(Limit + 1)).ResponseAsync);
        Assert.Equal("-1", refused.Trailers.GetValue("grpc-retry-pushback-ms"));
    }

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
    public async Task A_json_body_that_is_not_utf_8_is_refused()
    {
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };
        using var content = new StringContent("{\"displayName\": \"x\"}", Encoding.Unicode, new MediaTypeHeaderValue("application/json", "utf-16"));

        using var answer = await http.PostAsync(new Uri($"/v1/streets?streetId=330109010&requestId={NewId()}", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("FIELD_INVALID", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public Task A_query_that_cannot_be_read_is_refused() =>
        RefusesJson(HttpMethod.Get, $"/v1/{Home}/demands?pageSize=many", null, chunked: false, HttpStatusCode.BadRequest, "FIELD_INVALID");

    [Theory]
    [InlineData("0S")]
    [InlineData("1n")]
    [InlineData("1u")]
    public Task A_deadline_that_has_passed_on_arrival_is_told_with_its_reason(string timeout) =>
        pool.Refuses(StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", null, headers => RawCall.Post(pool, Request(), timeout, headers));

    [Fact]
    public async Task A_deadline_that_passes_while_the_journal_writes_is_told_and_the_retry_finds_one_effect()
    {
        var request = Request();
        request.Demand.Reach = 0;
        using (pool.HoldJournal())
        {
            await pool.Refuses(StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", null, headers => RawCall.Post(pool, request, "300m", headers));
        }

        var posted = await pool.Demands.PostDemandAsync(request);

        Assert.Equal($"{Home}/demands/{request.RequestId}", posted.Name);
        await pool.Until(posted, demand => demand.RetryTime is not null);
        var record = Assert.Single(await pool.Journal.ReadStream($"demand/{request.RequestId}", 0), record => record.Type == "demand.posted");
        Assert.Equal(request.RequestId, $"{record.CommandId}");
    }

    private PostDemandRequest Request() => new() { Parent = Home, Demand = pool.NewDemand(), RequestId = NewId() };

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
        var request = Request();
        request.Demand.Description = new string('x', bytes - 200);
        request.Demand.Description += new string('x', bytes - request.CalculateSize());
        Assert.Equal(bytes, request.CalculateSize());
        return request;
    }
}
