namespace Pool.Auditing;

/// <summary>
/// Reads a journal alone, row by row, with a model of its own, and says in sentences what it finds wrong: the invariants of
/// the design's section 8. It shares no type with the pool, so that a mistake there cannot hide itself here.
/// </summary>
public sealed partial class Auditor
{
    /// <summary>How long after its due time an actor may be woken, at the most, once the pool is quiet.</summary>
    private static readonly TimeSpan WakeUpTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a step may be tried before its actor is woken to try again.</summary>
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(5);

    /// <summary>How long an entry may be in no published checkpoint.</summary>
    private static readonly TimeSpan CheckpointTime = TimeSpan.FromMinutes(10);

    private readonly List<string> _violations = [];
    private readonly Dictionary<string, long> _versions = [];
    private readonly Dictionary<string, JournalRow> _commands = [];
    private readonly Dictionary<string, AuditedDemand> _demands = [];
    private readonly Dictionary<string, AuditedPartner> _partners = [];
    private readonly Dictionary<string, AuditedRound> _rounds = [];
    private readonly Dictionary<string, AuditedLender> _lenders = [];
    private readonly Dictionary<string, AuditedSeries> _series = [];
    private readonly Dictionary<string, (long Made, long Listed)> _offers = [];

    /// <summary>Offers that serve on holidays, or did so once.</summary>
    private readonly HashSet<string> _servingOnHolidays = [];
    private readonly Dictionary<string, string> _busy = [];
    private long _position;

    /// <summary>What is wrong so far, a sentence each; empty when all is well.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Whether every actor rests: nothing is left but what waits for a client or for time.</summary>
    public bool IsQuiet => _busy.Count == 0;

    /// <summary>Who does not rest yet, and what is owed, a sentence each.</summary>
    public IEnumerable<string> Busy => _busy.Select(owing => $"{owing.Key} owes {owing.Value}.");

    /// <summary>The next row, in position order.</summary>
    public void Take(JournalRow row)
    {
        CheckDense(row);
        CheckCommand(row);
        switch (row.Kind)
        {
            case "demand":
                TakeOfDemand(row);
                break;
            case "partner":
                TakeOfPartner(row);
                break;
            case "round":
                TakeOfRound(row);
                break;
            case "street":
                TakeOfStreet(row);
                break;
            case "series":
                TakeOfSeries(row);
                break;
            case "ledger":
                TakeOfLedger(row);
                break;
            case "transfer":
                TakeOfTransfer(row);
                break;
            case "witness":
                TakeOfWitness(row);
                break;
            case "offer":
                var (made, listed) = _offers.GetValueOrDefault(row.Key);
                (made, listed) = row.Type == "offer.listed" ? (made, row.Payload.GetProperty("revision").GetInt64()) : (made + 1, listed);
                _offers[row.Key] = (made, listed);
                if (row.Payload.TryGetProperty("terms", out var terms) && terms.TryGetProperty("servesOnHolidays", out var serves) && serves.GetBoolean())
                {
                    _servingOnHolidays.Add(row.Key);
                }

                Rest(row.Stream, listed < made ? "a listing" : null);
                break;
        }
    }

    /// <summary>I4: what was acknowledged is there, and every demand has a status.</summary>
    /// <param name="acknowledged">Ids of demands whose posting was acknowledged.</param>
    public void CheckDemands(IEnumerable<string> acknowledged)
    {
        foreach (var id in acknowledged.Where(id => !_demands.ContainsKey(id)))
        {
            _violations.Add($"I4: demand {id} was acknowledged and is not in the journal.");
        }

        foreach (var demand in _demands.Values.Where(demand => demand.Status is null))
        {
            _violations.Add($"I4: demand {demand.Id} is neither open, filled, expired nor cancelled.");
        }
    }

    /// <summary>A timer can neither be lost nor come too late: who owes something has a wake-up that is due in time.</summary>
    /// <param name="wakeUps">By stream: when the actor is woken.</param>
    public void CheckWakeUps(IReadOnlyDictionary<string, DateTimeOffset> wakeUps)
    {
        foreach (var stream in _demands.Keys.Select(id => $"demand/{id}").Concat(_partners.Keys.Select(id => $"partner/{id}")).Concat(_offers.Keys.Select(id => $"offer/{id}")).Concat(_rounds.Keys.Select(id => $"round/{id}")).Concat(_lenders.Keys.Select(id => $"street/{id}")).Concat(_series.Keys.Select(id => $"series/{id}")).Concat(_ledgers.Keys.Select(id => $"ledger/{id}")).Concat(_transfers.Keys.Select(id => $"transfer/{id}")))
        {
            CheckWakeUp(stream, wakeUps.TryGetValue(stream, out var due) ? due : null);
        }
    }

    /// <summary>The same for one actor.</summary>
    /// <param name="due">When it is woken; null for never.</param>
    public void CheckWakeUp(string stream, DateTimeOffset? due)
    {
        if (Owes(stream) is not (var what, var by, var since))
        {
            return;
        }

        if (due is null)
        {
            _violations.Add($"Wake-ups: {stream} still owes {what} and has no wake-up.");
        }
        else if (by is { } latest && due > (latest > since ? latest : since) + StepTime)
        {
            _violations.Add($"Wake-ups: {stream} still owes {what} by {Sentence.Of(latest)} and is woken only at {Sentence.Of(due.Value)}.");
        }
    }

    /// <summary>What must hold besides when the pool has nothing more to do.</summary>
    public void CheckQuiet(DateTimeOffset now)
    {
        _violations.AddRange(_busy.Select(owing => $"{owing.Key} still owes {owing.Value}, although the pool is quiet."));
        foreach (var partner in _partners.Values)
        {
            partner.CheckQuiet(now, WakeUpTime);
        }

        CheckLedgersQuiet();
    }

    private (string What, DateTimeOffset? By, DateTimeOffset Since)? Owes(string stream)
    {
        var key = stream[(stream.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return
            _demands.TryGetValue(key, out var demand) && demand.Owes is (var step, var stepBy) ? (step, stepBy, demand.LastAt)
            : _partners.TryGetValue(key, out var partner) && partner.Owes is (var lapse, var lapseBy) ? (lapse, lapseBy, partner.LastAt)
            : stream.StartsWith("round/", StringComparison.Ordinal) && _rounds.TryGetValue(key, out var round) && round.Owes is (var next, var nextBy) ? (next, nextBy, round.LastAt)
            : stream.StartsWith("street/", StringComparison.Ordinal) && _lenders.TryGetValue(key, out var lender) && lender.Busy is { } word ? (word, null, lender.LastAt)
            : stream.StartsWith("series/", StringComparison.Ordinal) && _series.TryGetValue(key, out var series) && series.Owes is (var occurrence, var occurrenceBy) ? (occurrence, occurrenceBy, series.LastAt)
            : stream.StartsWith("ledger/", StringComparison.Ordinal) && _ledgers.TryGetValue(key, out var forgetting) && forgetting.ErasingSince is { } asked ? ("an erasure", asked, asked)
            : stream.StartsWith("ledger/", StringComparison.Ordinal) && _ledgers.TryGetValue(key, out var ledger) && ledger.Log.UnpublishedSince is { } entered ? ("a checkpoint", entered + CheckpointTime, entered)
            : stream.StartsWith("ledger/", StringComparison.Ordinal) && _ledgers.TryGetValue(key, out var netting) && netting.NetDueAt is { } ends ? ("a net statement", ends, default)
            : stream.StartsWith("ledger/", StringComparison.Ordinal) && _ledgers.TryGetValue(key, out var ageing) && ageing.ExpiryDueAt is { } begins ? ("an expiry", begins, default)
            : stream.StartsWith("transfer/", StringComparison.Ordinal) && _transfers.TryGetValue(key, out var transfer) && transfer.Owes is { } part ? (part, null, transfer.LastAt)
            : _offers.TryGetValue(key, out var offer) && offer.Listed < offer.Made ? ("a listing", null, default)
            : null;
    }

    /// <summary>I5: positions from 1 and the versions of each stream from 1, without a gap.</summary>
    private void CheckDense(JournalRow row)
    {
        if (row.Position != ++_position)
        {
            _violations.Add($"I5: position {row.Position} comes where {_position} should.");
            _position = row.Position;
        }

        var version = _versions.GetValueOrDefault(row.Stream) + 1;
        if (row.Version != version)
        {
            _violations.Add($"I5: {row} comes where version {version} of its stream should.");
        }

        _versions[row.Stream] = row.Version;
    }

    /// <summary>I7: one command, one append: one stream, one fingerprint, positions and versions next to each other.</summary>
    private void CheckCommand(JournalRow row)
    {
        if (row.CommandId is not { } id)
        {
            return;
        }

        if (_commands.TryGetValue(id, out var before))
        {
            if (before.Stream != row.Stream)
            {
                _violations.Add($"I7: command {id} has effects in {before.Stream} and {row.Stream}.");
            }
            else if (before.Fingerprint != row.Fingerprint)
            {
                _violations.Add($"I7: command {id} has more than one fingerprint.");
            }
            else if (row.Position != before.Position + 1 || row.Version != before.Version + 1)
            {
                _violations.Add($"I7: the effects of command {id} are more than one append: {before}, {row}.");
            }
        }

        _commands[id] = row;
    }

    private void TakeOfDemand(JournalRow row)
    {
        if (!_demands.TryGetValue(row.Key, out var demand))
        {
            _demands[row.Key] = demand = new(row.Key, _violations);
        }

        if (demand.Take(row) is { } proposal)
        {
            CheckEffect(demand, proposal, row);
        }

        Rest(row.Stream, demand.Busy);
    }

    private void TakeOfPartner(JournalRow row)
    {
        if (!_partners.TryGetValue(row.Key, out var partner))
        {
            _partners[row.Key] = partner = new(row.Key, _violations);
        }

        if (row.Type == "partner.hold-placed")
        {
            CheckClosing(row);
        }

        if (partner.Take(row) is { } hold)
        {
            CheckCause(row, hold);
        }

        Rest(row.Stream, partner.Busy);
    }

    private void TakeOfRound(JournalRow row)
    {
        if (!_rounds.TryGetValue(row.Key, out var round))
        {
            _rounds[row.Key] = round = new(row.Key, _violations);
        }

        round.Take(row);
        Rest(row.Stream, round.IsUnderWay ? "a round" : null);
    }

    private void TakeOfStreet(JournalRow row)
    {
        if (!_lenders.TryGetValue(row.Key, out var lender))
        {
            _lenders[row.Key] = lender = new(row.Key, _violations);
        }

        lender.Take(row, borrower => _lenders.GetValueOrDefault(borrower)?.ServedTo(row.Key) ?? 0);
        Rest(row.Stream, lender.Busy);
    }

    private void TakeOfSeries(JournalRow row)
    {
        if (!_series.TryGetValue(row.Key, out var series))
        {
            _series[row.Key] = series = new(row.Key, _violations);
        }

        if (series.Take(row) is { } demand && !_demands.ContainsKey(demand))
        {
            _violations.Add($"Series: {row} counts demand {demand}, which is not in the journal.");
        }
    }

    private void Rest(string stream, string? owed)
    {
        if (owed is null)
        {
            _busy.Remove(stream);
        }
        else
        {
            _busy[stream] = owed;
        }
    }
}
