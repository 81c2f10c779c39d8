using System.Text.Json;

namespace Pool.Auditing;

/// <summary>
/// A street's ledger as its rows make it: I2 and I10. Every entry sums to nothing, is the only one of its transfer, and pays no
/// more than there was cover for.
/// </summary>
/// <param name="payerOf">Whose account of the demand's street pays an assignment; null for what is none, or is not known.</param>
internal sealed partial class AuditedLedger(string street, Func<string, string?> payerOf, List<string> violations)
{
    private readonly Dictionary<(string Account, string Unit), long> _posted = [];
    private readonly Dictionary<string, Transfer> _held = [];
    private readonly Dictionary<string, Order> _orders = [];
    private readonly Dictionary<string, JournalRow> _ended = [];
    private readonly Dictionary<string, long> _given = [];
    private readonly Dictionary<string, long> _received = [];
    private long _entries;
    private int _rates;
    private (long Most, long FundCredits, long FundMoney, long PeerCredits, long PeerMoney, long Gifts, long StreetCredits, long StreetMoney) _trust = (90_000, 60_000, 1_000_000, 60_000, 1_000_000, 6_000, 600_000, 10_000_000);

    /// <summary>Something that is held.</summary>
    public sealed record Transfer(string Payer, string Payee, bool HasFund, string Unit, long Paid, long Earned, string Price)
    {
        public static Transfer Of(JsonElement hold)
        {
            var (service, hasFund) = (hold.GetProperty("service"), hold.TryGetProperty("fund", out _));
            var (paid, earned) = Worth(service);
            return new(
                hold.GetProperty("payer").GetString()!, hold.GetProperty("payee").GetString()!, hasFund, service.GetProperty("price").GetProperty("unit").GetString()!, paid, earned,
                service.GetProperty("price").GetRawText());
        }
    }

    public void Take(JournalRow row)
    {
        if (row.Version == 1 != (row.Type == "ledger.opened"))
        {
            violations.Add($"I2: {row} does not come where a ledger is opened.");
        }

        switch (row.Type)
        {
            case "ledger.opened":
                Began(row.At);
                break;
            case "ledger.policy-set":
                var policy = row.Payload.GetProperty("policy");
                _trust = (Of("mostCredits"), Of("fundCredits"), Of("fundMoney"), Of("peerCredits"), Of("peerMoney"), Later("mostGifts", 6_000), Later("streetCredits", 600_000), Later("streetMoney", 10_000_000));
                SetExpiry(policy);
                break;

                long Of(string part) => policy.GetProperty(part).GetInt64();

                // What policies of before did not say.
                long Later(string part, long standard) => policy.TryGetProperty(part, out var set) ? set.GetInt64() : standard;
            case "ledger.rates-set":
                if (row.Payload.GetProperty("rates").GetProperty("number").GetInt32() != ++_rates)
                {
                    violations.Add($"I2: {row} does not follow version {_rates - 1} of the rates.");
                }

                break;
            case "ledger.transfer-held":
                Hold(row, Transfer.Of(row.Payload.GetProperty("hold")));
                break;
            case "ledger.order-held":
                Hold(row, Order.Of(row.Payload.GetProperty("order")));
                break;
            case "ledger.holder-erased":
                Forget(row);
                break;
            case "ledger.identity-erased":
                Forgotten(row);
                break;
            case "ledger.credits-expired":
                EndExpiry(row);
                break;
            case "ledger.day-netted":
                CheckNetted(row);
                break;
            case "ledger.transfer-released":
                Free(row.Text("transfer"));
                End(row, row.Text("transfer"));
                break;
            case "ledger.entry-posted":
                Post(row, row.Payload.GetProperty("entry"));
                break;
            case "ledger.service-recorded":
                Record(row, row.Payload.GetProperty("entry"));
                break;
            case "ledger.checkpoint-published":
                Log.Publish(row);
                break;
            case "ledger.period-opened":
                CheckCarried(row);
                OpenQuarter(row);
                _gifts.Clear();
                break;
            default:
                violations.Add($"The auditor does not know {row}.");
                break;
        }
    }

    /// <summary>Its entries as a log.</summary>
    public AuditedLog Log { get; } = new(street, violations);

    /// <summary>What ended a transfer here; null while nothing has.</summary>
    public JournalRow? EndOf(string transfer) => _ended.GetValueOrDefault(transfer);

    public bool Holds(string transfer) => _held.ContainsKey(transfer) || _orders.ContainsKey(transfer);

    /// <summary>What another street owes this one, less what this one owes it.</summary>
    public long OwedBy(string peer, string unit) => -_posted.GetValueOrDefault(($"mirror-{peer}", unit));

    /// <summary>Nothing is held for what has ended.</summary>
    /// <param name="isUnderWay">Whether a transfer's service is still to come, or to be settled.</param>
    public void CheckQuiet(Func<string, bool> isUnderWay)
    {
        foreach (var transfer in _held.Keys.Concat(_orders.Keys).Where(transfer => !isUnderWay(transfer)))
        {
            violations.Add($"I2: ledger {street} still holds the price of {transfer}, which has ended.");
        }
    }

    private void Hold(JournalRow row, Transfer transfer)
    {
        var id = row.Text("transfer");
        if (_ended.TryGetValue(id, out var end) || _held.ContainsKey(id))
        {
            violations.Add($"I2: {row} holds {id} again{(end is null ? "" : $", which {end} has ended")}.");
        }

        if (_forgotten.Contains(AfterDash(transfer.Payer)))
        {
            violations.Add($"Privacy: {row} is paid from an account whose holder was erased.");
        }

        if (transfer.Payer == transfer.Payee || (!transfer.Payer.StartsWith("mirror-", StringComparison.Ordinal) && payerOf(id) is { } named && transfer.Payer != named))
        {
            violations.Add($"I2: {row} has {transfer.Payer} pay {transfer.Payee}, which is not to.");
        }

        if (Available(transfer.Payer, transfer.Unit) + CreditOf(transfer.Payer, transfer.Unit) < transfer.Paid)
        {
            violations.Add($"I2: {row} holds {transfer.Paid}, for which {transfer.Payer} has no cover.");
        }

        if (transfer.Unit == "TimeCredit" && transfer.Payee.StartsWith("partner-", StringComparison.Ordinal) && Expected(transfer.Payee, transfer.Unit) + transfer.Earned > _trust.Most)
        {
            violations.Add($"I2: {row} brings {transfer.Payee} over its limit.");
        }

        _held[id] = transfer;
    }

    private void Post(JournalRow row, JsonElement entry)
    {
        Number(row);
        Net(row, entry);
        Stand(row, entry);
        if (entry.GetProperty("kind").GetString() is not ("Settlement" or "Reversal"))
        {
            CheckEntry(row, entry);
        }

        Get(entry);
        var sums = new Dictionary<string, long>();
        foreach (var posting in entry.GetProperty("postings").EnumerateArray())
        {
            var (account, unit, amount) = (posting.GetProperty("account").GetString()!, posting.GetProperty("unit").GetString()!, posting.GetProperty("amount").GetInt64());
            sums[unit] = sums.GetValueOrDefault(unit) + amount;
            _posted[(account, unit)] = _posted.GetValueOrDefault((account, unit)) + amount;
        }

        foreach (var (unit, sum) in sums.Where(sum => sum.Value != 0))
        {
            violations.Add($"I2: the postings of {row} sum to {sum} in {unit}.");
        }

        if (IsReversal(entry))
        {
            return;
        }

        var transfer = entry.GetProperty("transfer").GetString()!;
        if (entry.TryGetProperty("service", out var service))
        {
            if (Free(transfer) is { } held && held.Price != service.GetProperty("price").GetRawText())
            {
                violations.Add($"I2: {row} is not paid at the price that was held.");
            }

            CheckAmounts(row, payerOf(transfer) ?? $"fund-{service.GetProperty("receiver").GetString()}", service, entry.GetProperty("postings"));
        }

        End(row, transfer);
    }

    private void Record(JournalRow row, JsonElement entry)
    {
        Number(row);
        Stand(row, entry);
        var giver = entry.GetProperty("giver").GetString()!;
        var (receiver, minutes) = (entry.GetProperty("receiver").GetString()!, (IsReversal(entry) ? -1 : 1) * entry.GetProperty("minutes").GetInt64());
        _given[giver] = _given.GetValueOrDefault(giver) + minutes;
        _received[receiver] = _received.GetValueOrDefault(receiver) + minutes;
        if (!IsReversal(entry))
        {
            End(row, entry.GetProperty("transfer").GetString()!);
        }
    }

    private void Number(JournalRow row)
    {
        if (row.Number != ++_entries)
        {
            violations.Add($"I2: {row} is entry {row.Number} and follows entry {_entries - 1}.");
            _entries = row.Number;
        }

        Log.Enter(row);
    }

    private void End(JournalRow row, string transfer)
    {
        if (!_ended.TryAdd(transfer, row))
        {
            violations.Add($"I2: {row} ends {transfer}, which {_ended[transfer]} had ended.");
        }
    }

    private void CheckCarried(JournalRow row)
    {
        var carried = row.Payload.GetProperty("balances").EnumerateArray()
            .ToDictionary(balance => (balance.GetProperty("account").GetString()!, balance.GetProperty("unit").GetString()!), balance => balance.GetProperty("posted").GetInt64());
        var holds = row.Payload.GetProperty("holds").EnumerateArray().ToDictionary(hold => hold.GetProperty("transfer").GetString()!, hold => Transfer.Of(hold.GetProperty("hold")));
        var given = row.Payload.GetProperty("given").EnumerateArray().ToDictionary(part => part.GetProperty("giver").GetString()!, part => part.GetProperty("given").GetInt64());
        var received = row.Payload.GetProperty("received").EnumerateArray().ToDictionary(part => part.GetProperty("receiver").GetString()!, part => part.GetProperty("received").GetInt64());
        if (!Same(carried, _posted) || !Same(given, _given) || !Same(received, _received) || row.Payload.GetProperty("rates").GetProperty("versions").GetArrayLength() != _rates || holds.Count != _held.Count || row.Payload.GetProperty("orders").GetArrayLength() != _orders.Count || row.Payload.GetProperty("erasing").GetArrayLength() != _erasing.Count || holds.Any(hold => _held.GetValueOrDefault(hold.Key) != hold.Value)
            || row.Payload.GetProperty("log").GetProperty("size").GetInt64() != _entries)
        {
            violations.Add($"I2: {row} does not carry over what there was.");
        }

        static bool Same<TKey>(Dictionary<TKey, long> one, Dictionary<TKey, long> other) where TKey : notnull =>
            one.Keys.Union(other.Keys).All(key => one.GetValueOrDefault(key) == other.GetValueOrDefault(key));
    }
}
