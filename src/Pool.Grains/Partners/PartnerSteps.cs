namespace Pool.Partners;

/// <summary>What a partner still owes the world; every step is idempotent at its target.</summary>
public abstract record PartnerStep;

/// <summary>Tell the street's index what it is to know.</summary>
public sealed record PublishFacts : PartnerStep;

/// <summary>Tell a demand that its hold or booking is gone with the suspension.</summary>
public sealed record RevokeHold(HoldId Hold) : PartnerStep;

/// <summary>Have the vault forget its name, and whose its account is.</summary>
public sealed record EraseIdentity : PartnerStep;
