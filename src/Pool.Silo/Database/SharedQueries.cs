using System.Threading.Channels;
using Pool.EventSourcing;
using Pool.Silo.Hosting;

namespace Pool.Silo.Database;

/// <summary>
/// Questions to the database of which those that come while a query is under way share the next one, as appends share a commit: a
/// rush is a few queries, and takes no more connections than they do.
/// </summary>
internal sealed class SharedQueries<TQuestion, TAnswer> : IAsyncDisposable
{
    /// <summary>How many queries' worth may wait; what comes on top is refused.</summary>
    private const int WaitingQueries = 8;

    private readonly int _most;
    private readonly Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> _query;
    private readonly Channel<Asked> _asked;
    private readonly Task _answering;

    /// <param name="queries">Queries under way at a time.</param>
    /// <param name="most">The most questions in one query.</param>
    /// <param name="query">Asks the database all of the questions; returns an answer for each, in their order.</param>
    public SharedQueries(int queries, int most, Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> query)
    {
        (_most, _query, _asked) = (most, query, Channel.CreateBounded<Asked>(WaitingQueries * most));
        _answering = Task.WhenAll(Enumerable.Range(0, queries).Select(_ => VitalLoop.Run(Answer, query.Method.DeclaringType!.Name)));
    }

    /// <exception cref="JournalUnavailableException">The database cannot be asked now, or too much waits for it.</exception>
    public Task<TAnswer> Ask(TQuestion question)
    {
        var asked = new Asked(question);
        return _asked.Writer.TryWrite(asked)
            ? asked.Answer.Task
            : Task.FromException<TAnswer>(new JournalUnavailableException("Nothing more is answered: the process is closing, or too much waits for its database."));
    }

    /// <summary>Answers what was asked, and nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _asked.Writer.TryComplete();
        await _answering;
    }

    private async Task Answer()
    {
        var batch = new List<Asked>();
        while (await _asked.Reader.WaitToReadAsync())
        {
            while (batch.Count < _most && _asked.Reader.TryRead(out var asked))
            {
                batch.Add(asked);
            }

            if (batch.Count > 0)
            {
                await Answer(batch);
                batch.Clear();
            }
        }
    }

    private async Task Answer(List<Asked> batch)
    {
        try
        {
            var answers = await _query([.. batch.Select(asked => asked.Question)]);
            foreach (var (asked, answer) in batch.Zip(answers))
            {
                asked.Answer.SetResult(answer);
            }
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            batch.ForEach(asked => asked.Answer.TrySetException(new JournalUnavailableException($"The database cannot be asked: {cause.Message}", cause)));
        }
    }

    /// <summary>Somebody who waits for an answer.</summary>
    private sealed record Asked(TQuestion Question)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
