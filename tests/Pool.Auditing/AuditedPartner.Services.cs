namespace Pool.Auditing;

/// <summary>What a partner has served: each booking once, corrected in order, and rated once.</summary>
internal sealed partial class AuditedPartner
{
    private Hold? Serve(JournalRow row)
    {
        var hold = End(row);
        if (hold?.Served is not null)
        {
            violations.Add($"I3: hold {hold.Id} of partner {id} is served twice, by {row}.");
        }

        if (hold is not null && row.Payload.GetProperty("people").GetInt32() != hold.People)
        {
            violations.Add($"I3: {row} counts other people than the {hold.People} who were booked.");
        }

        hold?.Served = row;
        hold?.Counted = (0, row.Payload.GetProperty("served").GetInt64() * hold.People);
        return hold;
    }

    private void Correct(JournalRow row)
    {
        var correction = row.Payload.GetProperty("correction");
        var (number, before) = (correction.GetProperty("number").GetInt32(), correction.GetProperty("before").GetInt64());
        if (_holds.GetValueOrDefault(correction.GetProperty("hold").GetString()!) is not { Served: not null } hold || hold.Counted != (number - 1, before))
        {
            violations.Add($"I3: {row} corrects what was not counted so.");
            return;
        }

        hold.Counted = (number, correction.GetProperty("after").GetInt64());
    }

    private void Rate(JournalRow row)
    {
        if (_holds.GetValueOrDefault(row.Text("hold")) is not { } hold)
        {
            violations.Add($"I3: {row} rates a hold that was never placed.");
            return;
        }

        if (hold.Rated is not null)
        {
            violations.Add($"I7: hold {hold.Id} of partner {id} is rated twice, by {row}.");
        }

        hold.Rated = row;
    }
}
