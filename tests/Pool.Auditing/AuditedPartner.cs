namespace Pool.Auditing;

/// <summary>
/// The auditor's own model of a partner: its capacity and its calendar, fed with the partner's rows in order. A hold
/// is void from its expiry on unless it was confirmed before, whatever the journal says about it later.
/// </summary>
internal sealed partial class AuditedPartner(string id, List<string> violations)
{
    private readonly Dictionary<string, Hold> _holds = [];
    private readonly HashSet<string> _toRevoke = [];
    private AuditedTimes? _times;
    private IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> _busy = [];
    private bool _suspended;
    private bool _owesErasure;
    private long _revision;
    private long _published;
    private int _capacity;

    /// <summary>Time taken in the calendar, and what became of it.</summary>
    public sealed class Hold(string id, DateTimeOffset start, DateTimeOffset end, DateTimeOffset expiresAt, JournalRow placed)
    {
        public string Id => id;

        public DateTimeOffset Start => start;

        public DateTimeOffset End => end;

        public DateTimeOffset ExpiresAt => expiresAt;

        /// <summary>How many of the partner's people it takes.</summary>
        public int People { get; set; } = placed.Payload.GetProperty("people").GetInt32();

        public JournalRow Placed => placed;

        public int Ring { get; } = placed.Payload.GetProperty("ring").GetInt32();

        /// <summary>Minutes of all its people together.</summary>
        public long Minutes => (long)(end - start).TotalMinutes * People;

        public JournalRow? Confirmed { get; set; }

        /// <summary>The row that gave it back, let it lapse, or used it up.</summary>
        public JournalRow? Ended { get; set; }

        public JournalRow? Served { get; set; }

        /// <summary>How often it was counted otherwise, and with how many minutes of all its people it is counted now.</summary>
        public (int Number, long Minutes) Counted { get; set; }

        public JournalRow? Rated { get; set; }

        /// <summary>Whether it takes room in the calendar.</summary>
        public bool Stands(DateTimeOffset at) => Ended is null && (Confirmed is not null || at < expiresAt);
    }

    /// <summary>When the last thing happened to it.</summary>
    public DateTimeOffset LastAt { get; private set; }

    public Hold? Find(string hold) => _holds.GetValueOrDefault(hold);

    /// <returns>The hold that the row ends; null when it ends none.</returns>
    public Hold? Take(JournalRow row)
    {
        LastAt = row.LaterOf(LastAt);
        switch (row.Type)
        {
            case "partner.registered":
            case "partner.changed":
                _capacity = row.Payload.GetProperty("profile").GetProperty("capacity").GetInt32();
                _revision += row.Type == "partner.registered" ? 1 : 0;
                break;
            case "partner.certified":
                _revision++;
                break;
            case "partner.availability-set":
                (_times, _revision) = (new(row.Payload.GetProperty("times")), _revision + 1);
                break;
            case "partner.calendar-imported":
                (_busy, _revision) = ([.. AuditedTimes.Windows(row.Payload.GetProperty("busy"))], _revision + 1);
                break;
            case "partner.suspended":
            case "partner.reinstated":
                Suspend(row.Type == "partner.suspended");
                break;
            case "partner.hold-revoked":
                _toRevoke.Remove(row.Text("hold"));
                break;
            case "partner.published":
                _published = row.Payload.GetProperty("revision").GetInt64();
                break;
            case "partner.hold-placed":
                Place(row);
                break;
            case "partner.hold-confirmed":
                Confirm(row);
                break;
            case "partner.hold-dropped":
                Drop(row);
                break;
            case "partner.hold-released":
            case "partner.hold-lapsed":
            case "partner.no-show-recorded":
                return End(row);
            case "partner.service-recorded":
                _revision++;
                return Serve(row);
            case "partner.erased":
                _revision++;
                if (!_suspended || _holds.Values.Any(hold => hold.Stands(row.At)))
                {
                    violations.Add($"Privacy: {row} forgets a partner who still serves.");
                }

                _owesErasure = true;
                break;
            case "partner.identity-erased":
                _owesErasure = false;
                break;
            case "partner.service-corrected":
                _revision++;
                Correct(row);
                break;
            case "partner.rated":
                _revision++;
                Rate(row);
                break;
            default:
                violations.Add($"The auditor does not know {row}.");
                break;
        }

        return null;
    }

    /// <summary>What the partner must still do by itself, with the instant by which it must be woken; null when nothing is left.</summary>
    public (string What, DateTimeOffset? By)? Owes
    {
        get
        {
            var lapses = _holds.Values.Where(hold => hold is { Ended: null, Confirmed: null }).ToList();
            var by = lapses.Min(hold => (DateTimeOffset?)hold.ExpiresAt);
            return lapses.Count > 0 ? ($"{lapses.Count} holds that lapse", by) : Busy is { } owed ? (owed, null) : null;
        }
    }

    /// <summary>What is left that nobody has to wait for; null when the partner rests.</summary>
    public string? Busy => _published < _revision ? "a publication" : _owesErasure ? "an erasure" : _toRevoke.Count > 0 ? $"word to the demands of {_toRevoke.Count} holds" : null;

    /// <summary>I8, the last part: after the quiet nothing unconfirmed has outlived its expiry.</summary>
    public void CheckQuiet(DateTimeOffset now, TimeSpan wakeUpTime)
    {
        foreach (var hold in _holds.Values.Where(hold => hold is { Ended: null, Confirmed: null } && hold.ExpiresAt + wakeUpTime < now))
        {
            violations.Add($"I8: hold {hold.Id} of partner {id} expired at {Sentence.Of(hold.ExpiresAt)} and still stands unconfirmed.");
        }
    }

    private void Place(JournalRow row)
    {
        var slot = row.Payload.GetProperty("slot");
        var hold = new Hold(
            row.Text("hold"), slot.GetProperty("start").GetDateTimeOffset(), slot.GetProperty("end").GetDateTimeOffset(), row.Instant("expiresAt"), row);
        if (!_holds.TryAdd(hold.Id, hold))
        {
            violations.Add($"I1: hold {hold.Id} of partner {id} was placed twice, by {row}.");
            return;
        }

        // Sweep over the new slot: what stands beside it, at its own start and at every start within.
        var beside = _holds.Values.Where(other => other.Stands(row.At) && other.Start < hold.End && hold.Start < other.End).ToList();
        var peak = beside.Select(other => other.Start).Where(at => at >= hold.Start).Append(hold.Start)
            .Max(at => beside.Where(other => other.Start <= at && at < other.End).Sum(other => other.People));
        if (peak > _capacity)
        {
            violations.Add($"I1: partner {id} has capacity {_capacity}, and {peak} people are held or booked at once since {row}.");
        }

        if (_busy.Any(busy => busy.Start < hold.End && hold.Start < busy.End))
        {
            violations.Add($"I1: {row} holds partner {id} while its own calendar says that it is busy.");
        }

        if (_times is not null)
        {
            CheckTimes(row, hold, _times);
        }
    }

    /// <summary>The partner is there, has rested and travelled, and has not given its week yet. What was served counts where it was booked.</summary>
    private void CheckTimes(JournalRow row, Hold hold, AuditedTimes times)
    {
        if (times.IsAway(hold.Start, hold.End))
        {
            violations.Add($"I1: {row} holds partner {id} while it is away.");
        }

        var near = _holds.Values.Where(other => other.Stands(row.At) && other != hold)
            .Select(other => (other.People, Start: other.Start - times.Between(hold.Ring, other.Ring), End: other.End + times.Between(hold.Ring, other.Ring)))
            .Where(other => other.Start < hold.End && hold.Start < other.End)
            .ToList();
        var peak = near.Select(other => other.Start).Where(at => at >= hold.Start).Append(hold.Start).Max(at => near.Where(other => other.Start <= at && at < other.End).Sum(other => other.People));
        if (peak + hold.People > _capacity)
        {
            violations.Add($"I1: {row} leaves partner {id} no rest, or no time to travel.");
        }

        var week = AuditedTimes.WeekOf(hold.Start);
        var taken = _holds.Values.Where(other => (other.Stands(row.At) || other.Served is not null) && AuditedTimes.WeekOf(other.Start) == week).Sum(other => other.Minutes);
        if (times.WeeklyLimit > 0 && taken > times.WeeklyLimit)
        {
            violations.Add($"I1: {row} takes {taken} minutes of partner {id} in a week, which gives {times.WeeklyLimit}.");
        }
    }

    private void Confirm(JournalRow row)
    {
        if (_holds.GetValueOrDefault(row.Text("hold")) is not { Ended: null } hold)
        {
            violations.Add($"I8: {row} confirms a hold that does not stand.");
            return;
        }

        if (row.At >= hold.ExpiresAt)
        {
            violations.Add($"I8: {row} confirms hold {hold.Id} at {Sentence.Of(row.At)}, after its expiry at {Sentence.Of(hold.ExpiresAt)}.");
        }

        if (_suspended)
        {
            violations.Add($"I3: {row} books partner {id}, which is suspended.");
        }

        var people = row.Payload.GetProperty("people").GetInt32();
        if (people < 1 || people > hold.People)
        {
            violations.Add($"I1: {row} books {people} people, and {hold.People} were held.");
        }

        (hold.Confirmed, hold.People) = (hold.Confirmed ?? row, people);
    }

    /// <summary>A hold that came to no proposal may be placed again.</summary>
    private void Drop(JournalRow row)
    {
        if (!_holds.Remove(row.Text("hold"), out var hold) || hold is not { Ended: null, Confirmed: null })
        {
            violations.Add($"I3: {row} drops a hold that does not stand unconfirmed.");
        }

        _toRevoke.Remove(row.Text("hold"));
    }

    private Hold? End(JournalRow row)
    {
        if (_holds.GetValueOrDefault(row.Text("hold")) is not { } hold)
        {
            violations.Add($"I3: {row} ends a hold that was never placed.");
            return null;
        }

        if (hold.Ended is { } before)
        {
            violations.Add($"I3: {row} ends hold {hold.Id} of partner {id}, which {before} had ended.");
        }

        if (row.Type == "partner.hold-lapsed" && row.At < hold.ExpiresAt)
        {
            violations.Add($"I8: {row} lets hold {hold.Id} lapse before its expiry.");
        }

        hold.Ended ??= row;
        _toRevoke.Remove(hold.Id);
        return hold;
    }

    /// <summary>Whoever is suspended owes word to every demand that counts on it.</summary>
    private void Suspend(bool suspended)
    {
        (_suspended, _revision) = (suspended, _revision + 1);
        _toRevoke.Clear();
        if (suspended)
        {
            _toRevoke.UnionWith(_holds.Values.Where(hold => hold.Ended is null).Select(hold => hold.Id));
        }
    }
}
