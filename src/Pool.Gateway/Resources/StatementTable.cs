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

    private string Name(EntryKind kind)
    {
        var (chinese, english) = kind switch
        {
            EntryKind.Settlement => ("服务结算", "settlement"),
            EntryKind.GiftToRelative => ("赠与亲属", "gift to a relative"),
            EntryKind.GiftInNeed => ("赠与困难老人", "gift to somebody in need"),
            EntryKind.Donation => ("捐赠社区基金", "donation"),
            EntryKind.Grant => ("基金资助", "grant"),
            EntryKind.Allocation => ("街道拨付", "allocation"),
            EntryKind.Deposit => ("存入", "deposit"),
            EntryKind.Withdrawal => ("支取", "withdrawal"),
            EntryKind.Remittance => ("街道间付款", "remittance"),
            EntryKind.Waiver => ("债权豁免", "waiver"),
            EntryKind.Offset => ("多方抵销", "offset"),
            EntryKind.Reversal => ("更正冲销", "reversal"),
            EntryKind.Expiry => ("积分到期", "expiry"),
        };
        return _language == Language.Chinese ? chinese : english;
    }

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
