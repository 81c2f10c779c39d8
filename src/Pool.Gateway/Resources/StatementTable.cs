using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Google.Protobuf;
using Pool.Gateway.Errors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Gateway.Resources;

/// <summary>A statement as a table for spreadsheets (RFC 4180): one that begins with a byte order mark, by which they know UTF-8.</summary>
internal sealed class StatementTable : IDisposable
{
    public const string ContentType = "text/csv; charset=utf-8";

    private static readonly CsvConfiguration Rfc4180 = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };

    private readonly Language _language;
    private readonly MemoryStream _bytes = new();
    private readonly CsvWriter _csv;

    public StatementTable(Language language)
    {
        _language = language;
        _csv = new(new StreamWriter(_bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)), Rfc4180);
        Add(language switch
        {
            Language.Chinese => ["时间", "分录", "类型", "事项", "账户", "单位", "发生额", "余额"],
            Language.English => ["time", "entry", "kind", "transfer", "account", "unit", "amount", "balance"],
        });
    }

    public void Add(StatementLine line)
    {
        var unit = line.Posting.Unit;
        Add(
            Clock.Local(line.At).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), line.Entry.ToString(CultureInfo.InvariantCulture), Name(line.Kind),
            line.Transfer.Text, line.Posting.Account.Text, Name(unit), Amount(unit, line.Posting.Amount), Amount(unit, line.Balance));
    }

    public ByteString Finish()
    {
        _csv.Flush();
        return ByteString.CopyFrom(_bytes.GetBuffer(), 0, checked((int)_bytes.Length));
    }

    public void Dispose() => _csv.Dispose();

    private void Add(params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            _csv.WriteField(field);
        }

        _csv.NextRecord();
    }

    private string Name(EntryKind kind) => (kind, _language) switch
    {
        (EntryKind.Settlement, Language.Chinese) => "服务结算",
        (EntryKind.Settlement, Language.English) => "settlement",
        (EntryKind.GiftToRelative, Language.Chinese) => "赠与亲属",
        (EntryKind.GiftToRelative, Language.English) => "gift to a relative",
        (EntryKind.GiftInNeed, Language.Chinese) => "赠与困难老人",
        (EntryKind.GiftInNeed, Language.English) => "gift to somebody in need",
        (EntryKind.Donation, Language.Chinese) => "捐赠社区基金",
        (EntryKind.Donation, Language.English) => "donation",
        (EntryKind.Grant, Language.Chinese) => "基金资助",
        (EntryKind.Grant, Language.English) => "grant",
        (EntryKind.Allocation, Language.Chinese) => "街道拨付",
        (EntryKind.Allocation, Language.English) => "allocation",
        (EntryKind.Deposit, Language.Chinese) => "存入",
        (EntryKind.Deposit, Language.English) => "deposit",
        (EntryKind.Withdrawal, Language.Chinese) => "支取",
        (EntryKind.Withdrawal, Language.English) => "withdrawal",
    };

    private string Name(Unit unit) => (unit, _language) switch
    {
        (Unit.TimeCredit, Language.Chinese) => "时间币（分钟）",
        (Unit.TimeCredit, Language.English) => "credits (min)",
        (Unit.Cny, Language.Chinese) => "人民币（元）",
        (Unit.Cny, Language.English) => "CNY (yuan)",
    };

    /// <summary>Credits in minutes, money in yuan with its fen.</summary>
    private static string Amount(Unit unit, long amount) => unit switch
    {
        Unit.TimeCredit => amount.ToString(CultureInfo.InvariantCulture),
        Unit.Cny => (amount / 100m).ToString("0.00", CultureInfo.InvariantCulture),
    };
}
