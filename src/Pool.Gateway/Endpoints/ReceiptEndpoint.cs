using Google.Api;
using Google.Protobuf;
using Grpc.Core;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Gateway.Requests;
using Pool.Gateway.Resources;
using Pool.Hosting;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.V1;

namespace Pool.Gateway.Endpoints;

internal sealed class ReceiptEndpoint(IGrainFactory grains) : ReceiptService.ReceiptServiceBase
{
    private const string ContentType = "text/plain; charset=utf-8";

    /// <summary>A signature in JSON (RFC 7515, section 9.2.1).</summary>
    private const string SignedContentType = "application/jose+json";

    public override async Task<HttpBody> GetReceipt(GetReceiptRequest request, ServerCallContext context)
    {
        var entry = ResourceNames.Entry("entry", request.Entry);
        var (receipt, _) = await grains.Ledger(entry.Street).Receipt(entry.Number).For(context);
        return new() { ContentType = ContentType, Data = ByteString.CopyFromUtf8($"{receipt}") };
    }

    public override async Task<HttpBody> GetServiceCertificate(GetServiceCertificateRequest request, ServerCallContext context) =>
        new() { ContentType = SignedContentType, Data = ByteString.CopyFromUtf8($"{(await Certified(request.Partner, context)).Signed}") };

    public override async Task<HttpBody> PrintServiceCertificate(PrintServiceCertificateRequest request, ServerCallContext context)
    {
        var page = new CertificatePage((await Certified(request.Partner, context)).Certificate, Languages.Of(context.GetHttpContext().Request));
        return new() { ContentType = CertificatePage.ContentType, Data = ByteString.CopyFromUtf8($"{page}") };
    }

    public override async Task<V1.Checkpoint> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("ledger", request.Ledger);
        var (published, _) = await grains.Ledger(street).Checkpoint().For(context);
        return new() { Name = $"{ResourceNames.OfLedger(street)}/checkpoint", Size = published.Size, Note = published.Note };
    }

    public override async Task<V1.ConsistencyProof> GetConsistencyProof(GetConsistencyProofRequest request, ServerCallContext context)
    {
        var street = ResourceNames.Ledger("ledger", request.Ledger);
        var (proof, _) = await grains.Ledger(street).Consistency(request.OlderSize, request.NewerSize).For(context);
        return new() { OlderSize = proof.Older, NewerSize = proof.Newer, Hashes = { proof.Hashes.Select(hash => hash.Text) } };
    }

    public override Task<ProvenEntry> VerifyReceipt(VerifyReceiptRequest request, ServerCallContext context)
    {
        var reading = new Reading(request, context);
        var text = reading.Of(() => request.Receipt.Length > 0 ? request.Receipt : throw new RefusedException(RefusalReason.FieldRequired, "receipt"));
        var keys = reading.Of(() => request.Keys.Count > 0 ? request.Keys.Select(Key).ToList() : throw new RefusedException(RefusalReason.FieldRequired, "keys"));
        reading.End();
        var (proven, fault) = LedgerReceipt.Verify(text, keys);
        if (fault is not null)
        {
            throw new RefusedException(fault with { Fields = ["receipt"] });
        }

        var (signers, others) = proven!.Signers(keys);
        return Task.FromResult(new ProvenEntry { Entry = proven.Entry, Number = proven.Index + 1, Signers = { signers }, Unchecked = { others } });
    }

    private async Task<IssuedCertificate> Certified(string name, ServerCallContext context)
    {
        var partner = ResourceNames.Partner("partner", name);
        return (await grains.Ledger(partner.Home.Street).Certify(partner).For(context)).Value;
    }

    private static VerifierKey Key(string text) =>
        VerifierKey.TryParse(text, out var key) ? key : throw new RefusedException(RefusalReason.FieldInvalid, "keys", "name+id+base64");
}
