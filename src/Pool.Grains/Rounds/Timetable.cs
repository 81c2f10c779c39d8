using System.Collections.Immutable;
using Pool.Values;

namespace Pool.Rounds;

/// <summary>When the chosen options of a plan are served: always a plan that can be carried out.</summary>
internal sealed class Timetable
{
    /// <summary>Attempts to find room for all services of one stint.</summary>
    private const int Patience = 2_000;

    private readonly RoundProblem _problem;
    private readonly Dictionary<int, RoundPick> _picks = [];
    private readonly List<RoundPick>[] _ofPartner;

    private Timetable(RoundProblem problem)
    {
        _problem = problem;
        _ofPartner = [.. problem.People.Select(_ => new List<RoundPick>())];
    }

    /// <summary>The picks, in the order of their options.</summary>
    public ImmutableArray<RoundPick> Picks => [.. _picks.Values.OrderBy(pick => pick.Option)];

    /// <summary>What the flow says, as far as there is time for it; seats that are open then are given to whoever has time left.</summary>
    /// <param name="flow">Of each option: how many people serve by it.</param>
    public static Timetable Of(RoundProblem problem, IReadOnlyList<Stint> stints, int[] flow)
    {
        var timetable = new Timetable(problem);
        foreach (var stint in stints)
        {
            timetable.Place([.. stint.Options.Where(option => flow[option] > 0 && !timetable.IsTogether(option))], flow);
        }

        if (timetable._picks.Values.Sum(pick => pick.People) < problem.Seats)
        {
            timetable.Fill();
        }

        return timetable;
    }

    public RoundPick? Of(int option) => _picks.TryGetValue(option, out var pick) ? pick : null;

    public void Set(int option, DateTimeOffset start, int people)
    {
        Clear(option);
        var pick = new RoundPick(option, SlotOf(option, start), people);
        _picks[option] = pick;
        _ofPartner[_problem.Options[option].Partner].Add(pick);
    }

    public void Clear(int option)
    {
        if (_picks.Remove(option, out var pick))
        {
            _ofPartner[_problem.Options[option].Partner].Remove(pick);
        }
    }

    private bool IsTogether(int option) => _problem.Demands[_problem.Options[option].Demand] is { AllOrNone: true, Seats: > 1 };

    private TimeWindow SlotOf(int option, DateTimeOffset start) => TimeWindow.From(start, _problem.Demands[_problem.Options[option].Demand].Duration);

    /// <summary>Finds a time for each option, the earliest that will do; where there is none for all, for one after the other.</summary>
    private void Place(List<int> options, int[] people)
    {
        options.Sort((one, other) => _problem.Options[one].Starts[^1].CompareTo(_problem.Options[other].Starts[^1]) is var order and not 0 ? order : one.CompareTo(other));
        var patience = Patience;
        if (PlaceFrom(0))
        {
            return;
        }

        foreach (var option in options)
        {
            Give(option, people[option]);
        }

        bool PlaceFrom(int next)
        {
            if (next == options.Count)
            {
                return true;
            }

            var option = options[next];
            foreach (var start in _problem.Options[option].Starts)
            {
                if (patience-- <= 0)
                {
                    return false;
                }

                if (RoomAt(option, start) >= people[option])
                {
                    Set(option, start, people[option]);
                    if (PlaceFrom(next + 1))
                    {
                        return true;
                    }

                    Clear(option);
                }
            }

            return false;
        }
    }

    /// <summary>Gives open seats to whoever has time, the most urgent first, the cheapest first.</summary>
    private void Fill()
    {
        var open = _problem.Demands.Select(demand => demand.Seats).ToArray();
        foreach (var pick in _picks.Values)
        {
            open[_problem.Options[pick.Option].Demand] -= pick.People;
        }

        var options = Enumerable.Range(0, _problem.Options.Length).Where(option => open[_problem.Options[option].Demand] > 0 && Of(option) is null)
            .OrderBy(option => _problem.Options[option].Cost).ThenBy(option => option)
            .ToLookup(option => _problem.Options[option].Demand);
        foreach (var demand in Enumerable.Range(0, open.Length).Where(demand => open[demand] > 0).OrderByDescending(demand => _problem.Demands[demand].Urgency))
        {
            if (_problem.Demands[demand] is { AllOrNone: true, Seats: > 1 })
            {
                GiveTogether([.. options[demand]], open[demand]);
                continue;
            }

            foreach (var option in options[demand])
            {
                open[demand] -= Give(option, open[demand]);
            }
        }
    }

    /// <summary>Serves as many as it can, at the start that leaves it most people.</summary>
    /// <returns>How many.</returns>
    private int Give(int option, int seats)
    {
        var best = seats == 0 ? default : _problem.Options[option].Starts.Select(start => (Start: start, Room: Math.Min(RoomAt(option, start), seats))).MaxBy(start => start.Room);
        if (best.Room > 0)
        {
            Set(option, best.Start, best.Room);
        }

        return best.Room;
    }

    private void GiveTogether(List<int> options, int seats)
    {
        foreach (var start in options.SelectMany(option => _problem.Options[option].Starts).Distinct().Order())
        {
            var able = options.Where(option => _problem.Options[option].Starts.Contains(start)).Select(option => (Option: option, Room: RoomAt(option, start))).ToList();
            if (able.Sum(one => one.Room) < seats)
            {
                continue;
            }

            foreach (var (option, room) in able.Where(one => one.Room > 0).TakeWhile(_ => seats > 0))
            {
                Set(option, start, Math.Min(room, seats));
                seats -= Math.Min(room, seats);
            }

            return;
        }
    }

    /// <summary>How many people can serve by an option that begins then.</summary>
    private int RoomAt(int option, DateTimeOffset start)
    {
        var (terms, slot, busy) = (_problem.Options[option], SlotOf(option, start), 0);
        var beside = _ofPartner[terms.Partner];
        foreach (var pick in beside)
        {
            // The busiest instant lies at the start of one of them, or of the slot itself.
            var at = pick.Slot.Start > slot.Start ? pick.Slot.Start : slot.Start;
            if (pick.Slot.Overlaps(slot))
            {
                busy = Math.Max(busy, beside.Sum(other => other.Slot.Start <= at && at < other.Slot.End ? other.People : 0));
            }
        }

        return Math.Min(terms.People, _problem.People[terms.Partner] - busy);
    }
}
