using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>The same contract as JSON over HTTP/1.1.</summary>
public sealed class JsonTests(TestPool pool) : IClassFixture<TestPool>
{
    [Fact]
    public async Task A_demand_is_posted_and_read_as_json()
    {
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };
        var id = NewId();
        var now = pool.Clock.GetUtcNow();
        var body = new
        {
            title = "照护一小时",
            skill = "skills/elder-care",
            seats = 1,
            windowStartTime = now.AddHours(1),
            windowEndTime = now.AddHours(9),
            durationMinutes = "60",
            feeModes = new[] { "VOLUNTEER" },
        };

        using var posted = await http.PostAsJsonAsync($"/v1/{Home}/demands?requestId={id}", body);

        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        Assert.Equal(32, Assert.Single(posted.Headers.GetValues("trace-id")).Length);
        var demand = await http.GetFromJsonAsync<JsonElement>($"/v1/{Home}/demands/{id}");
        Assert.Equal(("照护一小时", "60"), (demand.GetProperty("title").GetString(), demand.GetProperty("durationMinutes").GetString()));
    }

    [Fact]
    public async Task A_refusal_carries_its_reason_and_an_http_status()
    {
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };
        http.DefaultRequestHeaders.Add("accept-language", "en");

        using var refused = await http.GetAsync(new Uri($"/v1/{Home}/partners/nobody", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        var details = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("details");
        Assert.Equal("PARTNER_NOT_FOUND", details[0].GetProperty("reason").GetString());
        Assert.Equal("No partner nobody.", details[1].GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_watch_tells_of_the_named_events_a_line_each()
    {
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };
        var posted = await pool.Post(pool.NewDemand(reach: 0));
        await pool.Until(posted, waiting => waiting.RetryTime is not null);

        using var watch = await http.GetAsync(
            new Uri($"/v1/{posted.Name}:watch?events=demand.posted&events=demand.queued", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync());
        var told = new List<string>();
        for (var (cursor, end) = (0L, pool.Journal.Head); cursor < end;)
        {
            using var news = JsonDocument.Parse((await lines.ReadLineAsync())!);
            cursor = long.Parse(news.RootElement.GetProperty("cursor").GetString()!, CultureInfo.InvariantCulture);
            // A checkpoint tells of no event.
            if (news.RootElement.GetProperty("event").GetString() is { Length: > 0 } name)
            {
                told.Add(name);
            }
        }

        Assert.Equal(["demand.posted", "demand.queued"], told);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs")]
    public async Task Health_and_the_api_page_answer(string path)
    {
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };

        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_openapi_document_describes_every_route_with_its_comment()
    {
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };

        var document = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var post = document.GetProperty("paths").GetProperty("/v1/streets/{street}/communities/{community}/demands").GetProperty("post");
        Assert.Contains("WINDOW_ENDS_BEFORE_START", post.ToString(), StringComparison.Ordinal);
    }
}
