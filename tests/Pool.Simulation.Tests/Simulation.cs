using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pool.Auditing;
using Pool.EventSourcing;

namespace Pool.Simulation.Tests;

/// <summary>
/// One run: the pool's own actors on silos that a seed drives and breaks, people who use them, and the auditor, who judges
/// every event as it becomes durable. The seed alone says what happens.
/// </summary>
public sealed class Simulation
{
    /// <summary>How long everything goes well at the end, at least.</summary>
    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(5);

    private readonly List<string> _wrong = [];
    private readonly IncrementalHash _history = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, int> _events = [];
    private readonly SharedJournal _journal = new();
    private readonly Auditor _auditor = new();
    private readonly Scheduler _scheduler;
    private readonly SimulatedCluster _cluster;
    private readonly People _people;
    private int _steps;

    private Simulation(int seed)
    {
        _scheduler = new(seed);
        // Whoever reacts to an event comes after the one who judges it.
        _journal.Committed += Judge;
        _cluster = new(_scheduler, _journal, Faults.Of(_scheduler));
        var clients = new Clients(_scheduler, _journal, _wrong);
        _people = new(_cluster, clients, _journal);
        clients.Begin(TimeSpan.Zero, _people.Live);
    }

    /// <summary>What a run did and found.</summary>
    /// <param name="Events">How many events of each stored name the journal has.</param>
    /// <param name="History">A digest of the journal: two runs of one seed have the same.</param>
    /// <param name="Wrong">What is wrong, a sentence each; empty when all is well.</param>
    public sealed record Outcome(int Seed, Faults Faults, int Steps, TimeSpan Lived, IReadOnlyDictionary<string, int> Events, string History, IReadOnlyList<string> Wrong)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"seed {Seed}: {Steps:N0} steps, {Events.Values.Sum():N0} events in {Lived.TotalHours:0} hours, {Faults}");
    }

    /// <summary>Runs until so many steps were taken, and then until everybody rests; no longer than until something is wrong.</summary>
    /// <param name="steps">Of virtual time: a message that arrives, what an actor does up to its next await, a commit, a fault.</param>
    public static Outcome Run(int seed, int steps)
    {
        var simulation = new Simulation(seed);
        var faults = simulation._cluster.Faults;
        simulation.Live(steps);
        simulation.Rest(steps);
        return new(
            seed, faults, simulation._steps, simulation._scheduler.Now - Scheduler.Beginning, simulation._events,
            Convert.ToHexString(simulation._history.GetCurrentHash()), [.. simulation._wrong, .. simulation._auditor.Violations]);
    }

    private bool IsSound => _wrong.Count == 0 && _auditor.Violations.Count == 0;

    private void Live(int steps)
    {
        while (_steps < steps && IsSound && _scheduler.Step())
        {
            _steps++;
        }
    }

    private void Rest(int patience)
    {
        _people.Rest();
        _cluster.Mend();
        var (began, last) = (_scheduler.Now, _steps + patience);
        while (IsSound && (!_auditor.IsQuiet || _scheduler.Now < began + Peace))
        {
            if (_steps++ == last || !_scheduler.Step())
            {
                _wrong.Add($"Nothing goes wrong any more, and the pool does not come to rest: {string.Join(' ', _auditor.Busy)}");
            }
        }

        if (IsSound)
        {
            _auditor.CheckDemands(_people.Posted);
            _auditor.CheckWakeUps(_journal.WakeUps);
            _auditor.CheckQuiet(_scheduler.Now);
        }
    }

    private void Judge(JournalAppend append, IReadOnlyList<JournalRecord> records)
    {
        foreach (var record in records)
        {
            _auditor.Take(new(
                record.Position, record.Stream, record.Version, record.Street, record.Type, record.Actor, record.CommandId?.ToString(), record.Fingerprint,
                JsonElement.Parse(record.Payload)));
            _events[record.Type] = _events.GetValueOrDefault(record.Type) + 1;
            _history.AppendData(Encoding.UTF8.GetBytes($"{record.Stream} {record.Type} {record.CommandId} {record.Payload}"));
        }

        _auditor.CheckWakeUp(append.Stream, _journal.WakeUps.TryGetValue(append.Stream, out var due) ? due : null);
    }
}
