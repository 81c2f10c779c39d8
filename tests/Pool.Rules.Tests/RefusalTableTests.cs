using System.Globalization;
using Pool.Actors;
using Xunit;

namespace Pool.Rules.Tests;

public sealed class RefusalTableTests
{
    public static TheoryData<RefusalReason> Reasons() => [.. Enum.GetValues<RefusalReason>()];

    [Theory, MemberData(nameof(Reasons))]
    public void A_reason_has_words_in_English_and_in_Chinese(RefusalReason reason)
    {
        var row = RefusalTable.Row(reason);
        Assert.True(Enum.IsDefined(row.Kind));
        Assert.Matches("^[\\x20-\\x7e]+\\.$", row.English);
        Assert.Matches("[\\u4e00-\\u9fff].*。$", row.Chinese);

        // Both languages tell the same: the detail stands in both or in neither, and nothing else is to be filled in.
        Assert.Equal(row.English.Contains("{0}", StringComparison.Ordinal), row.Chinese.Contains("{0}", StringComparison.Ordinal));
        Assert.DoesNotContain("{", string.Format(CultureInfo.InvariantCulture, row.English + row.Chinese, "detail"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Reasons))]
    public void A_code_is_upper_snake_case(RefusalReason reason) =>
        Assert.Matches("^[A-Z]+(_[A-Z]+)*$", RefusalTable.Code(reason));

    [Fact]
    public void Numbers_and_codes_are_unique_and_permanent()
    {
        var reasons = Enum.GetNames<RefusalReason>().Select(Enum.Parse<RefusalReason>).ToList();
        Assert.Equal(reasons.Count, reasons.Distinct().Count());
        Assert.Equal(reasons.Count, reasons.Select(RefusalTable.Code).Distinct().Count());
        Assert.Equal(reasons.Order(), RefusalTable.All.Order());
        ApprovedFile.Match("refusals.txt", string.Concat(reasons.Order().Select(reason =>
            string.Create(CultureInfo.InvariantCulture, $"{(int)reason} {RefusalTable.Code(reason)} {RefusalTable.Row(reason).Kind}\n"))));
    }
}
