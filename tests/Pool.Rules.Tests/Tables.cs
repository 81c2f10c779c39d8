using Xunit;

namespace Pool.Rules.Tests;

/// <summary>Tables of a status in each row and a verb in each column.</summary>
internal static class Tables
{
    /// <summary>A row that is short or long of a cell breaks the table, not one test.</summary>
    public static TheoryData<string, string, string> Cells(string table)
    {
        var rows = table.Split('\n').Select(row => row.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        var cells = new TheoryData<string, string, string>();
        foreach (var (row, column) in rows.Skip(1).SelectMany(row => Enumerable.Range(1, row.Length - 1).Select(column => (row, column))))
        {
            cells.Add(row[0], rows[0][column], row[column]);
        }

        return cells;
    }
}
