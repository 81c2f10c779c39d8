namespace Pool.Cluster.Tests;

/// <summary>
/// Reads a journal alone, with a model of its own, and says in sentences what it finds wrong: the invariants of the
/// design's section 8. It shares no type with the pool, so that a mistake there cannot hide itself here.
/// </summary>
public sealed class Auditor
{
    /// <summary>How long after its due time an actor may be woken, at the most, once the pool is quiet.</summary>
    private static readonly TimeSpan WakeUpTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a step may be tried before its actor is woken to try again.</summary>
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(5);

    private readonly RecordedJournal _file;
    private readonly List<string> _violations = [];
    private readonly Dictionary<string, AuditedDemand> _demands = [];
    private readonly Dictionary<string, AuditedPartner> _partners = [];
    private readonly Dictionary<string, (long Made, long Listed)> _offers = [];

    private Auditor(RecordedJournal file) => _file = file;

    /// <summary>Checks a journal at any moment, also in the middle of the work or just after a crash.</summary>
    /// <param name="file">The journal.</param>
    /// <param name="acknowledged">Ids of demands whose posting was acknowledged.</param>
    /// <param name="quietSince">When the pool had nothing more to do; null while it works.</param>
    /// <returns>What is wrong, a sentence each; empty when all is well.</returns>
    public static IReadOnlyList<string> Audit(RecordedJournal file, IEnumerable<string> acknowledged, DateTimeOffset? quietSince = null)
    {
        var auditor = new Auditor(file);
        auditor.CheckDense();
        auditor.CheckCommands();
        auditor.Replay();
        auditor.CheckDemands(acknowledged);
        auditor.CheckHandshakes();
        auditor.CheckWakeUps();
        if (quietSince is { } now)
        {
            auditor.CheckQuiet(now);
        }

        return auditor._violations;
    }

    /// <summary>Whether every actor rests: nothing is left but what waits for a client or for time.</summary>
    public static bool IsQuiet(RecordedJournal file) => !Busy(file).Any();

    /// <summary>Who does not rest yet, and what is owed, a sentence each.</summary>
    public static IEnumerable<string> Busy(RecordedJournal file)
    {
        var auditor = new Auditor(file);
        auditor.Replay();
        return
        [
            .. auditor._demands.Values.Where(demand => demand.Busy is not null).Select(demand => $"Demand {demand.Id} owes {demand.Busy}."),
            .. auditor._partners.Where(partner => partner.Value.IsBusy).Select(partner => $"Partner {partner.Key} owes something."),
            .. auditor._offers.Where(offer => offer.Value.Listed < offer.Value.Made).Select(offer => $"Offer {offer.Key} owes a listing."),
        ];
    }

    /// <summary>I5: positions from 1 and the versions of each stream from 1, without a gap.</summary>
    private void CheckDense()
    {
        var position = 0L;
        var versions = new Dictionary<string, long>();
        foreach (var row in _file.Rows)
        {
            if (row.Position != ++position)
            {
                _violations.Add($"I5: position {row.Position} comes where {position} should.");
                position = row.Position;
            }

            var version = versions.GetValueOrDefault(row.Stream) + 1;
            if (row.Version != version)
            {
                _violations.Add($"I5: {row} comes where version {version} of its stream should.");
            }

            versions[row.Stream] = row.Version;
        }
    }

    /// <summary>I7: one command, one append: one stream, one fingerprint, positions and versions next to each other.</summary>
    private void CheckCommands()
    {
        foreach (var command in _file.Rows.Where(row => row.CommandId is not null).GroupBy(row => row.CommandId))
        {
            var rows = command.ToList();
            if (rows.Select(row => row.Stream).Distinct().Count() > 1)
            {
                _violations.Add($"I7: command {command.Key} has effects in {string.Join(" and ", rows.Select(row => row.Stream).Distinct())}.");
            }
            else if (rows.Select(row => row.Fingerprint).Distinct().Count() > 1)
            {
                _violations.Add($"I7: command {command.Key} has more than one fingerprint.");
            }
            else if (rows[^1].Position - rows[0].Position != rows.Count - 1 || rows[^1].Version - rows[0].Version != rows.Count - 1)
            {
                _violations.Add($"I7: the effects of command {command.Key} are more than one append: {string.Join(", ", rows)}.");
            }
        }
    }

    private void Replay()
    {
        foreach (var row in _file.Rows)
        {
            switch (row.Stream[..row.Stream.IndexOf('/', StringComparison.Ordinal)])
            {
                case "demand":
                    Of(_demands, row.Key, id => new(id, _violations)).Take(row);
                    break;
                case "partner":
                    Of(_partners, row.Key, id => new(id, _violations)).Take(row);
                    break;
                case "offer":
                    var (made, listed) = _offers.GetValueOrDefault(row.Key);
                    _offers[row.Key] = row.Type == "offer.listed" ? (made, row.Payload.GetProperty("revision").GetInt64()) : (made + 1, listed);
                    break;
            }
        }
    }

    /// <summary>I4: what was acknowledged is there, and every demand has a status.</summary>
    private void CheckDemands(IEnumerable<string> acknowledged)
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

    /// <summary>I3 on both sides: what a demand says of a seat rests on what the partner's calendar had made durable before.</summary>
    private void CheckHandshakes()
    {
        foreach (var (demand, seat) in _demands.Values.SelectMany(demand => demand.Seats.Select(seat => (demand, seat))))
        {
            var name = $"seat {seat.Number} of demand {demand.Id}";
            if (_partners.GetValueOrDefault(seat.Partner)?.Find($"{demand.Id}/{seat.Number}") is not { } hold)
            {
                _violations.Add($"I3: {name} was proposed, and partner {seat.Partner} has no hold for it.");
                continue;
            }

            Rests(seat.Made, hold.Placed, "the hold");
            Rests(seat.Booked, hold.Confirmed, "the confirmation");
            Rests(seat.RatingRecorded, hold.Rated.FirstOrDefault(), "the partner's rating");
            Rests(seat.Returned, hold.Ended, "the end of the hold");
            if (seat.Settled.Count > 0)
            {
                Rests(seat.Settled[0], hold.Served.FirstOrDefault(), "the service record");
            }

            if (hold.Served.Count > 1)
            {
                _violations.Add($"I3: {name} has {hold.Served.Count} service records at partner {seat.Partner}.");
            }

            if (hold.Served.Count > 0 && (seat.Released.Count > 0 || seat.Agreed is null))
            {
                _violations.Add($"I3: {name} has a service record at partner {seat.Partner} and is not to be settled.");
            }

            if (seat.Booked is not null && seat.Takes && hold.Ended is { } ended && hold.Served.Count == 0)
            {
                _violations.Add($"I3: {name} is booked, and {ended} has ended its hold.");
            }
        }
    }

    private void Rests(JournalRow? effect, JournalRow? cause, string what)
    {
        if (effect is not null && (cause is null || cause.Position > effect.Position))
        {
            _violations.Add($"I3: {effect} came before {what} at the partner.");
        }
    }

    /// <summary>A timer can neither be lost nor come too late: who owes something has a row that is due in time.</summary>
    private void CheckWakeUps()
    {
        foreach (var (stream, owes) in _demands.Select(pair => ($"demand/{pair.Key}", pair.Value.Owes))
            .Concat(_partners.Select(pair => ($"partner/{pair.Key}", pair.Value.Owes)))
            .Concat(_offers.Select(pair => ($"offer/{pair.Key}", pair.Value.Listed < pair.Value.Made ? ("a listing", null) : ((string, DateTimeOffset?)?)null))))
        {
            if (owes is not (var what, var by))
            {
                continue;
            }

            if (!_file.WakeUps.TryGetValue(stream, out var due))
            {
                _violations.Add($"Wake-ups: {stream} still owes {what} and has no wake-up.");
            }
            else if (by is { } latest && due > latest + StepTime)
            {
                _violations.Add($"Wake-ups: {stream} still owes {what} by {Sentence.Of(latest)} and is woken only at {Sentence.Of(due)}.");
            }
        }
    }

    private void CheckQuiet(DateTimeOffset now)
    {
        foreach (var demand in _demands.Values.Where(demand => demand.Busy is not null))
        {
            _violations.Add($"Demand {demand.Id} still owes this, although the pool is quiet: {demand.Busy}.");
        }

        foreach (var partner in _partners.Values)
        {
            partner.CheckQuiet(now, WakeUpTime);
        }
    }

    private static T Of<T>(Dictionary<string, T> known, string id, Func<string, T> create)
    {
        if (!known.TryGetValue(id, out var found))
        {
            known[id] = found = create(id);
        }

        return found;
    }
}
