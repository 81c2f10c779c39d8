using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Pool.Cluster.Tests;

/// <summary>A journal made by hand: rows that a test writes as it likes, in a real journal.db.</summary>
public sealed class HandMade
{
    public const string Demand = "11111111-1111-1111-1111-111111111111";
    public const string Partner = "li-na";
    public const string Street = "330109002";

    private const string Schema =
        """
        CREATE TABLE journal (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, street TEXT, type TEXT, at INTEGER,
            actor TEXT, command_id TEXT, fingerprint INTEGER, trace_parent TEXT, payload TEXT, wake_at INTEGER);
        """;

    private sealed record Written(string Stream, string Type, int Minute, object Payload, string? Command, long Fingerprint);

    private readonly List<Written> _rows = [];
    private readonly Dictionary<string, DateTimeOffset> _wakeUps = [];

    /// <summary>Positions that the file leaves out, to break it.</summary>
    public HashSet<long> Lost { get; } = [];

    public static DateTimeOffset At(int minute) => new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    /// <summary>A demand of one seat, carried from its posting to a settled and rated service.</summary>
    public static HandMade SettledDemand() => new HandMade()
        .Registered()
        .Posted()
        .Searched(1, 0, $"{Partner}/offer-1")
        .Placed(1, Demand)
        .Made(1, 1, $"{Partner}/offer-1")
        .Of("proposal-accepted", 2)
        .Calendar("hold-confirmed", 2)
        .Of("assignment-booked", 2)
        .Of("assignment-started", 3)
        .Of("assignment-completed", 4)
        .Of("assignment-confirmed", 5)
        .Opened()
        .Row($"ledger/{Street}", "ledger.service-recorded", 5, new { number = 1, entry = new { kind = "Settlement", level = 1, transfer = $"{Demand}/1", giver = "abcdefghijklmnop", receiver = "330109002051", skill = "elder-care", minutes = 60 } })
        .Calendar("service-recorded", 5)
        .Of("assignment-settled", 5)
        .Of("assignment-rated", 6)
        .Calendar("rated", 6)
        .Of("rating-recorded", 6)
        .Row($"partner/{Partner}", "partner.published", 7, new { revision = 3 })
        .WakeUp($"ledger/{Street}", 15);

    public HandMade Registered(int capacity = 1) => Row($"partner/{Partner}", "partner.registered", 0, new { profile = new { capacity } }, "register")
        .Row($"partner/{Partner}", "partner.published", 0, new { revision = 1 });

    public HandMade Posted(string demand = Demand) =>
        Row($"demand/{demand}", "demand.posted", 0, new { community = "330109002051", terms = new { seats = 1, mode = "Sequential", askAtOnce = 0, allOrNone = false, urgency = "Routine" } }, demand);

    public HandMade Searched(int minute, int ring, string? candidate = null, int dwell = 0, int remaining = 0) =>
        Row($"demand/{Demand}", "demand.ring-searched", minute, new
        {
            ring,
            findings = new[]
            {
                new
                {
                    street = "330109002",
                    candidates = candidate is null ? [] : new[] { new { offer = candidate } },
                    remaining,
                    policy = new { ringDwell = dwell },
                },
            },
        });

    /// <summary>The street's ledger begins.</summary>
    public HandMade Opened(string street = Street) => Row($"ledger/{street}", "ledger.opened", 0, new { street });

    /// <summary>The first quarter of 2027 begins after one settlement of an hour.</summary>
    public HandMade Quarter(params IEnumerable<(string Account, long Amount)> balances) => Row($"ledger/{Street}", "ledger.period-opened", 9, new
    {
        period = 20271,
        balances = balances.Select(balance => new { account = balance.Account, unit = "TimeCredit", posted = balance.Amount }),
        holds = Array.Empty<object>(),
        orders = Array.Empty<object>(),
        erasing = Array.Empty<object>(),
        given = Array.Empty<object>(),
        received = Array.Empty<object>(),
        rates = new { versions = Array.Empty<object>() },
        log = new { size = 1 },
        credits = balances.Where(balance => balance.Account.StartsWith("partner-", StringComparison.Ordinal)).Select(balance => new { account = balance.Account, got = new[] { 0, balance.Amount } }),
    });

    /// <summary>The ledger's policy, usual but for how many quarters credits last.</summary>
    public HandMade Trusting(int expireAfterQuarters) => Row($"ledger/{Street}", "ledger.policy-set", 0, new
    {
        policy = new { mostCredits = 90_000, fundCredits = 60_000, fundMoney = 1_000_000, peerCredits = 60_000, peerMoney = 1_000_000, expireAfterQuarters },
    });

    /// <summary>The price of the assignment is held.</summary>
    public HandMade Held(int minutes = 60) => Row($"ledger/{Street}", "ledger.transfer-held", 2, new
    {
        transfer = $"{Demand}/1",
        hold = new { payer = "fund-330109002051", payee = "partner-abcdefghijklmnop", fund = "fund-330109002051", service = Service(minutes) },
    });

    /// <summary>An hour of credits is paid.</summary>
    public HandMade Paid(string street, int number, params IEnumerable<(string Account, long Amount)> postings) => Row($"ledger/{street}", "ledger.entry-posted", 5, new
    {
        number,
        entry = new
        {
            kind = "Settlement",
            transfer = $"{Demand}/1",
            postings = postings.Select(posting => new { account = posting.Account, unit = "TimeCredit", amount = posting.Amount }),
            service = Service(60),
        },
    });

    /// <summary>Somebody has ordered something of ten.</summary>
    public HandMade Ordered(string kind, string from, string to, string unit = "Cny") => Row($"ledger/{Street}", "ledger.entry-posted", 5, new
    {
        number = 1,
        entry = new { kind, transfer = Demand, postings = new[] { new { account = from, unit, amount = -10 }, new { account = to, unit, amount = 10 } } },
    });

    private static object Service(int minutes) => new
    {
        receiver = "330109002051",
        skill = "elder-care",
        level = 1,
        minutes,
        price = new { unit = "TimeCredit", street = Street, version = 0, percent = 100, feePerHour = 0, fundSharePercent = 0 },
    };

    /// <summary>A hold of the hour from minute 600 on, which expires 16 minutes after it is placed.</summary>
    public HandMade Placed(int minute, string demand) => Row($"partner/{Partner}", "partner.hold-placed", minute, new
    {
        hold = $"{demand}/1",
        offer = $"{Partner}/offer-1",
        slot = new { start = At(600), end = At(660) },
        expiresAt = At(minute + 16),
        people = 1,
        ring = 0,
    });

    public HandMade Made(int minute, int number, string offer) => Row($"demand/{Demand}", "demand.proposal-made", minute, new
    {
        number,
        people = 1,
        cameForward = false,
        candidate = new { offer },
        expiresAt = At(15),
        refused = Array.Empty<object>(),
    });

    /// <summary>An event of the demand about its first proposal.</summary>
    public HandMade Of(string type, int minute, string? command = null, long fingerprint = 7) =>
        Row($"demand/{Demand}", $"demand.{type}", minute, new { number = 1, seats = new[] { 1 }, agreed = 60, entries = new[] { new { street = Street, number = 1 } } }, command, fingerprint);

    /// <summary>An event of the partner's calendar about the hold of the first proposal.</summary>
    public HandMade Calendar(string type, int minute, string demand = Demand) =>
        Row($"partner/{Partner}", $"partner.{type}", minute, new { hold = $"{demand}/1", people = 1, served = 60 });

    public HandMade WakeUp(string stream, int minute)
    {
        _wakeUps[stream] = At(minute);
        return this;
    }

    public HandMade Row(string stream, string type, int minute, object payload, string? command = null, long fingerprint = 7)
    {
        _rows.Add(new(stream, type, minute, payload, command, fingerprint));
        return this;
    }

    /// <summary>The rows so far without those of one type, to break what rested on them.</summary>
    public HandMade Without(string type)
    {
        _rows.RemoveAll(row => row.Type == type);
        return this;
    }

    /// <summary>Writes the file and reads it as the auditor does.</summary>
    public RecordedJournal Read()
    {
        using var folder = new TemporaryFolder();
        var path = RecordedJournal.Within(folder.Path);
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            connection.Open();
            Execute(connection, Schema);
            var versions = new Dictionary<string, long>();
            foreach (var (index, row) in _rows.Index())
            {
                var version = versions[row.Stream] = versions.GetValueOrDefault(row.Stream) + 1;
                var payload = JsonSerializer.SerializeToNode(row.Payload)!.AsObject();
                payload["at"] = At(row.Minute).ToString("O", CultureInfo.InvariantCulture);
                if (!Lost.Contains(index + 1))
                {
                    Execute(connection, "INSERT INTO journal VALUES ($0, $1, $2, '330109002', $3, $4, 'somebody', $5, $6, NULL, $7, NULL)",
                        index + 1L, row.Stream, version, row.Type, At(row.Minute).ToUnixTimeMilliseconds(), (object?)row.Command ?? DBNull.Value, row.Fingerprint, payload.ToJsonString());
                }
            }

            foreach (var (stream, due) in _wakeUps)
            {
                Execute(
                    connection, "UPDATE journal SET wake_at = $1 WHERE position = (SELECT max(position) FROM journal WHERE stream = $0)", stream, due.ToUnixTimeMilliseconds());
            }
        }

        return RecordedJournal.Read(path);
    }

    private static void Execute(SqliteConnection connection, string sql, params IEnumerable<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (index, value) in values.Index())
        {
            command.Parameters.AddWithValue($"${index}", value);
        }

        command.ExecuteNonQuery();
    }
}
