namespace Pool.Demands;

/// <summary>How a demand finds its partners.</summary>
public enum DispatchMode
{
    /// <summary>逐个派单: a seat is proposed to one partner after another.</summary>
    Sequential = 1,

    /// <summary>广播派单: several partners are asked at once; the first to accept have the seats, the others are told and released.</summary>
    Broadcast = 2,

    /// <summary>认领: nobody is asked; partners claim seats, first come, first served, under the same filters.</summary>
    Claim = 3,

    /// <summary>集中派单: the demand waits for the next round of its street, which assigns all that wait together, at the optimum.</summary>
    Round = 4,
}

/// <summary>How soon a demand must be served; the street's policy says what follows from it.</summary>
public enum Urgency
{
    Routine = 1,
    Urgent = 2,
    Emergency = 3,
}
