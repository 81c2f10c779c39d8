using System.Text;
using Pool.Actors;
using Pool.Gateway.Errors;
using Xunit;

namespace Pool.Gateway.Tests;

/// <summary>The documented table of refusals is the one in force.</summary>
public sealed class RefusalDocsTests
{
    [Fact]
    public void The_documented_table_is_the_one_in_force()
    {
        var written = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "refusals.md"));

        Assert.Equal(Table(), written[written.IndexOf("| number", StringComparison.Ordinal)..]);
    }

    private static string Table()
    {
        var table = new StringBuilder("| number | reason | gRPC status | English | 中文 |\n| --- | --- | --- | --- | --- |\n");
        foreach (var reason in RefusalTable.All)
        {
            var row = RefusalTable.Row(reason);
            var status = RefusalStatus.CodeOf(row.Kind);
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {(int)reason} | `{RefusalTable.Code(reason)}` | {status} | {row.English} | {row.Chinese} |\n");
        }

        return table.ToString();
    }
}
