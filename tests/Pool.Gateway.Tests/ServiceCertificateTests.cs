using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.LedgerLife;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>A partner's unpaid service as paper and as a signed file.</summary>
public sealed class ServiceCertificateTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task It_says_what_stands_in_the_service_record_and_nothing_else()
    {
        var (street, partner, demand) = await _life.Booked("330109866", FeeMode.Volunteer);
        await _life.Serve(demand, minutes: 50);
        await pool.Dispatch.CorrectAssignmentAsync(new() { Name = $"{demand.Name}/assignments/1", Minutes = 70, Note = "as it was", RequestId = NewId() });
        // Somebody else's.
        await _life.Record("330109866", 2);

        using var certificate = JsonDocument.Parse(await Node(await Signed(partner), (await _life.Ledger(street)).VerifierKey));

        var said = certificate.RootElement;
        Assert.Equal(("330109866", 70L, 0, 5L), (said.GetProperty("street").GetString(), said.GetProperty("minutes").GetInt64(), said.GetProperty("stars").GetInt32(), said.GetProperty("log_size").GetInt64()));
        Assert.Equal((await pool.Partners.GetPartnerAsync(new() { Name = partner })).DisplayName, said.GetProperty("name").GetString());
        var service = Assert.Single(said.GetProperty("services").EnumerateArray());
        Assert.Equal((3L, "330109866001", "paid-330109866", 70L), (service.GetProperty("entry").GetInt64(), service.GetProperty("community").GetString(), service.GetProperty("skill").GetString(), service.GetProperty("minutes").GetInt64()));
        // The root is that of the log.
        Assert.Equal((await pool.Receipts.GetCheckpointAsync(new() { Ledger = $"{street}/ledger" })).Note.Split('\n')[2], said.GetProperty("log_root").GetString());
    }

    [Fact]
    public async Task What_is_paid_is_not_certified_as_unpaid()
    {
        var (street, partner, demand) = await _life.Booked("330109867", FeeMode.LowFee);
        await _life.Serve(demand, minutes: 60);

        using var certificate = JsonDocument.Parse(await Node(await Signed(partner), (await _life.Ledger(street)).VerifierKey));

        Assert.Equal((0L, 0), (certificate.RootElement.GetProperty("minutes").GetInt64(), certificate.RootElement.GetProperty("services").GetArrayLength()));
    }

    [Fact]
    public async Task The_page_is_in_the_callers_language_and_a_name_is_text_in_it()
    {
        var (_, partner, demand) = await _life.Booked("330109868", FeeMode.Volunteer);
        await pool.Partners.UpdatePartnerAsync(new() { Partner = new() { Name = partner, DisplayName = "<script>王&明" }, UpdateMask = new() { Paths = { "display_name" } }, RequestId = NewId() });
        await _life.Serve(demand, minutes: 125);
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };

        var (chinese, english) = (await Page("zh-CN"), await Page("en"));

        Assert.Contains("志愿服务记录证明", chinese, StringComparison.Ordinal);
        Assert.Contains("2 小时 5 分钟", chinese, StringComparison.Ordinal);
        Assert.Contains("2 h 5 min", english, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;王&amp;明", english, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", english, StringComparison.Ordinal);
        Assert.Contains("<td>125</td>", english, StringComparison.Ordinal);

        async Task<string> Page(string language)
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, $"/v1/{partner}/serviceCertificate.html") { Headers = { AcceptLanguage = { StringWithQualityHeaderValue.Parse(language) } } };
            using var response = await http.SendAsync(asked);
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task Nobody_is_certified_who_is_not_there_or_not_any_more()
    {
        var street = await _life.Street("330109869");
        await _life.Skill("330109869", FeeMode.Volunteer, Community(street));
        var partner = $"{Community(street)}/partners/paid-330109869-1";
        await pool.Partners.SuspendPartnerAsync(new() { Name = partner, Reason = "moved away", RequestId = NewId() });
        await pool.Partners.ErasePartnerAsync(new() { Name = partner, Reason = "moved away", RequestId = NewId() });

        await Refused("PARTNER_ERASED", partner);
        await Refused("PARTNER_NOT_FOUND", $"{Community(street)}/partners/nobody");
        await Refused("PARTNER_NOT_FOUND", "streets/330109869/communities/330109869002/partners/paid-330109869-1");
        await Refused("NAME_INVALID", street);

        Task Refused(string reason, string name) => pool.Refuses(
            reason switch { "NAME_INVALID" => StatusCode.InvalidArgument, "PARTNER_ERASED" => StatusCode.FailedPrecondition, _ => StatusCode.NotFound }, reason, reason == "NAME_INVALID" ? "partner" : null,
            async headers => await pool.Receipts.GetServiceCertificateAsync(new() { Partner = name }, headers));
    }

    private async Task<string> Signed(string partner) => (await pool.Receipts.GetServiceCertificateAsync(new() { Partner = partner })).Data.ToStringUtf8();

    /// <summary>What a program of another language reads in it, by the key alone.</summary>
    private static async Task<string> Node(string signed, string key)
    {
        using var checker = Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "check-certificate.mjs"), key]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await checker.StandardInput.WriteAsync(signed);
        checker.StandardInput.Close();
        var (told, failed) = (checker.StandardOutput.ReadToEndAsync(), checker.StandardError.ReadToEndAsync());
        await checker.WaitForExitAsync();
        Assert.Equal("", await failed);
        return await told;
    }
}
