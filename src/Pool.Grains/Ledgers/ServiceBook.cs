using System.Collections.Immutable;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>Unpaid minutes: what each has given, and what each community has received. It knows nothing of credits and money.</summary>
[GenerateSerializer, Immutable, Alias("pool.ServiceBook")]
public sealed record ServiceBook(
    [property: Id(0)] ImmutableDictionary<Pseudonym, Minutes> Given, [property: Id(1)] ImmutableDictionary<CommunityId, Minutes> Received)
{
    public static ServiceBook Empty { get; } = new(ImmutableDictionary<Pseudonym, Minutes>.Empty, ImmutableDictionary<CommunityId, Minutes>.Empty);

    public ServiceBook Record(ServiceEntry entry) => new(
        Given.SetItem(entry.Giver, Given.GetValueOrDefault(entry.Giver) + entry.Added),
        Received.SetItem(entry.Receiver, Received.GetValueOrDefault(entry.Receiver) + entry.Added));
}
