using System.Collections.Immutable;

namespace Pool.Proofs;

/// <summary>Proves that the log of a size begins with that of an older one (RFC 6962, section 2.1.2).</summary>
[GenerateSerializer, Immutable, Alias("pool.ConsistencyProof")]
public sealed record ConsistencyProof([property: Id(0)] long Older, [property: Id(1)] long Newer, [property: Id(2)] ImmutableArray<MerkleHash> Hashes);
