using System.Globalization;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Ledgers;
using Pool.Values;

namespace Pool.Gateway.Requests;

/// <summary>Reads and writes resource names (AIP-122); what cannot be read is refused with the form that was expected.</summary>
public static class ResourceNames
{
    /// <summary>Stands for "any" in the parent of a list (AIP-159).</summary>
    public const string Any = "-";

    private const string StreetForm = "streets/{street}";
    private const string TreatyForm = $"{StreetForm}/treaties/{{borrower}}";
    private const string LoanRequestForm = $"{TreatyForm}/loanRequests/{{number}}";
    private const string LedgerForm = $"{StreetForm}/ledger";
    private const string AccountForm = $"{LedgerForm}/accounts/{{account}}";
    private const string EntryForm = $"{LedgerForm}/entries/{{number}}";
    private const string ClearingForm = $"{LedgerForm}/clearings/{{clearing}}";
    private const string RoundForm = $"{StreetForm}/round";
    private const string CommunityForm = $"{StreetForm}/communities/{{community}}";
    private const string PartnerForm = $"{CommunityForm}/partners/{{partner}}";
    private const string ResidentForm = $"{CommunityForm}/residents/{{resident}}";
    private const string FundForm = $"{CommunityForm}/fund";
    private const string OfferForm = $"{PartnerForm}/offers/{{offer}}";
    private const string DemandForm = $"{CommunityForm}/demands/{{demand}}";
    private const string SeriesForm = $"{CommunityForm}/series/{{series}}";
    private const string ProposalForm = $"{DemandForm}/proposals/{{number}}";
    private const string AssignmentForm = $"{DemandForm}/assignments/{{number}}";
    private const string SkillForm = "skills/{skill}";

    public static string Of(SkillCode skill) => $"skills/{skill}";

    public static string Of(StreetId street) => $"streets/{street}";

    public static string OfTreaty(StreetId lender, StreetId borrower) => $"{Of(lender)}/treaties/{borrower}";

    public static string OfLedger(StreetId street) => $"{Of(street)}/ledger";

    public static string Of(StreetId street, AccountId account) => $"{OfLedger(street)}/accounts/{account}";

    public static string OfAssignment(CommunityId home, TransferId transfer) => $"{Of(home, transfer.Demand)}/assignments/{transfer.Assignment}";

    public static string Of(EntryRef entry) => $"{OfLedger(entry.Street)}/entries/{entry.Number}";

    public static string OfClearing(StreetId street, TransferId clearing) => $"{OfLedger(street)}/clearings/{clearing}";

    public static string Of(CommunityId community) => $"streets/{community.Street}/communities/{community}";

    public static string Of(CommunityId home, PartnerId partner) => $"{Of(home)}/partners/{partner}";

    public static string Of(CommunityId home, OfferId offer) => $"{Of(home, offer.Partner)}/offers/{offer.Name}";

    public static string Of(CommunityId home, DemandId demand) => $"{Of(home)}/demands/{demand}";

    public static string Of(CommunityId home, SeriesId series) => $"{Of(home)}/series/{series}";

    /// <summary>The id of what a request creates.</summary>
    /// <param name="form">What an id looks like, for people.</param>
    public static TValue Id<TValue>(string field, string text, string form) where TValue : struct, ITextValue<TValue> =>
        TValue.TryParse(text, out var id) ? id : throw new RefusedException(RefusalReason.FieldInvalid, field, form);

    public static SkillCode Skill(string field, string name) => Value<SkillCode>(field, SkillForm, Read(field, name, SkillForm)[0]);

    public static StreetId Street(string field, string name) => Value<StreetId>(field, StreetForm, Read(field, name, StreetForm)[0]);

    /// <summary>The street whose ledger it is.</summary>
    public static StreetId Ledger(string field, string name) => Value<StreetId>(field, LedgerForm, Read(field, name, LedgerForm)[0]);

    public static (StreetId Street, AccountId Account) Account(string field, string name)
    {
        var parts = Read(field, name, AccountForm);
        return (Value<StreetId>(field, AccountForm, parts[0]), Value<AccountId>(field, AccountForm, parts[^1]));
    }

    /// <summary>An account, or with "-" for it all of a street's: then that is null.</summary>
    public static (StreetId Street, AccountId? Account) Accounts(string field, string name)
    {
        var parts = Read(field, name, AccountForm);
        return (Value<StreetId>(field, AccountForm, parts[0]), parts[^1] == Any ? null : Value<AccountId>(field, AccountForm, parts[^1]));
    }

    public static EntryRef Entry(string field, string name)
    {
        var parts = Read(field, name, EntryForm);
        return long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == parts[1]
            ? new(Value<StreetId>(field, EntryForm, parts[0]), number)
            : throw new RefusedException(RefusalReason.NameInvalid, field, EntryForm);
    }

    /// <summary>A clearing, and the street under whose ledger it is named.</summary>
    public static (StreetId Street, TransferId Clearing) Clearing(string field, string name)
    {
        var parts = Read(field, name, ClearingForm);
        return TransferId.TryParse(parts[1], out var clearing) && !clearing.IsSettlement
            ? (Value<StreetId>(field, ClearingForm, parts[0]), clearing)
            : throw new RefusedException(RefusalReason.NameInvalid, field, ClearingForm);
    }

    /// <summary>The street whose round it is.</summary>
    public static StreetId Round(string field, string name) => Value<StreetId>(field, RoundForm, Read(field, name, RoundForm)[0]);

    public static (StreetId Lender, StreetId Borrower) Treaty(string field, string name)
    {
        var parts = Read(field, name, TreatyForm);
        return (Value<StreetId>(field, TreatyForm, parts[0]), Value<StreetId>(field, TreatyForm, parts[1]));
    }

    /// <summary>A treaty, or with "-" for the borrower all of a lender's: then that is null.</summary>
    public static (StreetId Lender, StreetId? Borrower) Treaties(string field, string name)
    {
        var parts = Read(field, name, TreatyForm);
        return (Value<StreetId>(field, TreatyForm, parts[0]), parts[1] == Any ? null : Value<StreetId>(field, TreatyForm, parts[1]));
    }

    public static (StreetId Lender, StreetId Borrower, int Number) LoanRequest(string field, string name)
    {
        var parts = Read(field, name, LoanRequestForm);
        return (Value<StreetId>(field, LoanRequestForm, parts[0]), Value<StreetId>(field, LoanRequestForm, parts[1]), Number(field, parts[2], LoanRequestForm));
    }

    public static CommunityId Community(string field, string name) => Community(field, Read(field, name, CommunityForm), CommunityForm);

    public static RegisteredPartner Partner(string field, string name)
    {
        var parts = Read(field, name, PartnerForm);
        return new(Community(field, parts, PartnerForm), Value<PartnerId>(field, PartnerForm, parts[2]));
    }

    public static (CommunityId Home, ResidentId Resident) Resident(string field, string name)
    {
        var parts = Read(field, name, ResidentForm);
        return (Community(field, parts, ResidentForm), Value<ResidentId>(field, ResidentForm, parts[2]));
    }

    /// <summary>Who has an account: a partner, a resident, or a community by its fund.</summary>
    public static Party Party(string field, string name)
    {
        if (name.Contains("/partners/", StringComparison.Ordinal))
        {
            var (home, partner) = Partner(field, name);
            return new(home, partner);
        }

        if (name.Contains("/residents/", StringComparison.Ordinal))
        {
            var (home, resident) = Resident(field, name);
            return new(home, Resident: resident);
        }

        return new(Community(field, Read(field, name, FundForm), FundForm));
    }

    public static (CommunityId Home, OfferId Offer) Offer(string field, string name)
    {
        var parts = Read(field, name, OfferForm);
        return (Community(field, parts, OfferForm), Value<OfferId>(field, OfferForm, $"{parts[2]}/{parts[3]}"));
    }

    public static (CommunityId Home, DemandId Demand) Demand(string field, string name)
    {
        var parts = Read(field, name, DemandForm);
        return (Community(field, parts, DemandForm), Value<DemandId>(field, DemandForm, parts[2]));
    }

    public static (CommunityId Home, SeriesId Series) Series(string field, string name)
    {
        var parts = Read(field, name, SeriesForm);
        return (Community(field, parts, SeriesForm), Value<SeriesId>(field, SeriesForm, parts[2]));
    }

    public static (CommunityId Home, DemandId Demand, int Number) Proposal(string field, string name) => Numbered(field, name, ProposalForm);

    public static (CommunityId Home, DemandId Demand, int Number) Assignment(string field, string name) => Numbered(field, name, AssignmentForm);

    /// <summary>The parts of a list's parent; a part that is "-" comes back as null.</summary>
    public static string?[] Parent(string field, string name, string form) =>
        [.. Read(field, name, form).Select(part => part == Any ? null : part)];

    /// <summary>A community as a part of a parent that may be "-": checked against its street when both are named.</summary>
    public static void CheckParent(string field, string? street, string? community, string form)
    {
        if (street is not null)
        {
            Value<StreetId>(field, form, street);
        }

        if (community is not null && street is not null)
        {
            Community(field, [street, community], form);
        }
        else if (community is not null)
        {
            Value<CommunityId>(field, form, community);
        }
    }

    private static (CommunityId Home, DemandId Demand, int Number) Numbered(string field, string name, string form)
    {
        var parts = Read(field, name, form);
        return (Community(field, parts, form), Value<DemandId>(field, form, parts[2]), Number(field, parts[3], form));
    }

    private static int Number(string field, string part, string form) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new RefusedException(RefusalReason.NameInvalid, field, form);

    private static CommunityId Community(string field, string[] parts, string form)
    {
        var (street, community) = (Value<StreetId>(field, form, parts[0]), Value<CommunityId>(field, form, parts[1]));
        return community.Street == street ? community : throw new RefusedException(RefusalReason.CommunityNotInStreet, field, street.Text);
    }

    private static TValue Value<TValue>(string field, string form, string text) where TValue : struct, ITextValue<TValue> =>
        TValue.TryParse(text, out var value) ? value : throw new RefusedException(RefusalReason.NameInvalid, field, form);

    /// <summary>The variable parts of a name.</summary>
    private static string[] Read(string field, string name, string form)
    {
        if (name.Length == 0)
        {
            throw new RefusedException(RefusalReason.FieldRequired, field);
        }

        var (parts, expected) = (name.Split('/'), form.Split('/'));
        var fits = parts.Length == expected.Length
            && parts.Zip(expected).All(pair => pair.Second[0] == '{' ? pair.First.Length > 0 : pair.First == pair.Second);
        return fits ? [.. parts.Where((_, i) => expected[i][0] == '{')] : throw new RefusedException(RefusalReason.NameInvalid, field, form);
    }
}
