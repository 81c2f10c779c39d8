namespace Pool.Auditing;

/// <summary>The auditor's own model of a demand's search (I9): who was named in the rings, and who was asked.</summary>
internal sealed class AuditedSearch(List<string> violations)
{
    private readonly Dictionary<string, int> _named = [];
    private readonly Dictionary<string, int> _remaining = [];
    private readonly HashSet<string> _refused = [];
    private readonly HashSet<string> _askedPartners = [];
    private DateTimeOffset _ringSince;
    private TimeSpan _dwell;

    /// <summary>The ring searched last in this pass; -1 before the first.</summary>
    public int Ring { get; private set; } = -1;

    /// <summary>Under which name the street's policy has the demand's pace; null where it stands in the policy itself.</summary>
    public string? Pace { get; set; }

    /// <summary>The next pass begins at home; who was asked stays asked.</summary>
    public void Resume()
    {
        (Ring, _dwell) = (-1, TimeSpan.Zero);
        _named.Clear();
        _remaining.Clear();
        _refused.Clear();
    }

    public void Search(JournalRow row, bool forRound)
    {
        var ring = row.Payload.GetProperty("ring").GetInt32();
        var findings = row.Payload.GetProperty("findings");
        if (ring == Ring + 1)
        {
            // A round looks at all rings at once: it is the sum of all demands that says who is asked.
            if (!forRound)
            {
                Leave(row, row.At);
            }

            (Ring, _ringSince) = (ring, row.At);
            _remaining.Clear();
        }
        else if (ring != Ring)
        {
            violations.Add($"I9: {row} searches ring {ring} after ring {Ring}.");
            Ring = ring;
        }

        foreach (var found in findings.EnumerateArray())
        {
            if (ring == 0)
            {
                var policy = found.GetProperty("policy");
                _dwell = TimeSpan.FromMinutes((Pace is null ? policy : policy.GetProperty(Pace)).GetProperty("ringDwell").GetInt64());
            }

            // A street that gave only its best has more; the last page says how many.
            _remaining[found.GetProperty("street").GetString()!] = found.GetProperty("remaining").GetInt32();
            foreach (var candidate in found.GetProperty("candidates").EnumerateArray())
            {
                _named.TryAdd(candidate.GetProperty("offer").GetString()!, ring);
            }
        }
    }

    /// <param name="cameForward">Whether the partner came by itself: no search need have named it.</param>
    public void Propose(JournalRow row, bool cameForward)
    {
        var offer = row.Payload.GetProperty("candidate").GetProperty("offer").GetString()!;
        if (!_askedPartners.Add(PartnerOf(offer)))
        {
            violations.Add($"I9: {row} asks partner {PartnerOf(offer)} a second time for the same demand.");
        }

        if (!cameForward && !_named.ContainsKey(offer))
        {
            violations.Add($"I9: {row} asks offer {offer}, which no ring of this search has named.");
        }
    }

    /// <summary>Offers whose calendars refused, as a row lists them.</summary>
    public static IEnumerable<string> Refused(JournalRow row) =>
        row.Payload.GetProperty("refused").EnumerateArray().SelectMany(group => group.GetProperty("offers").EnumerateArray()).Select(offer => offer.GetString()!);

    public void Refuse(IEnumerable<string> offers) => _refused.UnionWith(offers);

    public static string PartnerOf(string offer) => offer[..offer.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>A ring is left for the next, or for the queue: everybody known in it was asked, or its dwell time is over.</summary>
    public void Leave(JournalRow row, DateTimeOffset at)
    {
        var dwelt = _dwell > TimeSpan.Zero && at >= _ringSince + _dwell;
        if (Ring < 0 || dwelt)
        {
            return;
        }

        foreach (var (offer, ring) in _named.Where(named => !_refused.Contains(named.Key) && !_askedPartners.Contains(PartnerOf(named.Key))))
        {
            violations.Add($"I9: {row} goes on while candidate {offer} of ring {ring} was neither proposed to nor refused.");
        }

        foreach (var (street, remaining) in _remaining.Where(left => left.Value > 0))
        {
            violations.Add($"I9: {row} goes on while street {street} knows {remaining} more candidates of ring {Ring}.");
        }
    }
}
