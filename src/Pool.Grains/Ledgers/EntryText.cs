using System.Globalization;
using System.Text;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>
/// The one text of an entry, which is a leaf of the street's log: lines of a word and a value, none of them blank. It is what
/// receipts show, and it never changes.
/// </summary>
public static class EntryText
{
    private const string Version = "pool-entry/v1";

    public static string Of(StreetId street, EntryPosted posted)
    {
        var (entry, text) = (posted.Entry, Begin(street, posted.Number, posted.At, "economic"));
        text.Append(CultureInfo.InvariantCulture, $"kind {Word(entry.Kind)}\ntransfer {entry.Transfer}\n{Undone(entry.Reverses)}");
        if (entry.Service is { } service)
        {
            var price = service.Price;
            text.Append(CultureInfo.InvariantCulture, $"receiver {service.Receiver}\nskill {service.Skill} {service.Level}\nminutes {service.Minutes.Value}\n");
            text.Append(CultureInfo.InvariantCulture, $"rate {price.Street}/{price.Version} {price.Percent} {price.FeePerHour.Value} {price.FundSharePercent}\n");
        }

        foreach (var posting in entry.Postings)
        {
            text.Append(CultureInfo.InvariantCulture, $"post {posting.Account} {Word(posting.Unit)} {posting.Amount}\n");
        }

        return text.ToString();
    }

    public static string Of(StreetId street, ServiceEntryRecorded recorded)
    {
        var (entry, text) = (recorded.Entry, Begin(street, recorded.Number, recorded.At, "service"));
        return text.Append(
            CultureInfo.InvariantCulture,
            $"kind {Word(entry.Kind)}\ntransfer {entry.Transfer}\n{Undone(entry.Reverses)}receiver {entry.Receiver}\nskill {entry.Skill} {entry.Level}\nminutes {entry.Minutes.Value}\ngiver {entry.Giver}\n").ToString();
    }

    private static StringBuilder Begin(StreetId street, long number, DateTimeOffset at, string book) => new StringBuilder().Append(
        CultureInfo.InvariantCulture, $"{Version}\nstreet {street}\nentry {number}\ntime {at.UtcDateTime:O}\nbook {book}\n");

    private static string Undone(long? number) => number is { } undone ? string.Create(CultureInfo.InvariantCulture, $"reverses {undone}\n") : "";

    private static string Word(EntryKind kind) => kind switch
    {
        EntryKind.Settlement => "settlement",
        EntryKind.GiftToRelative => "gift-to-relative",
        EntryKind.GiftInNeed => "gift-in-need",
        EntryKind.Donation => "donation",
        EntryKind.Grant => "grant",
        EntryKind.Allocation => "allocation",
        EntryKind.Deposit => "deposit",
        EntryKind.Withdrawal => "withdrawal",
        EntryKind.Remittance => "remittance",
        EntryKind.Waiver => "waiver",
        EntryKind.Offset => "offset",
        EntryKind.Reversal => "reversal",
        EntryKind.Expiry => "expiry",
    };

    private static string Word(Unit unit) => unit switch
    {
        Unit.TimeCredit => "credit-minutes",
        Unit.Cny => "cny-fen",
    };
}
