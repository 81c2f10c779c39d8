namespace Pool.Values;

/// <summary>Every bound of the pool's input, once. The door documents them, the rules enforce them.</summary>
public static class Limits
{
    /// <summary>Characters of a name of a street, community, partner or skill.</summary>
    public const int NameLength = 100;

    /// <summary>Characters of a demand's title.</summary>
    public const int TitleLength = 200;

    /// <summary>Characters of a description, note or comment.</summary>
    public const int TextLength = 2_000;

    /// <summary>Seats of one demand, at least 1.</summary>
    public const int Seats = 1_000;

    /// <summary>Partners that a broadcast may ask at once, at least 1.</summary>
    public const int AskAtOnce = 100;

    /// <summary>The farthest ring that a demand may reach; 0 is its own community.</summary>
    public const int Reach = 3;

    /// <summary>Levels of a skill run from 1 to this.</summary>
    public const int Level = 5;

    /// <summary>People that one partner can send at the same time, at least 1.</summary>
    public const int Capacity = 1_000;

    /// <summary>Services of a newcomer's trial.</summary>
    public const int TrialServices = 100;

    /// <summary>Times in which one partner is away.</summary>
    public const int AwayTimes = 400;

    /// <summary>Characters of a calendar that is imported.</summary>
    public const int CalendarLength = 256 * 1024;

    /// <summary>Neighbours of one street.</summary>
    public const int Neighbours = 64;

    /// <summary>Public holidays that one street keeps.</summary>
    public const int Holidays = 366;

    /// <summary>Days of which the demands are rehearsed under a treaty, at least 1.</summary>
    public const int RehearsedDays = 92;

    /// <summary>Characters of a recurrence rule.</summary>
    public const int RuleLength = 500;

    /// <summary>Skills that one treaty names.</summary>
    public const int TreatySkills = 100;

    /// <summary>Rates of one version of a rate book.</summary>
    public const int Rates = 1_000;

    /// <summary>The most that an hour of low-fee work may cost, in fen: a thousand yuan.</summary>
    public const long MostFee = 100_000;

    /// <summary>The most minutes, or fen, that a ledger's policy may name: a million million.</summary>
    public const long MostAmount = 1_000_000_000_000;

    /// <summary>The most minutes, or fen, that an account may have, or be in debt, by orders.</summary>
    public const long MostBalance = 1_000_000_000_000_000;

    /// <summary>The most minutes that one treaty may limit: a million hours.</summary>
    public static readonly Minutes MostLent = Minutes.FromHours(1_000_000);

    /// <summary>How long before its window an occurrence of a series may be posted.</summary>
    public static readonly Minutes LongestPostAhead = Minutes.FromHours(24 * 92);

    /// <summary>The shortest service.</summary>
    public static readonly Minutes ShortestService = new(15);

    /// <summary>The longest service.</summary>
    public static readonly Minutes LongestService = Minutes.FromHours(24);

    /// <summary>The longest window of a demand.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromDays(92);

    /// <summary>How far ahead a demand's window may end.</summary>
    public static readonly TimeSpan FarthestWindow = TimeSpan.FromDays(366);

    /// <summary>The longest notice that an offer may ask.</summary>
    public static readonly Minutes LongestNotice = Minutes.FromHours(24 * 30);

    /// <summary>The longest policy interval (expiry of a proposal, dwell in a ring, pause between searches).</summary>
    public static readonly Minutes LongestPolicy = Minutes.FromHours(24 * 7);
}
