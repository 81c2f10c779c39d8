using System.Text.Json;

namespace Pool.Auditing;

/// <summary>Whose credits expire: what somebody got long ago and has not spent, as a quarter begins, and nothing else.</summary>
internal sealed partial class AuditedLedger
{
    /// <summary>What each got in which quarter, counted from the year 0 on.</summary>
    private readonly Dictionary<(string Account, int Quarter), long> _got = [];

    /// <summary>What a correction has taken back, until the right entry follows.</summary>
    private readonly Dictionary<string, long> _undone = [];

    /// <summary>Whose credits have come free, or back, since the quarter began: they may be too old and stay until the next one.</summary>
    private readonly HashSet<string> _freed = [];
    private int _quarter;
    private int _lasts;
    private bool _expiring;

    /// <summary>After how many quarters, as long as an expiry is under way: a policy that comes meanwhile may only spare more.</summary>
    private int _spares;
    private DateTimeOffset _opened;

    /// <summary>When credits are to expire; null where none ever do.</summary>
    public DateTimeOffset? ExpiryDueAt => _expiring ? _opened : _lasts == 0 ? null : new DateTimeOffset((_quarter + 1) / 4, (((_quarter + 1) % 4) * 3) + 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What it owes now; null where nothing.</summary>
    public string? Owes => ErasingSince is not null ? "an erasure" : _expiring ? "an expiry" : null;

    private void Began(DateTimeOffset at) => _quarter = (at.UtcDateTime.Year * 4) + ((at.UtcDateTime.Month - 1) / 3);

    private void SetExpiry(JsonElement policy)
    {
        _lasts = policy.TryGetProperty("expireAfterQuarters", out var quarters) ? quarters.GetInt32() : 0;
        _expiring &= _lasts > 0;
        _spares = Math.Max(_spares, _lasts);
    }

    private void OpenQuarter(JournalRow row)
    {
        var period = row.Payload.GetProperty("period").GetInt32();
        (_quarter, _expiring, _spares, _opened) = ((period / 10 * 4) + (period % 10) - 1, _lasts > 0, _lasts, row.At);
        _freed.Clear();
        var carried = new Dictionary<(string, int), long>();
        foreach (var credits in row.Payload.TryGetProperty("credits", out var all) ? all.EnumerateArray() : [])
        {
            var back = 0;
            foreach (var got in credits.GetProperty("got").EnumerateArray())
            {
                carried[(credits.GetProperty("account").GetString()!, _quarter - back++)] = got.GetInt64();
            }
        }

        if (_got.Keys.Union(carried.Keys).Any(key => key.Item2 >= _quarter - 20 && _got.GetValueOrDefault(key) != carried.GetValueOrDefault(key)))
        {
            violations.Add($"I2: {row} does not carry over how old the credits are.");
        }
    }

    /// <summary>A correction gives what is more than before, and gives nobody back what it has paid as if it were new.</summary>
    private void Get(JsonElement entry)
    {
        var undone = new Dictionary<string, long>(_undone);
        _undone.Clear();
        foreach (var posting in entry.GetProperty("postings").EnumerateArray())
        {
            var (account, amount) = (posting.GetProperty("account").GetString()!, posting.GetProperty("amount").GetInt64());
            if (!People.Contains(account[..4]) || posting.GetProperty("unit").GetString() != "TimeCredit")
            {
                continue;
            }

            if (IsReversal(entry))
            {
                _undone[account] = Math.Max(0, -amount);
                _freed.Add(account);
            }
            else if (amount > 0)
            {
                _got[(account, _quarter)] = _got.GetValueOrDefault((account, _quarter)) + Math.Max(0, amount - undone.GetValueOrDefault(account));
            }
        }
    }

    /// <summary>Ends what is held for a transfer: what is not paid of it can be spent again.</summary>
    /// <returns>What was held for a service; null where nothing was.</returns>
    private Transfer? Free(string transfer)
    {
        if (_orders.Remove(transfer, out var order))
        {
            _freed.Add(order.From);
        }

        if (_held.Remove(transfer, out var held))
        {
            _freed.Add(held.Payer);
            return held;
        }

        return null;
    }

    private void CheckExpiry(JournalRow row, Order? order)
    {
        if (!_expiring || order is not { To: "street", Unit: "TimeCredit" } || !People.Contains(order.From[..4]) || order.Amount != TooOld(order.From) || order.Amount <= 0)
        {
            violations.Add($"I2: {row} lets expire what is not too old.");
        }
    }

    private void EndExpiry(JournalRow row)
    {
        foreach (var (account, unit) in _posted.Keys.Where(key => key.Unit == "TimeCredit" && People.Contains(key.Account[..4]) && TooOld(key.Account) > 0 && !_freed.Contains(key.Account)))
        {
            violations.Add($"I2: {row} leaves {account} {TooOld(account)} in {unit} that are too old.");
        }

        if (!_expiring)
        {
            violations.Add($"I2: {row} ends an expiry that had ended.");
        }

        _expiring = false;
    }

    private long TooOld(string account)
    {
        var (has, young) = (Available(account, "TimeCredit"), 0L);
        for (var quarter = _quarter - _spares; quarter <= _quarter; quarter++)
        {
            young += _got.GetValueOrDefault((account, quarter));
        }

        return has <= 0 ? 0 : Math.Clamp(has - young, 0, has);
    }
}
