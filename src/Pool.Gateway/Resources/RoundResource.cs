using Pool.Gateway.Requests;
using Pool.Rounds;

namespace Pool.Gateway.Resources;

internal static class RoundResource
{
    public static V1.Round Write(Round round, long version) => new()
    {
        Name = $"{ResourceNames.Of(round.Street!.Value)}/round",
        Number = round.Number,
        UnderWay = round.IsUnderWay,
        Waiting = round.Waiting.Count,
        NextTime = Instants.Write(round.NextAt),
        Last = round.Last is { } last ? Write(last, round.EndedAt!.Value) : null,
        Etag = Etags.Write(version),
    };

    private static V1.RoundReport Write(RoundReport report, DateTimeOffset endedAt) => new()
    {
        EndTime = Instants.Write(endedAt),
        Demands = report.Demands,
        SeatsSought = report.Sought,
        SeatsAssigned = report.Assigned,
        SeatsProposed = report.Proposed,
        Cost = report.Cost,
        Bound = report.Bound,
        GapPercent = report.Cost == 0 ? 0 : 100.0 * (report.Cost - report.Bound) / report.Cost,
        Refused = report.Refused,
        Plans = report.Plans,
    };
}
