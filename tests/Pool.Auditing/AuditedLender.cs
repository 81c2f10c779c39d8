using System.Text.Json;

namespace Pool.Auditing;

/// <summary>The auditor's own model of what a street lends: no more than its treaties say, and every loan ends once.</summary>
internal sealed class AuditedLender(string street, List<string> violations)
{
    private readonly Dictionary<string, Treaty> _treaties = [];
    private readonly Dictionary<string, Loan> _loans = [];
    private readonly Dictionary<int, (string Key, bool? Approved)> _requests = [];
    private readonly HashSet<string> _toRecall = [];

    /// <summary>When the street does not let its partners serve.</summary>
    public AuditedClosing Closing { get; } = new();

    private sealed record Treaty(bool Open, IReadOnlySet<string> Skills, long PerQuarter, bool NeedsApproval, long Trust);

    /// <summary>Time lent for one hold of one partner.</summary>
    /// <param name="borrower">The street.</param>
    public sealed class Loan(string id, string borrower, JournalRow authorised)
    {
        private readonly long _each = authorised.Payload.GetProperty("each").GetInt64();

        public string Id => id;

        public string Borrower => borrower;

        public JournalRow Authorised => authorised;

        public int Quarter { get; } = (authorised.At.UtcDateTime.Year * 4) + ((authorised.At.UtcDateTime.Month - 1) / 3);

        public DateTimeOffset ExpiresAt { get; } = authorised.Instant("expiresAt");

        public int People { get; set; } = authorised.Payload.GetProperty("people").GetInt32();

        public JournalRow? Booked { get; set; }

        public JournalRow? Recalled { get; set; }

        public JournalRow? Ended { get; set; }

        /// <summary>Minutes of all the people; null before they were served.</summary>
        public long? Served { get; set; }

        /// <summary>How often that was counted otherwise.</summary>
        public int Corrections { get; set; }

        /// <summary>Minutes that count against the limits.</summary>
        public long Counts(DateTimeOffset at) => Served ?? (Ended is null && (Booked is not null || at < ExpiresAt) ? _each * People : 0);
    }

    /// <summary>When the last thing happened to it.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>What it must still do by itself; null when nothing is left.</summary>
    public string? Busy => _toRecall.Count > 0 ? $"word to the demands of {_toRecall.Count} loans" : null;

    /// <summary>Minutes served for another street.</summary>
    public long ServedTo(string borrower) => _loans.Values.Where(loan => loan.Borrower == borrower).Sum(loan => loan.Served ?? 0);

    public Loan? Find(string hold, string partner) => _loans.GetValueOrDefault($"{hold} {partner}");

    /// <param name="lentBack">Minutes that a street has served for this one.</param>
    public void Take(JournalRow row, Func<string, long> lentBack)
    {
        LastAt = row.LaterOf(LastAt);
        switch (row.Type)
        {
            case "street.treaty-set":
                Set(row);
                break;
            case "street.treaty-recalled":
                Recall(row);
                break;
            case "street.loan-asked":
                var request = row.Payload.GetProperty("request");
                _requests[request.GetProperty("number").GetInt32()] = ($"{request.GetProperty("demand").GetString()} {AuditedSearch.PartnerOf(request.GetProperty("offer").GetString()!)}", null);
                break;
            case "street.loan-answered":
                var number = row.Payload.GetProperty("request").GetInt32();
                _requests[number] = (_requests[number].Key, row.Payload.GetProperty("approved").GetBoolean());
                break;
            case "street.loan-authorised":
                Authorise(row, lentBack);
                break;
            case "street.loan-recalled":
                _toRecall.Remove(Id(row));
                break;
            case "street.loan-dropped":
                if (!_loans.Remove(Id(row), out var dropped) || dropped is not { Ended: null, Booked: null })
                {
                    violations.Add($"Treaties: {row} drops a loan that does not stand unbooked.");
                }

                _toRecall.Remove(Id(row));
                break;
            case "street.loan-booked" or "street.loan-returned" or "street.loan-lapsed" or "street.loan-served":
                Change(row);
                break;
            case "street.loan-corrected":
                Correct(row);
                break;
            case "street.opened" or "street.changed":
                Closing.SetHolidays(row);
                break;
            case "street.partner-published" or "street.offer-listed" or "street.offer-unlisted":
                break;
            default:
                violations.Add($"The auditor does not know {row}.");
                break;
        }
    }

    private void Set(JournalRow row)
    {
        var terms = row.Payload.TryGetProperty("terms", out var given) && given.ValueKind == JsonValueKind.Object ? given : (JsonElement?)null;
        Closing.SetHomeHours(row, row.Text("borrower"), terms);
        _treaties[row.Text("borrower")] = new(
            row.Payload.GetProperty("open").GetBoolean(),
            terms is { } named ? named.GetProperty("skills").EnumerateArray().Select(skill => skill.GetString()!).ToHashSet() : [],
            terms?.GetProperty("minutesPerQuarter").GetInt64() ?? 0,
            terms?.GetProperty("needsApproval").GetBoolean() ?? false,
            terms?.GetProperty("trustLimit").GetInt64() ?? 0);
    }

    private void Recall(JournalRow row)
    {
        var borrower = row.Text("borrower");
        _treaties[borrower] = _treaties[borrower] with { Open = false };
        foreach (var loan in _loans.Values.Where(loan => loan.Borrower == borrower && loan.Ended is null))
        {
            loan.Recalled = row;
            _toRecall.Add(loan.Id);
        }
    }

    private void Authorise(JournalRow row, Func<string, long> lentBack)
    {
        var loan = new Loan(Id(row), row.Text("borrower"), row);
        if (!_loans.TryAdd(loan.Id, loan))
        {
            violations.Add($"Treaties: {row} lends {loan.Id} of street {street} a second time.");
            return;
        }

        if (_treaties.GetValueOrDefault(loan.Borrower) is not { Open: true } treaty)
        {
            violations.Add($"Treaties: {row} lends without an open treaty.");
            return;
        }

        if (treaty.Skills.Count > 0 && !treaty.Skills.Contains(row.Text("skill")))
        {
            violations.Add($"Treaties: {row} lends a skill that the treaty does not lend.");
        }

        var (lent, inAll) = (_loans.Values.Where(other => other.Borrower == loan.Borrower && other.Quarter == loan.Quarter).Sum(other => other.Counts(row.At)),
            _loans.Values.Where(other => other.Borrower == loan.Borrower).Sum(other => other.Counts(row.At)) - lentBack(loan.Borrower));
        if (treaty.PerQuarter > 0 && lent > treaty.PerQuarter)
        {
            violations.Add($"Treaties: with {row} {lent} minutes are lent in a quarter, and the treaty lends {treaty.PerQuarter}.");
        }

        if (treaty.Trust > 0 && inAll > treaty.Trust)
        {
            violations.Add($"Treaties: with {row} the borrower owes {inAll} minutes, and is trusted with {treaty.Trust}.");
        }

        var key = $"{loan.Id[..loan.Id.IndexOf('/', StringComparison.Ordinal)]} {loan.Id[(loan.Id.IndexOf(' ', StringComparison.Ordinal) + 1)..]}";
        if (treaty.NeedsApproval && !_requests.Values.Any(request => request.Key == key && request.Approved is true))
        {
            violations.Add($"Treaties: {row} lends without the clerk's approval.");
        }
    }

    private void Change(JournalRow row)
    {
        if (_loans.GetValueOrDefault(Id(row)) is not { Ended: null } loan)
        {
            violations.Add($"Treaties: {row} is about a loan that does not stand.");
            return;
        }

        switch (row.Type)
        {
            case "street.loan-booked":
                if (row.At >= loan.ExpiresAt || loan.Recalled is not null)
                {
                    violations.Add($"Treaties: {row} books a loan that has expired, or is wanted back.");
                }

                (loan.Booked, loan.People) = (row, row.Payload.GetProperty("people").GetInt32());
                return;
            case "street.loan-lapsed" when loan.Booked is not null || row.At < loan.ExpiresAt:
                violations.Add($"Treaties: {row} lets a loan lapse that stands.");
                break;
            case "street.loan-served":
                if (loan.Booked is null)
                {
                    violations.Add($"Treaties: {row} counts a service for which nothing was booked.");
                }

                loan.Served = row.Payload.GetProperty("served").GetInt64();
                break;
        }

        loan.Ended = row;
        _toRecall.Remove(loan.Id);
    }

    private void Correct(JournalRow row)
    {
        var correction = row.Payload.GetProperty("correction");
        if (_loans.GetValueOrDefault(Id(row)) is not { Served: { } served } loan || correction.GetProperty("before").GetInt64() != served || correction.GetProperty("number").GetInt32() != loan.Corrections + 1)
        {
            violations.Add($"Treaties: {row} corrects what was not served so.");
            return;
        }

        (loan.Served, loan.Corrections) = (correction.GetProperty("after").GetInt64(), loan.Corrections + 1);
    }

    private static string Id(JournalRow row)
    {
        var loan = row.Payload.GetProperty("loan");
        return $"{loan.GetProperty("hold").GetString()} {loan.GetProperty("partner").GetString()}";
    }
}
