using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Pool.EventSourcing;
using Pool.Identities;
using Pool.Ledgers;

namespace Pool.Simulation.Tests;

/// <summary>The vault of a simulated cluster: it outlives every silo, and now and then cannot be reached.</summary>
internal sealed class SimulatedVault(Scheduler scheduler, Func<Faults> faults) : IVault
{
    private readonly Dictionary<Holder, Identity> _identities = [];

    /// <summary>Whether it still knows whose a pseudonym is.</summary>
    public bool Knows(Pseudonym pseudonym) => _identities.Values.Any(identity => identity.Pseudonym == pseudonym);

    /// <summary>Whether it knows somebody.</summary>
    public bool Knows(Holder holder) => _identities.ContainsKey(holder);

    public Task<Identity> Of(Holder holder, Pseudonym? former) => Reached(() =>
    {
        if (!_identities.TryGetValue(holder, out var identity))
        {
            var chance = SHA256.HashData(Encoding.UTF8.GetBytes($"{scheduler.NextId()}"));
            _identities[holder] = identity = new(former ?? Pseudonym.From(chance), ImmutableArray.Create(chance));
        }

        return identity;
    });

    public Task<IReadOnlyDictionary<Holder, Identity>> Find(IReadOnlyCollection<Holder> holders) => Reached<IReadOnlyDictionary<Holder, Identity>>(() =>
        holders.Where(_identities.ContainsKey).ToDictionary(holder => holder, holder => _identities[holder]));

    public Task Erase(Pseudonym pseudonym) => Reached(() =>
    {
        foreach (var (holder, _) in _identities.Where(known => known.Value.Pseudonym == pseudonym).ToList())
        {
            _identities.Remove(holder);
        }

        return pseudonym;
    });

    private Task<T> Reached<T>(Func<T> work) =>
        scheduler.Chance(faults().FailedAccess) ? Task.FromException<T>(new JournalUnavailableException("The vault cannot be reached.")) : Task.FromResult(work());
}
