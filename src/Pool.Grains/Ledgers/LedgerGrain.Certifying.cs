using Pool.Actors;
using Pool.Hosting;
using Pool.Identities;
using Pool.Proofs;
using Pool.Values;
using Pool.Views;

namespace Pool.Ledgers;

/// <summary>How a ledger certifies what a partner has given: every entry of the service record, from the views, signed.</summary>
internal sealed partial class LedgerGrain
{
    private const int EntriesAtOnce = 1_000;

    public async Task<Answer<IssuedCertificate>> Certify(RegisteredPartner partner)
    {
        var registered = await GrainFactory.Partner(partner.Partner).Get();
        if (registered.Value is not { Profile: { } profile } known || known.Community != partner.Home)
        {
            return Refusal.Of(RefusalReason.PartnerNotFound, partner.Partner.Text);
        }

        if (known.Erased || await IdentityOf(Holder.Of(partner.Partner)) is not { } identity)
        {
            return Refusal.Of(RefusalReason.PartnerErased);
        }

        var (ledger, version, position) = (State, Version, await Durable());
        var standing = ServiceCertificate.Standing(await Given(identity.Pseudonym, ledger.Log.Size, position));
        var minutes = new Minutes(standing.Sum(entry => entry.Service!.Minutes.Value));
        if (minutes != ledger.Service.Given.GetValueOrDefault(identity.Pseudonym))
        {
            throw new EventSourcing.JournalUnavailableException($"The views of ledger {Street} are being built.");
        }

        var street = (await GrainFactory.Street(Street).Get()).Value!.Name;
        var skills = await Named(standing.Select(entry => entry.Service!.Skill), async skill => (await GrainFactory.Skills().Get(skill)).Value!);
        var communities = await Named(standing.Select(entry => entry.Service!.Receiver), async community => (await GrainFactory.Community(community).Get()).Value!.Name);
        var certificate = new ServiceCertificate(
            Street, street, partner.Home, partner.Partner, identity.Name(profile.Name), Now, minutes,
            [.. standing.Select(entry => entry.Service!).Zip(standing, (service, entry) => new CertifiedService(
                entry.Number, Clock.DayOf(entry.At), service.Receiver, communities[service.Receiver], service.Skill, skills[service.Skill].NameZh, skills[service.Skill].NameEn, service.Minutes))],
            ledger.Log.Size, ledger.Log.Root.Text);
        using var key = _services.Keys.SigningKeyOf(Street);
        return Answer<IssuedCertificate>.Of(new(certificate, SignedJson.Sign(key, ServiceCertificate.Type, certificate)), version, position);
    }

    /// <summary>The entries of the service record that somebody gave, of the first so many of the log.</summary>
    private async Task<List<ListedEntry>> Given(Pseudonym giver, long size, long position)
    {
        var (entries, after, more) = (new List<ListedEntry>(), (long?)null, true);
        while (more)
        {
            var page = await _services.Views.List<ListedEntry>(new(
                [new(ViewColumns.Street, Street.Text), new(ViewColumns.Giver, AccountId.OfPartner(giver).Text)], after, EntriesAtOnce, position));
            entries.AddRange(page.Items.Select(item => item.Value).Where(entry => entry.Number <= size));
            (after, more) = (page.Items.IsEmpty ? after : page.Items[^1].Place, page.More);
        }

        return entries;
    }

    private static async Task<Dictionary<TKey, TName>> Named<TKey, TName>(IEnumerable<TKey> keys, Func<TKey, Task<TName>> name) where TKey : notnull =>
        (await Task.WhenAll(keys.Distinct().Select(async key => KeyValuePair.Create(key, await name(key))))).ToDictionary();
}
