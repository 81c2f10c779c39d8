namespace Pool.EventSourcing;

/// <summary>
/// Streams that this process has just begun: their actors are woken in turn, and nobody asks the journal who is due. Whatever
/// is lost with the process the wake-up in the journal brings, as with every step.
/// </summary>
public interface IBirths
{
    void Add(string stream);
}
