using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Partners;

namespace Pool.Simulation.Tests;

/// <summary>
/// Clients keep the documented policy: what got no answer is sent again with the same request id, until there is one. What
/// they were told is compared with the journal.
/// </summary>
internal sealed class Clients : SynchronizationContext
{
    private readonly Dictionary<Guid, JournalRecord> _written = [];
    private readonly Scheduler _scheduler;
    private readonly SharedJournal _journal;
    private readonly List<string> _wrong;

    public Clients(Scheduler scheduler, SharedJournal journal, List<string> wrong)
    {
        (_scheduler, _journal, _wrong) = (scheduler, journal, wrong);
        journal.Committed += (_, records) =>
        {
            foreach (var record in records.Where(record => record.CommandId is not null))
            {
                _written[record.CommandId!.Value] = record;
            }
        };
    }

    /// <summary>Nobody ends a client: it goes on with whatever it waits for.</summary>
    public override void Post(SendOrPostCallback d, object? state) => _scheduler.After(TimeSpan.Zero, () =>
    {
        var before = Current;
        SetSynchronizationContext(this);
        d(state);
        SetSynchronizationContext(before);
    });

    /// <summary>Somebody begins to work.</summary>
    /// <param name="soon">After how long.</param>
    public void Begin(TimeSpan soon, Func<Task> work) => _scheduler.After(soon, () => Post(_ => Work(work), null));

    /// <summary>Sends a write until it is answered; sometimes it is sent once more, and must be answered the same.</summary>
    public async Task<Answer<T>> Write<T>(string actor, Func<Command, Task<Answer<T>>> send)
    {
        var command = new Command(_scheduler.NextId(), _scheduler.Next(int.MaxValue), actor);
        var answer = await Answered(command, send);
        Check(command, answer.Refusal, answer.Version, answer.Position);
        if (_scheduler.Chance(0.1) && answer.Refusal is null && await Answered(command, send) is var again && (again.Refusal, again.Version, again.Position) != (null, answer.Version, answer.Position))
        {
            _wrong.Add($"I7: command {command.RequestId} of {actor} was answered with version {answer.Version}, and again with version {again.Version} or {again.Refusal?.Reason}.");
        }

        return answer;
    }

    /// <summary>Asks for something that writes nothing; an answer that is lost is not asked for again.</summary>
    public static async Task Read(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception cause) when (cause is TimeoutException or JournalUnavailableException or JournalConflictException)
        {
            // Nobody waits for it.
        }
    }

    private Task<Answer<T>> Answered<T>(Command command, Func<Command, Task<Answer<T>>> send) => Insist(() => send(command));

    /// <summary>Asks until there is an answer.</summary>
    public async Task<T> Insist<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception cause) when (cause is TimeoutException or JournalUnavailableException or JournalConflictException)
            {
                await _scheduler.Delay(_scheduler.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
            }
        }
    }

    private void Check(Command command, Refusal? refusal, long version, long position)
    {
        var written = _written.GetValueOrDefault(command.RequestId);
        if (refusal is not null && written is not null)
        {
            _wrong.Add($"I7: command {command.RequestId} of {command.Actor} was refused ({refusal.Reason}), and the journal has {written.Type} at {written.Position}.");
        }

        // What these commands ask for is done by steps that follow: the answer is of the state in which the first has ended it.
        Func<IEvent?, bool>? ends = written?.Happened switch
        {
            AssignmentCorrected corrected => happened => happened is CorrectionSettled settled && settled.Number == corrected.Number,
            PartnerErased => happened => happened is IdentityErased,
            _ => null,
        };
        var told = ends is null ? written : _journal.Stream(written!.Stream).FirstOrDefault(record => record.Version > written.Version && ends(record.Happened));
        if (refusal is null && (told is null || told.Version != version || told.Position != position))
        {
            _wrong.Add($"I5: command {command.RequestId} of {command.Actor} was acknowledged at position {position}, version {version}; the journal has {written?.Position}, {written?.Version}.");
        }
    }

    private async void Work(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            _wrong.Add($"A client met what no fault explains: {cause}");
        }
    }
}
