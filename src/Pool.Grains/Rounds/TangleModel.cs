using Google.OrTools.Sat;

namespace Pool.Rounds;

/// <summary>A tangle, or the part of it that some turns make, in the words of the constraint solver.</summary>
internal sealed class TangleModel
{
    private readonly RoundProblem _problem;
    private readonly IReadOnlyList<Turn> _turns;
    private readonly BoolVar[] _taken;
    private readonly LinearExpr[] _people;
    private readonly CpModel _model = new();
    private readonly List<(LinearExpr Amount, long Each)> _costs = [];
    private readonly List<(LinearExpr Amount, long Each)> _open = [];

    /// <param name="timetable">The plan with which it begins.</param>
    public TangleModel(RoundProblem problem, IReadOnlyList<Stint> stints, Tangle tangle, IReadOnlyList<Turn> turns, Timetable timetable)
    {
        (_problem, _turns) = (problem, turns);
        (_taken, _people) = (new BoolVar[turns.Count], new LinearExpr[turns.Count]);
        for (var turn = 0; turn < turns.Count; turn++)
        {
            Describe(turn, timetable.Of(turns[turn].Option));
        }

        foreach (var option in Enumerable.Range(0, turns.Count).GroupBy(turn => turns[turn].Option))
        {
            _model.AddAtMostOne(option.Select(turn => _taken[turn]));
        }

        var ofDemand = Enumerable.Range(0, turns.Count).ToLookup(turn => problem.Options[turns[turn].Option].Demand);
        foreach (var demand in tangle.Demands)
        {
            Seat(demand, [.. ofDemand[demand]]);
        }

        foreach (var (people, together) in Turn.AtTheSameTime(problem, stints, tangle, turns))
        {
            _model.Add(LinearExpr.Sum(together.Select(turn => _people[turn])) <= people);
        }
    }

    /// <summary>Looks for the best plan, and changes the timetable to it.</summary>
    /// <param name="floor">No plan costs less.</param>
    /// <returns>A bound: no plan of these turns costs less.</returns>
    public long Solve(long floor, Timetable timetable, string parameters) =>
        Solve(Sum(_costs) + (RoundCost.OfWeight(_problem.Seats) * Sum(_open)), floor, timetable, parameters);

    /// <summary>Looks for the plan whose open seats are the lightest, and changes the timetable to it.</summary>
    /// <param name="floor">No plan's are lighter.</param>
    /// <returns>A bound: no plan of these turns has lighter ones.</returns>
    public long LeaveOpen(long floor, Timetable timetable, string parameters) => Solve(Sum(_open), floor, timetable, parameters);

    /// <summary>Looks for the plan that costs least, and changes the timetable to it.</summary>
    /// <param name="open">How much its open seats weigh.</param>
    /// <returns>A bound: no plan of these turns, with such open seats, costs less besides them.</returns>
    public long Spend(long open, Timetable timetable, string parameters)
    {
        _model.Add(Sum(_open) == open);
        return Solve(Sum(_costs), 0, timetable, parameters);
    }

    private long Solve(LinearExpr objective, long floor, Timetable timetable, string parameters)
    {
        _model.Add(objective >= floor);
        _model.Minimize(objective);
        var solver = new CpSolver { StringParameters = parameters };
        if (solver.Solve(_model) is not (CpSolverStatus.Optimal or CpSolverStatus.Feasible))
        {
            return floor;
        }

        foreach (var option in _turns.Select(turn => turn.Option).Distinct())
        {
            timetable.Clear(option);
        }

        for (var turn = 0; turn < _turns.Count; turn++)
        {
            if (solver.BooleanValue(_taken[turn]))
            {
                timetable.Set(_turns[turn].Option, _turns[turn].Slot.Start, (int)solver.Value(_people[turn]));
            }
        }

        return Math.Max(floor, (long)Math.Ceiling(solver.BestObjectiveBound - 0.5));
    }

    private static LinearExpr Sum(List<(LinearExpr Amount, long Each)> terms) =>
        LinearExpr.WeightedSum(terms.Select(term => term.Amount), terms.Select(term => term.Each));

    private void Describe(int turn, RoundPick? planned)
    {
        var terms = _problem.Options[_turns[turn].Option];
        var isPlanned = planned?.Slot == _turns[turn].Slot;
        _taken[turn] = _model.NewBoolVar("");
        _model.AddHint(_taken[turn], isPlanned);
        _people[turn] = _taken[turn];
        if (terms.People > 1)
        {
            var people = _model.NewIntVar(0, terms.People, "");
            _model.Add(people >= _taken[turn]);
            _model.Add(people <= terms.People * _taken[turn]);
            _model.AddHint(people, isPlanned ? planned!.Value.People : 0);
            _people[turn] = people;
        }

        _costs.Add((_people[turn], terms.Cost));
    }

    /// <summary>The demand's seats are served by its turns, or stay open; all or none: by turns of one slot, or by nobody.</summary>
    private void Seat(int demand, int[] turns)
    {
        var sought = _problem.Demands[demand];
        var open = _model.NewIntVar(0, sought.Seats, "");
        _model.Add(LinearExpr.Sum(turns.Select(turn => _people[turn])) + open == sought.Seats);
        _open.Add((open, RoundCost.Weight(sought.Urgency)));
        if (!sought.AllOrNone)
        {
            return;
        }

        var slots = turns.GroupBy(turn => _turns[turn].Slot).Select(slot => (Turns: slot, IsIt: _model.NewBoolVar(""))).ToList();
        _model.AddAtMostOne(slots.Select(slot => slot.IsIt));
        foreach (var slot in slots)
        {
            _model.Add(LinearExpr.Sum(slot.Turns.Select(turn => _people[turn])) == sought.Seats * slot.IsIt);
        }
    }
}
