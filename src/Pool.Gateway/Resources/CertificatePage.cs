using System.Globalization;
using System.Net;
using System.Text;
using Pool.Gateway.Errors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Gateway.Resources;

/// <summary>A certificate of unpaid service as a page to print on A4: text and style alone, in one language.</summary>
internal sealed class CertificatePage(ServiceCertificate certificate, Language language)
{
    public const string ContentType = "text/html; charset=utf-8";

    private const string Style = """
        @page { size: A4; margin: 20mm; }
        body { font: 11pt/1.6 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; max-width: 170mm; margin: 2em auto; color: #000; }
        h1 { text-align: center; letter-spacing: .2em; } .stars { text-align: center; font-size: 24pt; color: #b8860b; }
        table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid #999; padding: 2pt 6pt; text-align: left; }
        th:last-child, td:last-child { text-align: right; } thead { display: table-header-group; } tr { break-inside: avoid; }
        footer { margin-top: 2em; font-size: 9pt; overflow-wrap: anywhere; } .seal { text-align: right; margin-top: 2em; }
        """;

    public override string ToString()
    {
        var words = Words;
        var page = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="{language.Tag()}">
            <head><meta charset="utf-8"><title>{words.Title} {Safe(certificate.Name)}</title><style>
            {Style}</style></head>
            <body>
            <h1>{words.Title}</h1>
            <p class="stars" title="{certificate.Stars}">{new string('★', certificate.Stars)}{new string('☆', ServiceCertificate.MostStars - certificate.Stars)}</p>
            <p>{Safe(Statement)}</p>
            <table><thead><tr><th>{words.Entry}</th><th>{words.Date}</th><th>{words.Community}</th><th>{words.Skill}</th><th>{words.Minutes}</th></tr></thead><tbody>

            """);
        foreach (var service in certificate.Services)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{service.Entry}</td><td>{service.Date:O}</td><td>{Safe(service.CommunityName)}</td><td>{Safe(language == Language.Chinese ? service.SkillNameZh : service.SkillNameEn)}</td><td>{service.Minutes.Value}</td></tr>\n");
        }

        return page.Append(CultureInfo.InvariantCulture, $"""
            </tbody></table>
            <p class="seal">{Safe(certificate.StreetName)}<br>{Clock.DayOf(certificate.IssuedAt):O}</p>
            <footer>{Safe(Proof)}</footer>
            </body>
            </html>

            """).ToString();
    }

    private (string Title, string Entry, string Date, string Community, string Skill, string Minutes) Words => language switch
    {
        Language.Chinese => ("志愿服务记录证明", "分录", "日期", "服务社区", "服务内容", "分钟"),
        Language.English => ("Certificate of unpaid service", "Entry", "Date", "Community", "Service", "Minutes"),
    };

    private string Statement => language switch
    {
        Language.Chinese => $"兹证明 {certificate.Name}（{certificate.Partner}）截至 {Clock.DayOf(certificate.IssuedAt):O} 在本街道服务记录中累计志愿服务 {Time}，共 {certificate.Services.Length} 次，{Level}。",
        Language.English => string.Create(
            CultureInfo.InvariantCulture,
            $"{certificate.Name} ({certificate.Partner}) has, by {Clock.DayOf(certificate.IssuedAt):O}, given {Time} of unpaid service in {certificate.Services.Length} entries of this street's record: {Level}."),
    };

    private string Time => (Minutes: certificate.Minutes.Value, language) switch
    {
        (var minutes, Language.Chinese) => $"{minutes / 60} 小时 {minutes % 60} 分钟",
        (var minutes, Language.English) => $"{minutes / 60} h {minutes % 60} min",
    };

    private string Level => (certificate.Stars, language) switch
    {
        (0, Language.Chinese) => "尚未达到一星级",
        (0, Language.English) => "no star yet",
        (var stars, Language.Chinese) => $"达到 {stars} 星级",
        (var stars, Language.English) => $"level {stars} of {ServiceCertificate.MostStars} stars",
    };

    private string Proof => language switch
    {
        Language.Chinese => $"本页内容的签名文件（serviceCertificate.json）可用 pool verify 离线验证。签发时街道日志共 {certificate.LogSize} 条分录，根哈希 {certificate.LogRoot}。",
        Language.English => $"The same, signed (serviceCertificate.json), is verified offline by pool verify. The street's log had {certificate.LogSize} entries when this was issued, with the root {certificate.LogRoot}.",
    };

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
