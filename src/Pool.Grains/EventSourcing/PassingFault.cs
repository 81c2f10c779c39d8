namespace Pool.EventSourcing;

/// <summary>What keeps a call from being answered, and is over soon.</summary>
public static class PassingFault
{
    /// <summary>Whether the same call may well succeed soon; one that was cancelled waited for a place of its actor until it was too late.</summary>
    public static bool Is(Exception cause) =>
        cause is TimeoutException or OperationCanceledException or OrleansException or JournalConflictException or JournalUnavailableException;
}
