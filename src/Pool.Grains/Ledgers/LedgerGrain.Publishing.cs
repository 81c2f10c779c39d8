using Pool.Actors;
using Pool.Hosting;
using Pool.Proofs;
using Pool.Values;
using Pool.Views;
using Pool.Witnesses;

namespace Pool.Ledgers;

/// <summary>How a ledger tells others how far it is, has its neighbours sign that, and proves what it has.</summary>
internal sealed partial class LedgerGrain
{
    private Task _publishing = Task.CompletedTask;
    private EntryLog? _log;

    public async Task<Answer<ListedEntry>> Entry(long number)
    {
        var known = await Having(number);
        return known.Refusal is { } refusal ? refusal : Answer<ListedEntry>.Of(await Listed(number, known.Position), known.Version, known.Position);
    }

    public async Task<Answer<LedgerReceipt>> Receipt(long number)
    {
        var known = await Having(number);
        if (known.Refusal is { } refusal)
        {
            return refusal;
        }

        var (published, index) = (await Publish(number), number - 1);
        var proof = await Log.Inclusion(Street, index, published.Size, known.Position);
        return Answer<LedgerReceipt>.Of(new((await Listed(number, known.Position)).Text, index, proof, Note(published)), known.Version, known.Position);
    }

    public async Task<Answer<PublishedCheckpoint>> Checkpoint()
    {
        var known = await HavingAny();
        if (known.Refusal is { } refusal)
        {
            return refusal;
        }

        return Answer<PublishedCheckpoint>.Of(await Publish(known.Value!.Log.Size), known.Version, known.Position);
    }

    public async Task<Answer<ConsistencyProof>> Consistency(long older, long newer)
    {
        var known = await HavingAny();
        if (known.Refusal is { } refusal)
        {
            return refusal;
        }

        var (size, from) = (known.Value!.Log.Size, newer == 0 ? known.Value.Log.Size : newer);
        return Check.Lowest(Check.Range("newer_size", newer, 0, size), Check.Range("older_size", older, 1, Math.Min(from, size))) is { } fault
            ? fault
            : Answer<ConsistencyProof>.Of(new(older, from, await Log.Consistency(Street, older, from, known.Position)), known.Version, known.Position);
    }

    protected override Actors.Decision<LedgerEvent> Tick(Ledger ledger, DateTimeOffset now) => LedgerRules.Tick(ledger, Keeper);

    protected override bool OwesStep => State.Expiry is not null || !State.Erasing.IsEmpty || LedgerRules.OwesCheckpoint(State, Now);

    protected override bool TimerIsDue => LedgerRules.OwesCheckpoint(State, Now);

    /// <summary>A ledger that is posted to all the time has always something that is not durable: each step waits for what it tells, or signs.</summary>
    protected override bool StepsAhead => true;

    protected override async Task CarryStep()
    {
        if (State.Erasing.IsEmpty)
        {
            await CarryOn();
            return;
        }

        try
        {
            await EraseNow();
        }
        catch when (State.Expiry is not null || LedgerRules.OwesCheckpoint(State, Now))
        {
            // The vault does not answer: that holds up neither an expiry nor a checkpoint.
            await CarryOn();
            throw;
        }
    }

    private Task CarryOn() => State.Expiry is null ? Publish(State.Log.Size) : Decide((ledger, _) => ExpiryRules.Expire(ledger, Keeper));

    private EntryLog Log => _log ??= new(_services.Views);

    /// <summary>The ledger, when it has an entry.</summary>
    private async Task<Answer<Ledger>> Having(long number)
    {
        var known = await Read();
        return known.Value is { } ledger && number >= 1 && number <= ledger.Log.Size ? known
            : await Unopened() ?? await Refused(Refusal.Of(RefusalReason.EntryNotFound, $"{number}"));
    }

    /// <summary>The ledger, when it has any entry.</summary>
    private async Task<Answer<Ledger>> HavingAny() => await Having(1) is var known && known.Refusal?.Reason == RefusalReason.EntryNotFound ? RefusalReason.LedgerEmpty : known;

    private async Task<ListedEntry> Listed(long number, long position) =>
        await Log.Find(Street, number, position) ?? throw new EventSourcing.JournalUnavailableException($"The views of ledger {Street} are being built.");

    /// <summary>Publishes checkpoints until one has so many entries; who asks while one is being signed waits for that.</summary>
    private async Task<PublishedCheckpoint> Publish(long size)
    {
        while (State.Published.Size < size)
        {
            await (_publishing = _publishing.IsCompleted ? PublishNow() : _publishing);
        }

        var published = State.Published;
        await Durable();
        return published;
    }

    private async Task PublishNow()
    {
        // What is signed is durable before, and stays so for ever.
        var log = State.Log;
        var position = await Durable();
        using var key = _services.Keys.SigningKeyOf(Street);
        var note = key.Sign(new(key.Log.Name, log.Size, log.Root));
        var known = State.Published.Size;
        var request = new WitnessRequest(Street, Key, note, known, await Log.Consistency(Street, known, log.Size, position));
        var neighbours = (await GrainFactory.Street(Street).Get()).Value?.Neighbours ?? [];
        var signatures = await Task.WhenAll(neighbours.Select(neighbour => Cosigned(neighbour, request, log.Size, position)));
        note = note with { Signatures = [.. note.Signatures, .. signatures.OfType<NoteSignature>()] };
        await Decide((ledger, _) => LedgerRules.Publish(ledger, new(log.Size, note.ToString()), Keeper));
    }

    /// <summary>A neighbour's signature; null where it gives none, or cannot be reached: the checkpoint is published without.</summary>
    private async Task<NoteSignature?> Cosigned(StreetId neighbour, WitnessRequest request, long size, long position)
    {
        var witness = GrainFactory.Witness(neighbour);
        try
        {
            var answer = await witness.Cosign(request);
            if (answer.Fault == WitnessFault.OtherSize)
            {
                answer = await witness.Cosign(request with { From = answer.Seen, Proof = await Log.Consistency(Street, answer.Seen, size, position) });
            }

            return answer.Signature;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            PoolLog.WitnessNotReached(_services.Log, Street.Text, neighbour.Text, cause);
            return null;
        }
    }

    private static SignedNote Note(PublishedCheckpoint published) =>
        SignedNote.TryParse(published.Note, out var note) ? note : throw new InvalidOperationException("A published checkpoint cannot be read.");
}
