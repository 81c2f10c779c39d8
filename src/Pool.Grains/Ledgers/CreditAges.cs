using System.Collections.Immutable;
using Pool.Values;

namespace Pool.Ledgers;

/// <summary>Credits of an account that it got in one quarter and has not spent.</summary>
/// <param name="Quarter">As in <see cref="Values.Quarter"/>; 0 for all quarters before the oldest that is known.</param>
[GenerateSerializer, Immutable, Alias("pool.CreditAge")]
public readonly record struct CreditAge([property: Id(0)] int Quarter, [property: Id(1)] long Minutes);

/// <summary>
/// What credits the accounts of people got, quarter by quarter. The oldest are spent first, so that what an account has is what
/// it got last.
/// </summary>
/// <param name="Got">Of each account, the quarter under way first, and no more than <see cref="Most"/> before it.</param>
[GenerateSerializer, Immutable, Alias("pool.CreditAges")]
public sealed record CreditAges([property: Id(0)] ImmutableDictionary<AccountId, ImmutableArray<long>> Got)
{
    /// <summary>How many quarters before the one under way are known.</summary>
    public const int Most = 20;

    /// <summary>What the entry before took back, because the one to come has it right; none otherwise.</summary>
    [Id(1)] public ImmutableDictionary<AccountId, long> TakenBack { get; init; } = ImmutableDictionary<AccountId, long>.Empty;

    public static CreditAges None { get; } = new(ImmutableDictionary<AccountId, ImmutableArray<long>>.Empty);

    /// <summary>After an entry. Of a correction only what it gives more than before is got; who has paid has back what is as old as it was.</summary>
    public CreditAges After(EconomicEntry entry)
    {
        var credits = entry.Postings.Where(posting => posting.Unit == Unit.TimeCredit && TransferRules.IsPerson(posting.Account.Kind));
        if (entry.Kind == EntryKind.Reversal)
        {
            return this with { TakenBack = credits.Where(posting => posting.Amount < 0).ToImmutableDictionary(posting => posting.Account, posting => -posting.Amount) };
        }

        var got = Got;
        foreach (var (account, gained) in credits.Select(posting => (posting.Account, posting.Amount - TakenBack.GetValueOrDefault(posting.Account))).Where(gain => gain.Item2 > 0))
        {
            var known = got.GetValueOrDefault(account, [0]);
            got = got.SetItem(account, known.SetItem(0, checked(known[0] + gained)));
        }

        return new(got);
    }

    /// <summary>When so many quarters have passed.</summary>
    public CreditAges Aged(int quarters) => new(Got
        .Select(known => KeyValuePair.Create(known.Key, Shifted(known.Value, quarters)))
        .Where(known => known.Value.Any(got => got != 0))
        .ToImmutableDictionary());

    /// <summary>What of its credits an account got before so many whole quarters and the one under way.</summary>
    /// <param name="has">What it has and nothing is to be paid with yet.</param>
    public long Older(AccountId account, long has, int quarters) =>
        Math.Clamp(has - Got.GetValueOrDefault(account, []).Take(quarters + 1).Sum(), 0, Math.Max(0, has));

    /// <summary>In which quarters an account got what it has, the latest first.</summary>
    public IEnumerable<CreditAge> Of(AccountId account, long has, int period)
    {
        var (rest, quarter) = (Math.Max(0, has), period);
        foreach (var got in Got.GetValueOrDefault(account, []))
        {
            var left = Math.Min(rest, got);
            if (left > 0)
            {
                yield return new(quarter, left);
            }

            (rest, quarter) = (rest - left, Quarter.Before(quarter));
        }

        if (rest > 0)
        {
            yield return new(0, rest);
        }
    }

    private static ImmutableArray<long> Shifted(ImmutableArray<long> got, int quarters) =>
        [.. Enumerable.Repeat(0L, Math.Min(quarters, Most + 1)), .. got.Take(Math.Max(0, Most + 1 - quarters))];
}
