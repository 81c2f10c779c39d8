using System.Collections.Immutable;
using Pool.Values;

namespace Pool.Identities;

/// <summary>A partner's name as the journal has it.</summary>
[GenerateSerializer, Immutable, Alias("pool.SealedName")]
public readonly record struct SealedName([property: Id(0)] PartnerId Partner, [property: Id(1)] string Text);

/// <summary>Opens names for those who may read them.</summary>
[Alias("pool.INameGrain")]
public interface INameGrain : IGrainWithIntegerKey
{
    /// <summary>The names in clear, in their order; empty where they were erased.</summary>
    [Alias("Open")]
    Task<ImmutableArray<string>> Open(ImmutableArray<SealedName> names);
}
