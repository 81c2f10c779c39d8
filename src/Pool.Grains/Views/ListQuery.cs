using System.Collections.Immutable;
using Pool.Demands;
using Pool.Values;

namespace Pool.Views;

/// <summary>A column's value that a listed row must have.</summary>
[GenerateSerializer, Immutable, Alias("pool.ListCondition")]
public sealed record ListCondition([property: Id(0)] string Column, [property: Id(1)] string Value);

/// <summary>One page of a list.</summary>
/// <param name="Conditions">All must hold; columns are those of <see cref="ViewColumns"/>.</param>
/// <param name="After">The place of the last row of the page before; null for the first page.</param>
/// <param name="Limit">The most rows.</param>
/// <param name="MinPosition">The view must have followed the journal at least to here.</param>
[GenerateSerializer, Immutable, Alias("pool.ListQuery")]
public sealed record ListQuery(
    [property: Id(0)] ImmutableArray<ListCondition> Conditions,
    [property: Id(1)] long? After,
    [property: Id(2)] int Limit,
    [property: Id(3)] long MinPosition);

/// <summary>A row of a list, with its stream's version.</summary>
/// <param name="Place">Where it stands in the list: the position of its first event.</param>
[GenerateSerializer, Immutable, Alias("pool.ListItem`1")]
public sealed record ListItem<T>([property: Id(0)] T Value, [property: Id(1)] long Version, [property: Id(2)] long Place);

/// <param name="More">Whether rows follow.</param>
[GenerateSerializer, Immutable, Alias("pool.ListPage`1")]
public sealed record ListPage<T>([property: Id(0)] ImmutableArray<ListItem<T>> Items, [property: Id(1)] bool More);

/// <summary>A proposal as lists show it, with the demand that made it and that demand's community.</summary>
[GenerateSerializer, Immutable, Alias("pool.ListedProposal")]
public sealed record ListedProposal([property: Id(0)] DemandId Demand, [property: Id(1)] CommunityId Community, [property: Id(2)] Proposal Proposal);

/// <summary>The columns by which lists can be narrowed.</summary>
public static class ViewColumns
{
    public const string Street = "street";
    public const string Community = "community";
    public const string Partner = "partner";
    public const string Demand = "demand";
    public const string Skill = "skill";
    public const string State = "state";
    public const string Kind = "kind";
    public const string Circle = "circle";
    public const string Mode = "mode";
    public const string Field = "field";
    public const string FeeMode = "fee_mode";
    public const string Book = "book";
    public const string Giver = "giver";
    public const string Account = "account";
    public const string Month = "month";
    public const string Peer = "peer";
    public const string Day = "day";
}

/// <summary>What a watch is about.</summary>
/// <param name="Street">Demands of this street alone; null for any.</param>
/// <param name="Demand">This demand alone; null for any.</param>
/// <param name="Partner">Proposals to this partner alone, and what becomes of them; null for any.</param>
[GenerateSerializer, Immutable, Alias("pool.WatchSubject")]
public sealed record WatchSubject(
    [property: Id(0)] StreetId? Street = null, [property: Id(1)] DemandId? Demand = null, [property: Id(2)] PartnerId? Partner = null)
{
    /// <summary>The names of the events that are told; every one when empty.</summary>
    [Id(3)] public ImmutableArray<string> Events { get; init; } = [];

    /// <summary>Whether an event of this stream may be about it.</summary>
    public bool MayBeIn(string stream) =>
        Demand is { } demand ? stream == $"demand/{demand.Text}" : stream.StartsWith("demand/", StringComparison.Ordinal);

    public bool Has(DispatchNews news) =>
        (Events.IsEmpty || Events.Contains(news.Event))
        && (Partner is not { } partner || (news.Proposal > 0 && news.Demand.Proposal(news.Proposal).Partner == partner));
}

/// <summary>Something that happened to a demand.</summary>
/// <param name="Demand">The demand as of the event.</param>
[GenerateSerializer, Immutable, Alias("pool.DispatchNews")]
public sealed record DispatchNews(
    [property: Id(0)] long Position,
    [property: Id(1)] string Event,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] int Proposal,
    [property: Id(4)] Demand Demand,
    [property: Id(5)] long Version);

/// <param name="UpTo">Nothing of the subject lies between the last piece of news and this position.</param>
[GenerateSerializer, Immutable, Alias("pool.DispatchBatch")]
public sealed record DispatchBatch([property: Id(0)] ImmutableArray<DispatchNews> News, [property: Id(1)] long UpTo);
