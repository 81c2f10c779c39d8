using System.Globalization;
using Grpc.Core;
using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>Tells the morning in the words of a clerk, read off the door alone.</summary>
internal sealed class Summary(DemoClient client, SampleDistrict district, IReadOnlyList<RosterPartner> roster, IReadOnlyList<SampleTreaty> treaties, string folder)
{
    private const int PageSize = 100;
    private const int ReasonsShown = 5;
    private const int TreatiesShown = 3;

    private static readonly string[] Rings = ["own community 本社区", "own street 本街道", "adjacent streets 相邻街道", "their neighbours 次邻街道"];
    private static readonly Dictionary<DispatchMode, string> Modes = new()
    {
        [DispatchMode.Sequential] = "one after another 逐个派单",
        [DispatchMode.Broadcast] = "broadcast 广播派单",
        [DispatchMode.Claim] = "claimed 认领",
        [DispatchMode.Round] = "in rounds 集中派单",
    };

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly Metadata InEnglish = new() { { "accept-language", "en" } };

    private readonly Dictionary<string, string> _streets = district.Streets.ToDictionary(street => street.Code, street => street.Name);
    private readonly Dictionary<string, string> _communities = district.Communities.ToDictionary(community => community.Code, community => community.Name);
    private readonly Dictionary<string, string> _partners = roster.ToDictionary(partner => partner.Id, partner => partner.Name);

    public async Task Tell()
    {
        var demands = await Demands();
        Console.WriteLine();
        Console.WriteLine("== The morning 上午汇总 ==");
        Fill(demands);
        await Lent(demands);
        await new ClearedDebt(client, _streets).Tell();
        await Settled(demands);
        await new KeptReceipt(client, folder).Tell(demands);
        await Again();
        await Unfilled([.. demands.Where(demand => demand.State != DemandState.Filled)]);
        Console.WriteLine();
        Console.WriteLine("== Three demands, step by step 三个需求的全过程 ==");
        foreach (var (what, demand) in Stories(demands))
        {
            Console.WriteLine();
            await Story(what, demand);
        }

        Console.WriteLine();
    }

    private async Task<List<Demand>> Demands()
    {
        var demands = new List<Demand>();
        var token = "";
        do
        {
            var page = await client.Demands.ListDemandsAsync(new()
            {
                Parent = "streets/-/communities/-",
                PageSize = PageSize,
                PageToken = token,
                MinPosition = long.MaxValue,
            });
            demands.AddRange(page.Demands);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return demands;
    }

    private static void Fill(List<Demand> demands)
    {
        var seats = demands.Sum(demand => demand.Seats);
        var taken = demands.SelectMany(demand => demand.Proposals.Where(Taken).Select(proposal => (demand, proposal))).ToList();
        var filledSeats = taken.Sum(pair => pair.proposal.Seats.Count);
        Console.WriteLine($"Demands 需求: {demands.Count}, with {seats} seats 名额. Filled 已补位: {filledSeats} of {seats} ({Percent(filledSeats, seats)}).");
        for (var ring = 0; ring < Rings.Length; ring++)
        {
            var here = taken.Where(pair => pair.proposal.Ring == ring).Sum(pair => pair.proposal.Seats.Count);
            Console.WriteLine($"  ring 圈层 {ring}  {Rings[ring],-32} {here,4}  {Percent(here, seats),5}");
        }

        Console.WriteLine($"Lent by other streets under a treaty 依共建协议跨街道派单: {taken.Where(pair => pair.proposal.Ring >= 2).Sum(pair => pair.proposal.Seats.Count)} seats.");
        foreach (var mode in demands.GroupBy(demand => demand.DispatchMode).OrderBy(mode => mode.Key))
        {
            var wanted = mode.Sum(demand => demand.Seats);
            var filled = taken.Where(pair => pair.demand.DispatchMode == mode.Key).ToList();
            Console.WriteLine(
                $"  {Modes[mode.Key],-32} {mode.Count(),4} demands, {filled.Sum(pair => pair.proposal.Seats.Count)} of {wanted} seats filled, half of them within {Median(filled)}");
        }

        Console.WriteLine($"On waiting lists 候补: {demands.Sum(demand => demand.WaitingList.Count)} partners.");
        Console.WriteLine($"Median time from posting to acceptance 接单时间中位数: {Median(taken)}.");
        var proposals = demands.SelectMany(demand => demand.Proposals).ToList();
        Console.WriteLine(
            $"Proposals 派单邀约: {proposals.Count}; accepted 接受 {Count(proposals, ProposalState.Accepted)}, declined 婉拒 {Count(proposals, ProposalState.Declined)}, expired 过期 {Count(proposals, ProposalState.ProposalExpired)}, open 待回应 {Count(proposals, ProposalState.Pending)}.");
        Console.WriteLine($"Served, settled and rated 已服务并评价: {taken.Count(pair => pair.proposal.Assignment.Stars > 0)}.");
    }

    /// <summary>What the treaties had to do with it, and what the most used one has changed.</summary>
    private async Task Lent(List<Demand> demands)
    {
        var accounts = new List<TreatyAccount>();
        foreach (var treaty in treaties)
        {
            accounts.Add(await client.Treaties.GetTreatyAsync(new() { Name = treaty.Name }));
        }

        var used = accounts.Where(account => account.MinutesServed + account.MinutesUnderWay > 0).OrderByDescending(account => account.MinutesServed + account.MinutesUnderWay).ToList();
        Console.WriteLine($"Treaties 共建协议: {accounts.Count}, of which {used.Count} were used, {used.Count(account => account.Treaty.Terms.NeedsApproval)} of them with the clerk's approval.");
        foreach (var account in used.Take(TreatiesShown))
        {
            Console.WriteLine($"  {Between(account.Name)}: {account.MinutesServed} min served 已服务, {account.MinutesUnderWay} min booked 已预约, of {account.Treaty.Terms.MinutesPerQuarter} min a quarter");
        }

        if (used.FirstOrDefault() is { } most)
        {
            var rehearsed = await client.Treaties.RehearseTreatyAsync(new() { Name = most.Name, Terms = most.Treaty.Terms });
            var (without, with) = (rehearsed.WithoutTreaty, rehearsed.WithTreaty);
            Console.WriteLine(
                $"Rehearsed 试算 {Between(most.Name)} over the last month: {without.SeatsFilled} of {rehearsed.Seats} seats without the treaty, {with.SeatsFilled} with it; from posting to service {without.WaitingMinutes / 60.0:0.0} h and {with.WaitingMinutes / 60.0:0.0} h.");
        }
    }

    /// <summary>What the ledgers of all streets have of it: unpaid service in one book, credits and money in another.</summary>
    private async Task Settled(List<Demand> demands)
    {
        var ledgers = new List<Ledger>();
        foreach (var street in district.Streets)
        {
            ledgers.Add(await client.Ledgers.GetLedgerAsync(new() { Name = $"streets/{street.Code}/ledger" }));
        }

        var between = demands.SelectMany(demand => demand.Proposals).Count(proposal => proposal.Assignment?.Entries.Count > 1);
        Console.WriteLine($"Settled 结算: {ledgers.Sum(ledger => ledger.Entries)} entries in the ledgers of {ledgers.Count(ledger => ledger.Entries > 0)} streets, {between} services paid between two streets 跨街道结算.");
        Console.WriteLine($"  unpaid service 公益: {ledgers.Sum(ledger => ledger.ServiceMinutes)} min recorded");
        foreach (var unit in ledgers.SelectMany(ledger => ledger.Totals).GroupBy(total => total.Unit))
        {
            var (name, measure) = unit.Key == Unit.TimeCreditMinutes ? ("time credits 时间银行", "min") : ("low fees 低偿", "fen");
            Console.WriteLine(
                $"  {name}: partners have {unit.Sum(total => total.Partners)} {measure}, funds {unit.Sum(total => total.Funds)}, other streets are owed {unit.Sum(total => total.Peers)}, {unit.Sum(total => total.Held)} are held; the sum of all accounts 合计: {unit.Sum(total => total.Sum)}");
        }
    }

    /// <summary>What recurs.</summary>
    private async Task Again()
    {
        foreach (var series in (await client.Series.ListSeriesAsync(new() { Parent = "streets/-/communities/-", MinPosition = long.MaxValue })).Series)
        {
            Console.WriteLine($"Recurring 系列需求 {series.Each.Title} ({series.Rule}): {series.Occurrences.Count} posted 已发布, the next one on {Day(series.NextPostTime.ToDateTimeOffset())}.");
        }
    }

    private string Between(string treaty)
    {
        var parts = treaty.Split('/');
        return $"{_streets[parts[1]]} → {_streets[parts[3]]}";
    }

    private static string Median(List<(Demand Demand, Proposal Proposal)> taken)
    {
        var waits = taken.Select(pair => pair.Proposal.Assignment.AcceptTime.ToDateTimeOffset() - pair.Demand.CreateTime.ToDateTimeOffset()).Order().ToList();
        return waits.Count == 0 ? "-" : $"{waits[waits.Count / 2].TotalMinutes:0.0} min";
    }

    private async Task Unfilled(List<Demand> unfilled)
    {
        Console.WriteLine();
        Console.WriteLine($"Not filled yet 尚未补位: {unfilled.Count}. Why, over all candidates that were looked at 原因:");
        var explanations = new List<DemandExplanation>();
        foreach (var demand in unfilled)
        {
            explanations.Add(await client.Demands.ExplainDemandAsync(new() { Name = demand.Name }, InEnglish));
        }

        var reasons = explanations.SelectMany(explained => LastSearch(explained))
            .SelectMany(street => street.Refused.Select(group => (group.Text, group.Offers.Count)).Concat(street.Candidates.Select(candidate => (candidate.Text, 1))))
            .GroupBy(reason => reason.Item1).Select(reason => (Text: reason.Key, Count: reason.Sum(entry => entry.Item2))).OrderByDescending(reason => reason.Count);
        foreach (var (text, count) in reasons.Take(ReasonsShown))
        {
            Console.WriteLine($"  {count,5}  {text}");
        }
    }

    private static IEnumerable<(string What, Demand Demand)> Stories(List<Demand> demands)
    {
        var far = demands.Where(demand => demand.Proposals.Any(proposal => Taken(proposal) && proposal.Ring >= 2))
            .OrderByDescending(demand => demand.Proposals.Max(proposal => proposal.Assignment?.Stars ?? 0)).FirstOrDefault();
        if (far is not null)
        {
            yield return ("Nobody at home could: a specialist of another street came 跨街道派单", far);
        }

        var second = demands.Where(demand => demand != far && demand.Proposals.Any(Refused) && demand.Proposals.Any(Taken))
            .OrderByDescending(demand => demand.Proposals.Max(proposal => proposal.Assignment?.Stars ?? 0)).ThenByDescending(demand => demand.Proposals.Count).FirstOrDefault();
        if (second is not null)
        {
            yield return ("The first asked did not take it 首位未接，再派下一位", second);
        }

        if (demands.FirstOrDefault(demand => demand.State != DemandState.Filled && demand.DispatchMode != DispatchMode.Claim && demand.Proposals.Count == 0) is { } open)
        {
            yield return ("Still open, and what would help 仍未补位及对策", open);
        }
    }

    private async Task Story(string what, Demand demand)
    {
        var explained = await client.Demands.ExplainDemandAsync(new() { Name = demand.Name }, InEnglish);
        Console.WriteLine($"-- {what}");
        Console.WriteLine($"   {demand.Title} ({demand.Name})");
        var searches = new Queue<RingSearch>(explained.Searches);
        // A search that found nobody is repeated while the demand waits; once is enough to tell.
        var again = explained.History.Select((entry, i) => (entry, i)).Where(pair => pair.entry.Event == "demand.search-resumed").Select(pair => pair.i).ToList();
        var (from, to) = again.Count > 1 && demand.Proposals.Count == 0 ? (again[0], again[^1]) : (int.MaxValue, int.MaxValue);
        foreach (var (entry, i) in explained.History.Select((entry, i) => (entry, i)))
        {
            if (i == from)
            {
                Console.WriteLine($"   ...       searched {again.Count - 1} more times with the same result");
            }

            if (i >= from && i < to)
            {
                _ = entry.Event == "demand.ring-searched" && searches.TryDequeue(out _);
                continue;
            }

            Console.WriteLine($"   {Local(entry.Time.ToDateTimeOffset())}  {entry.Event["demand.".Length..],-20} {Detail(entry, demand, searches),-70} trace {entry.TraceId}");
        }

        foreach (var cure in LastSearch(explained).SelectMany(street => street.Cures).OrderByDescending(cure => cure.Candidates).Take(demand.State == DemandState.Filled ? 0 : 3))
        {
            Console.WriteLine($"   would help 对策: {cure.Text}");
        }
    }

    private string Detail(HistoryEntry entry, Demand demand, Queue<RingSearch> searches)
    {
        if (entry.Event == "demand.ring-searched" && searches.TryDequeue(out var search))
        {
            var refused = search.Streets.SelectMany(street => street.Refused).GroupBy(group => group.Text)
                .Select(group => $"{group.Sum(offers => offers.Offers.Count)} {group.Key}");
            return $"ring {search.Ring}, {string.Join('、', search.Streets.Select(street => _streets[Last(street.Street)]))}: "
                + $"{search.Streets.Sum(street => street.Candidates.Count)} fit{string.Concat(refused.Select(text => $"; {text}"))}";
        }

        if (entry.Proposal == 0)
        {
            return _communities[demand.Name.Split('/')[3]];
        }

        var proposal = demand.Proposals[entry.Proposal - 1];
        var parts = proposal.Partner.Split('/');
        return $"{_partners[parts[5]]} of {_streets[parts[1]]} {_communities[parts[3]]}";
    }

    private static IEnumerable<StreetFindings> LastSearch(DemandExplanation explained)
    {
        var begin = explained.Searches.ToList().FindLastIndex(search => search.Ring == 0);
        return explained.Searches.Skip(Math.Max(0, begin)).SelectMany(search => search.Streets);
    }

    private static bool Taken(Proposal proposal) => proposal.Assignment is { State: not AssignmentState.Released };

    private static bool Refused(Proposal proposal) => proposal.State is ProposalState.Declined or ProposalState.ProposalExpired;

    private static int Count(List<Proposal> proposals, ProposalState state) => proposals.Count(proposal => proposal.State == state);

    private static string Last(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static string Percent(int part, int whole) => whole == 0 ? "-" : $"{100.0 * part / whole:0.#} %";

    private static string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
