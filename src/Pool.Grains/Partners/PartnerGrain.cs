using System.Collections.Immutable;
using Pool.Actors;
using Pool.Demands;
using Pool.EventSourcing;
using Pool.Hosting;
using Pool.Identities;
using Pool.Matching;
using Pool.Offers;
using Pool.Values;

namespace Pool.Partners;

[GrainType("partner")]
internal sealed class PartnerGrain(ActorServices services) : EventSourcedGrain<Partner, PartnerEvent>(services), IPartnerGrain
{
    /// <summary>What the street is to hear next, when that is durable; null where it has heard all.</summary>
    private Partner? _toHint;

    private PartnerId Id => PartnerId.Parse(this.GetPrimaryKeyString());

    /// <summary>A snapshot has every hold that ended lately or was rated: it is written again when as many events have come as it has of those, or so many that reading them again would take long.</summary>
    protected override int SnapshotEvery => Math.Clamp(State.Calendar.Ended.Count + State.Rated.Count, 256, 16_384);

    public async Task<Answer<Partner>> Register(CommunityId community, PartnerProfile profile, Command command)
    {
        var home = await GrainFactory.Community(community).Get();
        var refusal = PartnerRules.Register(State, Id, community, profile, home.Refusal, name => name, Now).Refusal;
        if (State.Erased)
        {
            // Whether it is a repetition nobody can tell any more.
            return await Refused(refusal!);
        }

        // Who is refused is given no identity; who is there already may ask once more, and is told by the one that it has.
        var identity = refusal is null || IsSealed ? await Identity(IsSealed ? State.Community : community) : null;
        return await DecideAndPublish(Blinded(command, identity), (partner, now) => PartnerRules.Register(partner, Id, community, profile, home.Refusal, identity is null ? null : identity.Seal, now));
    }

    public async Task<Answer<Partner>> Change(PartnerPatch patch, Command command)
    {
        var known = await Read();
        if (known.Refusal is { } missing)
        {
            return Check.Lowest(missing, Late(command))!;
        }

        if (patch.Name is not null && State.Erased)
        {
            // Whether it is a repetition nobody can tell any more.
            return await Refused(PartnerRules.Change(State, Id, patch, name => name, Now).Refusal!);
        }

        var identity = patch.Name is not null ? await Identity(State.Community) : null;
        return await Decide(Blinded(command, identity), (partner, now) => PartnerRules.Change(partner, Id, patch, identity is null ? null : identity.Seal, now));
    }

    /// <summary>The answer leaves when the vault has forgotten the partner.</summary>
    public Task<Answer<Partner>> Erase(string why, Command command) => Decide(
        command, (partner, now) => PartnerRules.Erase(partner, Id, why, now), until: partner => !partner.OwesErasure, ends: happened => happened is IdentityErased);

    public async Task<bool> IsErased()
    {
        if (State is { Exists: true, Erased: false })
        {
            // An activation that was overtaken does not know.
            await StandBehindFence();
        }

        var erased = State.Erased;
        await Durable();
        return erased;
    }

    public Task<Answer<Partner>> SetAvailability(PartnerTimes times, Command command) =>
        DecideAndPublish(command, (partner, now) => PartnerRules.SetAvailability(partner, Id, times, now));

    public Task<Answer<Partner>> ImportCalendar(ImmutableArray<TimeWindow> busy, Command command) =>
        DecideAndPublish(command, (partner, now) => PartnerRules.ImportCalendar(partner, Id, busy, now));

    public async Task<Answer<Partner>> Certify(Certificate certificate, Command command)
    {
        var skill = await GrainFactory.Skills().Get(certificate.Skill);
        var unknown = skill.Refusal is { } refusal ? refusal with { Fields = ["certificate.skill"] } : null;
        return await DecideAndPublish(command, (partner, now) => PartnerRules.Certify(partner, Id, certificate, unknown, now));
    }

    public Task<Answer<Partner>> Suspend(string why, Command command) =>
        DecideAndPublish(command, (partner, now) => PartnerRules.Suspend(partner, Id, why, now));

    public Task<Answer<Partner>> Reinstate(Command command) =>
        DecideAndPublish(command, (partner, now) => PartnerRules.Reinstate(partner, Id, now));

    public Task<Answer<Partner>> Get() => Read();

    public async Task<HoldOutcome> TryHold(OfferTerms terms, HoldRequest request, Footing? footing)
    {
        var outcome = await DecideAhead((partner, now) => PartnerRules.TryHold(partner, terms, request, now), footing);
        Hint().Ignore();
        return outcome;
    }

    public async Task<HoldOutcome> WouldHold(OfferTerms terms, HoldRequest request)
    {
        var outcome = PartnerRules.TryHold(State, terms, request, Now).Outcome;
        await Durable();
        return outcome;
    }

    public Task<bool> Confirm(HoldId hold, int people, Footing? footing) => DecideAhead((partner, now) => PartnerRules.Confirm(partner, hold, people, now), footing);

    public async Task Drop(HoldId hold, DateTimeOffset placedAt)
    {
        await Decide((partner, now) => PartnerRules.Drop(partner, hold, placedAt, now));
        Hint().Ignore();
    }

    public async Task Release(HoldId hold, bool noShow)
    {
        await Decide((partner, now) => PartnerRules.Release(partner, hold, noShow, now));
        Hint().Ignore();
    }

    public async Task RecordService(HoldId hold, SkillCode skill, FeeMode feeMode, Minutes served, Footing? footing)
    {
        await DecideAhead((partner, now) => PartnerRules.RecordService(partner, hold, skill, feeMode, served, now), footing);
        Hint().Ignore();
    }

    public Task CorrectService(ServiceCorrection correction) => Decide((partner, now) => PartnerRules.CorrectService(partner, correction, now));

    public Task RecordRating(HoldId hold, int stars) => Decide((partner, now) => PartnerRules.RecordRating(partner, hold, stars, now));

    protected override Decision<PartnerEvent> Tick(Partner partner, DateTimeOffset now) => PartnerRules.Lapse(partner, now);

    protected override bool OwesStep => PartnerRules.NextStep(State, Now) is not null;

    /// <summary>A partner whom many book has always something that is not durable: each step waits for what it tells.</summary>
    protected override bool StepsAhead => true;

    protected override Task CarryStep() => PartnerRules.NextStep(State, Now) switch
    {
        PublishFacts => Publish(),
        RevokeHold revoke => Revoke(revoke.Hold),
        EraseIdentity => EraseNow(),
        _ => Task.CompletedTask,
    };

    private async Task Revoke(HoldId hold)
    {
        await Durable();
        await GrainFactory.Demand(hold.Demand).Revoke(hold.Number, Id, ReleaseReason.PartnerSuspended);
        await Decide((partner, now) => PartnerRules.Revoked(partner, hold, now));
    }

    private bool IsSealed => State is { Erased: false, Profile.Name: var name } && Identities.Identity.IsSealed(name);

    /// <summary>What seals the partner's name, so that it can be forgotten.</summary>
    private Task<Identity> Identity(CommunityId home) => GrainFactory.Ledger(home.Street).IdentityOf(Id);

    /// <summary>A command that names the partner says so to nobody who would try all names.</summary>
    private static Command Blinded(Command command, Identity? identity) => identity is null ? command : command with { Fingerprint = identity.Blind(command.Fingerprint) };

    private async Task EraseNow()
    {
        await Durable();
        await GrainFactory.Ledger(State.Community.Street).ErasePartner(Id);
        await Decide(PartnerRules.IdentityErased);
    }

    private async Task Publish()
    {
        var facts = State.Facts(Now);
        await Durable();
        await GrainFactory.Street(State.Community.Street).Publish(facts);
        await Decide((partner, now) => PartnerRules.Published(partner, facts.Revision, now));
    }

    /// <summary>The client's answer leaves when the street's index knows, so that a demand posted next can find the partner.</summary>
    private async Task<Answer<Partner>> DecideAndPublish(Command command, Func<Partner, DateTimeOffset, Decision<PartnerEvent>> decide) =>
        await Carried(await Decide(command, decide), until: partner => !partner.OwesPublication || partner.Gathers);

    /// <summary>Tells the street, without waiting, when this partner is full and what it has served; a lost hint costs one refused hold.</summary>
    private async Task Hint()
    {
        var isTelling = _toHint is not null;
        _toHint = State;
        while (!isTelling && _toHint is { } partner)
        {
            try
            {
                await Durable();
            }
            catch
            {
                _toHint = null;
                throw;
            }

            _toHint = ReferenceEquals(_toHint, partner) ? null : _toHint;
            Tell(partner, Now);
        }
    }

    private void Tell(Partner partner, DateTimeOffset now)
    {
        if (partner.Exists)
        {
            var hint = new BusyHint(partner.Calendar.Full(partner.Capacity, now), partner.Calendar.Reserved, partner.Revision, Quarter.Of(now), partner.Served.GetValueOrDefault(Quarter.Of(now)));
            GrainFactory.Street(partner.Community.Street).Hint(Id, hint).Ignore();
        }
    }
}
