using Pool.Demands;
using Xunit;

namespace Pool.Rules.Tests;

/// <summary>What of a demand's events is told.</summary>
public sealed class ExplanationTests
{
    [Fact]
    public void The_newest_searches_are_told()
    {
        var searches = Enumerable.Range(0, Explanation.MostSearches + 1).Select(minute => new RingSearched(Some.Now.AddMinutes(minute), 0, [Some.Findings()]));
        var told = Explanation.Searched(searches);
        Assert.Equal(Explanation.MostSearches, told.Length);
        Assert.Equal((Some.Now.AddMinutes(1), Some.Now.AddMinutes(Explanation.MostSearches)), (told[0].At, told[^1].At));
    }
}
