namespace Pool.Benchmarks.Opponents;

/// <summary>
/// What every opponent does: the part of the pool's API that a whole lifecycle needs. Demands have one seat and are for
/// volunteers; they are matched in their community, then in its street, then in the neighbouring streets.
/// </summary>
internal interface IDispatch
{
    Task CreateStreet(string code, string name, IReadOnlyList<string> neighbours);

    Task CreateCommunity(string street, string code, string name);

    Task CreatePartner(string community, string id, string name, int capacity);

    Task CreateOffer(OfferTerms offer);

    /// <summary>Stores the demand and, where somebody has time, the proposal.</summary>
    Task<DemandRow> Post(DemandTerms terms);

    /// <summary>The proposed partner accepts, starts or completes, or the community confirms, which settles.</summary>
    /// <exception cref="RefusedException">It cannot be done now.</exception>
    Task<DemandRow> Do(Verb verb, Deed deed);
}

internal enum Verb
{
    Accept,
    Start,
    Complete,
    Confirm,
}

/// <param name="Request">The request's id: the same has one effect.</param>
/// <param name="Fingerprint">The hash of the request.</param>
/// <param name="Actor">The partner's or the community's key.</param>
/// <param name="Minutes">What is reported; 0 where nothing is.</param>
[GenerateSerializer, Immutable, Alias("opponent.Deed")]
internal sealed record Deed(
    [property: Id(0)] Guid Request, [property: Id(1)] long Fingerprint, [property: Id(2)] Guid Demand, [property: Id(3)] int Number, [property: Id(4)] string Actor, [property: Id(5)] int Minutes);

/// <param name="Open">When it is available: minutes since Monday 00:00 in Shanghai, from and to.</param>
[GenerateSerializer, Immutable, Alias("opponent.OfferTerms")]
internal sealed record OfferTerms(
    [property: Id(0)] string Partner, [property: Id(1)] string Id, [property: Id(2)] string Skill, [property: Id(3)] int Level, [property: Id(4)] int Reach, [property: Id(5)] IReadOnlyList<WeekRange> Open);

[GenerateSerializer, Immutable, Alias("opponent.WeekRange")]
internal readonly record struct WeekRange([property: Id(0)] int From, [property: Id(1)] int To);

/// <param name="Id">The request's id, too.</param>
/// <param name="Duration">Minutes.</param>
[GenerateSerializer, Immutable, Alias("opponent.DemandTerms")]
internal sealed record DemandTerms(
    [property: Id(0)] Guid Id, [property: Id(1)] long Fingerprint, [property: Id(2)] string Community, [property: Id(3)] string Title, [property: Id(4)] string Skill, [property: Id(5)] int MinLevel,
    [property: Id(6)] DateTime Opens, [property: Id(7)] DateTime Closes, [property: Id(8)] int Duration, [property: Id(9)] int Reach)
{
    public string Street => Community[..9];
}

/// <summary>A demand as it stands, with its last proposal.</summary>
[GenerateSerializer, Immutable, Alias("opponent.DemandRow")]
internal sealed record DemandRow([property: Id(0)] DemandTerms Terms, [property: Id(1)] DateTime PostedAt, [property: Id(2)] ProposalRow? Proposal);

[GenerateSerializer, Immutable, Alias("opponent.ProposalRow")]
internal sealed record ProposalRow(
    [property: Id(0)] int Number, [property: Id(1)] string Partner, [property: Id(2)] string PartnerCommunity, [property: Id(3)] string Offer, [property: Id(4)] int Ring,
    [property: Id(5)] DateTime Starts, [property: Id(6)] DateTime Ends, [property: Id(7)] DateTime MadeAt, [property: Id(8)] DateTime ExpiresAt, [property: Id(9)] Step Step)
{
    [Id(10)] public DateTime? AcceptedAt { get; init; }

    [Id(11)] public DateTime? StartedAt { get; init; }

    [Id(12)] public DateTime? CompletedAt { get; init; }

    [Id(13)] public DateTime? SettledAt { get; init; }

    [Id(14)] public int? PartnerMinutes { get; init; }

    [Id(15)] public int? CommunityMinutes { get; init; }

    [Id(16)] public int? AgreedMinutes { get; init; }

    [Id(17)] public long? Entry { get; init; }
}

/// <summary>How far a proposal is; the numbers stand in the tables.</summary>
internal enum Step
{
    Proposed = 1,
    Accepted = 2,
    Started = 3,
    Completed = 4,
    Settled = 5,
    Disputed = 6,
    Expired = 7,
}

/// <summary>What an opponent does not do; nothing was written.</summary>
[GenerateSerializer, Alias("opponent.RefusedException")]
internal sealed class RefusedException(string why) : Exception(why);
