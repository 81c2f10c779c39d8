using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pool.Auditing;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Partners;

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
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, int> _events = [];
    private readonly SharedJournal _journal;
    private readonly Auditor _auditor = new();
    private readonly Scheduler _scheduler;
    private readonly SimulatedCluster _cluster;
    private readonly People _people;
    private int _steps;

    private Simulation(int seed, Faults? faults, PlantedBug plant)
    {
        _scheduler = new(seed);
        var drawn = Faults.Of(_scheduler);
        _journal = new(_scheduler, plant);
        // Whoever reacts to an event comes after the one who judges it.
        _journal.Committed += Judge;
        _cluster = new(_scheduler, _journal, faults ?? drawn, plant);
        var clients = new Clients(_scheduler, _journal, _wrong);
        _people = new(_cluster, clients, _journal);
        clients.Begin(TimeSpan.Zero, _people.Live);
    }

    /// <summary>What a run did and found.</summary>
    /// <param name="Events">How many events of each stored name the journal has; releases by their reason besides, and proposals to those who came forward.</param>
    /// <param name="Digest">Of the journal: two runs of one seed have the same.</param>
    /// <param name="Wrong">What is wrong, a sentence each; empty when all is well.</param>
    /// <param name="History">Where something is wrong: what had happened to the actors that it is about, an event a line.</param>
    public sealed record Outcome(
        int Seed, Faults Faults, int Steps, TimeSpan Lived, IReadOnlyDictionary<string, int> Events, string Digest, IReadOnlyList<string> Wrong, IReadOnlyList<string> History)
    {
        /// <summary>All that there is to say about a run that found something.</summary>
        public string Report => $"{this}\n{string.Join('\n', Wrong)}\n\n{string.Join('\n', History)}";

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"seed {Seed}: {Steps:N0} steps, {Events.Values.Sum():N0} events in {Lived.TotalHours:0} hours, {Faults}");
    }

    /// <summary>Runs until so many steps were taken, and then until everybody rests; no longer than until something is wrong.</summary>
    /// <param name="steps">Of virtual time: a message that arrives, what an actor does up to its next await, a commit, a fault.</param>
    public static Outcome Run(int seed, int steps) => Run(seed, steps, null, PlantedBug.None);

    /// <param name="faults">What goes wrong; what the seed says, where null.</param>
    /// <param name="plant">The bug that is to be found.</param>
    internal static Outcome Run(int seed, int steps, Faults? faults, PlantedBug plant)
    {
        var simulation = new Simulation(seed, faults, plant);
        faults = simulation._cluster.Faults;
        simulation.Live(steps);
        simulation.Rest(steps);
        IReadOnlyList<string> wrong = [.. simulation._wrong, .. simulation._auditor.Violations];
        return new(
            seed, faults, simulation._steps, simulation._scheduler.Now - Scheduler.Beginning, simulation._events,
            Convert.ToHexString(simulation._digest.GetCurrentHash()), wrong, [.. simulation._journal.About(wrong)]);
    }

    /// <summary>Runs a seed, and where it finds something, looks for the least that must go wrong for it.</summary>
    public static Outcome RunAndShrink(int seed, int steps)
    {
        var found = Run(seed, steps);
        while (found.Wrong.Count > 0 && found.Faults.Fewer().Select(fewer => Run(seed, steps, fewer, PlantedBug.None)).FirstOrDefault(run => run.Wrong.Count > 0) is { } simpler)
        {
            found = simpler;
        }

        return found;
    }

    private bool IsSound => _wrong.Count == 0 && _auditor.Violations.Count == 0;

    private void Live(int steps)
    {
        while (_steps < steps && IsSound && _scheduler.Step())
        {
            if (++_steps == steps * 3 / 4)
            {
                _scheduler.StandStill(_cluster.Faults.SwitchedOff);
            }
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
            _wrong.AddRange(World.Partners
                .Where(partner => _journal.Stream($"partner/{partner.Partner}").Any(record => record.Happened is PartnerErased) && _cluster.Vault.Knows(Holder.Of(partner.Partner)))
                .Select(partner => $"Privacy: {partner.Partner} was erased, and the vault knows it."));
        }
    }

    /// <summary>The stored name; and what a proposal or a release was for, because some are rare.</summary>
    private static IEnumerable<string> NamesOf(JournalRecord record) => record.Happened switch
    {
        AssignmentReleased released => [record.Type, $"{released.Why}"],
        EntryPosted { Entry.Kind: EntryKind.Expiry } => [record.Type, "credits too old"],
        ProposalMade { CameForward: true } made => [record.Type, made.Replaces is null ? "claimed" : "handed over"],
        _ => [record.Type],
    };

    private void Judge(JournalAppend append, IReadOnlyList<JournalRecord> records)
    {
        foreach (var record in records)
        {
            _auditor.Take(new(
                record.Position, record.Stream, record.Version, record.Street, record.Type, record.Actor, record.CommandId?.ToString(), record.Fingerprint,
                JsonElement.Parse(record.Payload)));
            if (record.Happened is Ledgers.IdentityErased erased && _cluster.Vault.Knows(erased.Pseudonym))
            {
                _wrong.Add($"Privacy: {record.Stream} says at {record.Position} that {erased.Pseudonym} is forgotten, and the vault knows whose it is.");
            }

            foreach (var name in NamesOf(record))
            {
                _events[name] = _events.GetValueOrDefault(name) + 1;
            }

            _digest.AppendData(Encoding.UTF8.GetBytes($"{record.Stream} {record.Type} {record.CommandId} {record.Payload}"));
        }

        _auditor.CheckWakeUp(append.Stream, _journal.WakeUps.TryGetValue(append.Stream, out var due) ? due : null);
    }
}
