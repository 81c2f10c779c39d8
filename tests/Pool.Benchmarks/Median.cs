namespace Pool.Benchmarks;

/// <summary>The middle of some figures; between the two in the middle, where they are even in number.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> figures)
    {
        var inOrder = figures.Order().ToList();
        return (inOrder[(inOrder.Count - 1) / 2] + inOrder[inOrder.Count / 2]) / 2;
    }
}
