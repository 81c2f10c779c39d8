using Pool.Hosting;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>What a W3C trace parent says of its trace.</summary>
public sealed class CallTraceTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true)]
    public void The_lowest_bit_of_its_flags_says_whether_it_is_recorded(string? traceParent, bool recorded) => Assert.Equal(recorded, CallTrace.IsRecorded(traceParent));
}
