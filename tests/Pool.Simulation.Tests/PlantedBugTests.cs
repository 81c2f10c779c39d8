using Pool.Demands;
using Pool.EventSourcing;
using Pool.Ledgers;
using Pool.Partners;
using Pool.Rounds;
using Pool.Streets;
using Pool.Treaties;
using Xunit;

namespace Pool.Simulation.Tests;

/// <summary>Bugs that the simulation must find, each as what it is and the invariant that it breaks.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const int Seeds = 1_000;
    private const int Steps = 20_000;

    private static readonly Dictionary<string, (string Breaks, PlantedBug Bug)> Planted = new()
    {
        ["a release is skipped"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(IPartnerGrain.Release) ? default(Nothing) : null }),
        ["a hold is said to be confirmed and is not"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(IPartnerGrain.Confirm) && call.Target.Type.ToString() == "partner" ? true : null }),
        ["a service is settled and not recorded"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(IPartnerGrain.RecordService) ? default(Nothing) : null }),
        ["a rating is forgotten"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(IPartnerGrain.RecordRating) ? default(Nothing) : null }),
        ["two activations write side by side: a double accept"] = ("I", new() { Rate = 1, IsUnfenced = true }),
        ["a wake-up is lost"] = ("Wake-ups", new() { Writes = append => append with { WakeUp = WakeUpChange.None } }),
        ["a stale hold is confirmed"] = ("I8", new() { Writes = append => append with { Entries = [.. append.Entries.Select(ConfirmedInstead)] } }),
        ["a hold's expiry is misread"] = ("Wake-ups", new() { Reads = Misread<HoldPlaced>(placed => placed with { ExpiresAt = placed.ExpiresAt.AddHours(1) }) }),
        ["a capacity grows"] = ("I1", new() { Rate = 1, Reads = Misread<PartnerRegistered>(registered => registered with { Profile = registered.Profile with { Capacity = registered.Profile.Capacity + 1 } }) }),
        ["a team's people are miscounted"] = ("I1", new() { Rate = 1, Reads = Misread<HoldPlaced>(placed => placed with { People = 1 }) }),
        ["a seat is given to two"] = ("I3", new() { Reads = Misread<ProposalAccepted>(accepted => accepted with { Seats = [1_000] }) }),
        ["a swap forgets whose seats it takes"] = ("I3", new() { Rate = 1, Reads = Misread<ProposalMade>(made => made with { Replaces = null }) }),
        ["an answered command is forgotten"] = ("I7", new() { Reads = record => record with { CommandId = null } }),
        ["candidates are forgotten"] = ("I9", new() { Reads = Misread<RingSearched>(searched => searched with { Findings = [.. searched.Findings.Select(found => found with { Candidates = [] })] }) }),
        ["a partner who was asked is forgotten"] = ("I9", new() { Reads = Misread<ProposalMade>(made => made with { Candidate = made.Candidate with { Offer = new(Values.PartnerId.Parse("nobody"), "nothing") } }) }),
        ["a loan is not given back"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(ILenderGrain.ReturnLoan) ? default(Nothing) : null }),
        ["a loan is said to be booked and is not"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(ILenderGrain.BookLoan) ? true : null }),
        ["a treaty's limits are forgotten"] = ("Treaties", new() { Rate = 1, Reads = Misread<TreatySet>(set => set with { Terms = null }) }),
        ["hours kept for home are forgotten"] = ("Closed times", new() { Rate = 1, Reads = Misread<TreatySet>(set => set with { Terms = set.Terms is { } terms ? terms with { HomeHours = default } : null }) }),
        ["holidays are forgotten"] = ("Closed times", new() { Rate = 1, Reads = Misread<StreetChanged>(changed => changed with { Holidays = [] }) }),
        ["a loan request is taken for approved"] = ("Treaties", new() { Reads = Misread<LoanAsked>(asked => asked with { Request = asked.Request with { Approved = true } }) }),
        ["a round forgets when the next one is"] = ("Wake-ups", new() { Reads = Misread<RoundEnded>(ended => ended with { NextAt = null }) }),
        ["a price is said to be held and is not"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(ILedgerGrain.Hold) ? Cover.At(Nowhere, 1) : null }),
        ["a price is not freed"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(ILedgerGrain.Release) ? default(Nothing) : null }),
        ["a payment is said to be posted and is not"] = ("I3", new() { Answers = call => call.Verb.Name == nameof(ILedgerGrain.Post) ? new Settlement(new(Values.StreetId.Parse("330109001"), 1), Nowhere) : null }),
        ["a street trusts more than it was told"] = ("I2", new() { Rate = 1, Reads = Misread<LedgerPolicySet>(set => set with { Policy = LedgerPolicy.Default }) }),
        ["what is held is forgotten"] = ("I2", new() { Rate = 1, Reads = Misread<TransferHeld>(held => held with { Transfer = new(new(new Guid(held.At.UtcTicks.GetHashCode(), (short)held.At.Microsecond, 1, new byte[8])), 1) }) }),
        ["a fund gains what it has paid"] = ("I2", new() { Rate = 1, Reads = Misread<EntryPosted>(posted => posted with { Entry = posted.Entry with { Postings = [.. posted.Entry.Postings.Select(posting => posting with { Amount = -posting.Amount })] } }) }),
        ["an order that was carried out is forgotten"] = ("I2", new() { Rate = 1, Reads = record => record.Type == "ledger.entry-posted" ? record with { CommandId = null } : record }),
        ["a published checkpoint is forgotten"] = ("Receipts", new() { Reads = Misread<CheckpointPublished>(published => published with { Checkpoint = PublishedCheckpoint.None }) }),
        ["a part of a transfer is said to be posted and is not"] = ("I2", new() { Answers = call => call.Verb.Name == nameof(ILedgerGrain.PostOrder) ? new EntryRef(Values.StreetId.Parse("330109001"), 1) : null }),
        ["a correction is counted twice"] = ("I3", new() { Rate = 1, Reads = Misread<ServiceCorrected>(corrected => corrected with { Correction = corrected.Correction with { Number = 0 } }) }),
        ["an entry is undone and the right one is not made"] = ("I3", new() { Answers = call => call.Target.Type.ToString() == "ledger" && call.Verb.Name == nameof(ILedgerGrain.Correct) ? new EntryRef(Values.StreetId.Parse("330109001"), 1) : null }),
        ["an erasure is said to be done and is not"] = ("Privacy", new() { Writes = append => append with { Entries = [.. append.Entries.Select(ErasedAtOnce)] } }),
        ["credits expire too early"] = ("I2", new() { Rate = 1, Reads = Misread<LedgerPolicySet>(set => set with { Policy = set.Policy with { ExpireAfterQuarters = Math.Min(set.Policy.ExpireAfterQuarters, 1) } }) }),
        ["who is to pay is forgotten"] = ("I2", new() { Rate = 1, Reads = Misread<DemandPosted>(posted => posted with { Terms = posted.Terms with { Payer = null } }) }),
        ["what an append rests on is forgotten"] = ("I", new() { Rate = 1, Writes = append => append with { RestsOn = [] } }),
        ["what failed is acknowledged"] = ("I5", new() { AcknowledgesLost = true }),
    };

    public static TheoryData<string> Names() => new(Planted.Keys);

    [Theory, MemberData(nameof(Names))]
    public void A_planted_bug_is_found(string name)
    {
        var (breaks, bug) = Planted[name];

        var found = Enumerable.Range(1, Seeds).Select(seed => Simulation.Run(seed, Steps, null, bug)).FirstOrDefault(run => run.Wrong.Any(sentence => sentence.StartsWith(breaks, StringComparison.Ordinal)));

        Assert.True(found is not null, $"None of {Seeds} seeds finds it.");
        output.WriteLine($"{found}\n{string.Join('\n', found.Wrong)}");
    }

    private static Price Nowhere => new(Unit.TimeCredit, Values.StreetId.Parse("330109001"), 0, 100, Values.Fen.Zero, 0);

    private static JournalEntry ConfirmedInstead(JournalEntry entry) =>
        entry.Happened is HoldLapsed lapsed ? EventCatalogue<PartnerEvent>.Write(new HoldConfirmed(lapsed.At, lapsed.Hold)) : entry;

    private static JournalEntry ErasedAtOnce(JournalEntry entry) =>
        entry.Happened is HolderErased erased ? EventCatalogue<LedgerEvent>.Write(new Ledgers.IdentityErased(erased.At, erased.Pseudonym)) : entry;

    /// <summary>An event that is read from the journal otherwise than it was written.</summary>
    private static Func<JournalRecord, JournalRecord> Misread<TEvent>(Func<TEvent, TEvent> misread) where TEvent : class, Actors.IEvent =>
        record => record.Happened is TEvent happened ? record with { Happened = misread(happened) } : record;
}
