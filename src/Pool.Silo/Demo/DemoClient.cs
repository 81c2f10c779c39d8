using Grpc.Net.Client;
using Pool.V1;

namespace Pool.Silo.Demo;

/// <summary>The door as the demo's people use it: over gRPC, like any other client.</summary>
internal sealed class DemoClient(string address, Random random) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address, ClientRetries.Options());

    public SkillService.SkillServiceClient Skills => new(_channel);

    public StreetService.StreetServiceClient Streets => new(_channel);

    public CommunityService.CommunityServiceClient Communities => new(_channel);

    public PartnerService.PartnerServiceClient Partners => new(_channel);

    public OfferService.OfferServiceClient Offers => new(_channel);

    public DemandService.DemandServiceClient Demands => new(_channel);

    public DispatchService.DispatchServiceClient Dispatch => new(_channel);

    public RoundService.RoundServiceClient Rounds => new(_channel);

    public TreatyService.TreatyServiceClient Treaties => new(_channel);

    public SeriesService.SeriesServiceClient Series => new(_channel);

    public LedgerService.LedgerServiceClient Ledgers => new(_channel);

    public ClearingService.ClearingServiceClient Clearings => new(_channel);

    public ReceiptService.ReceiptServiceClient Receipts => new(_channel);

    /// <summary>A fresh request id.</summary>
    public string RequestId()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (random)
        {
            random.NextBytes(bytes);
        }

        return new Guid(bytes).ToString();
    }

    public static string Name(SampleCommunity community) => $"streets/{community.Street}/communities/{community.Code}";

    public static string Name(RosterPartner partner) => $"{Name(partner.Community)}/partners/{partner.Id}";

    public void Dispose() => _channel.Dispose();
}
