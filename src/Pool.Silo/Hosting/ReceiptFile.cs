using System.Text;
using Pool.Actors;
using Pool.Gateway.Errors;
using Pool.Ledgers;
using Pool.Proofs;

namespace Pool.Silo.Hosting;

/// <summary>A receipt or certificate that somebody kept, checked without a pool: the file and the keys are all that is read.</summary>
internal static class ReceiptFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Says what it proves, or why it proves nothing.</summary>
    /// <param name="keys">Verifier keys: the street's, and those of the witnesses who must have signed, too.</param>
    public static async Task<ExitCode> Verify(string path, IReadOnlyList<string> keys)
    {
        var known = new List<VerifierKey>();
        foreach (var text in keys)
        {
            if (!VerifierKey.TryParse(text, out var key))
            {
                await Console.Error.WriteLineAsync($"pool: '{text}' is no verifier key (name+id+base64).");
                return ExitCode.Usage;
            }

            known.Add(key);
        }

        try
        {
            var text = StrictUtf8.GetString(await File.ReadAllBytesAsync(path));
            return text.StartsWith('{') ? await VerifyCertificate(path, text, known) : await VerifyReceipt(path, text, known);
        }
        catch (DecoderFallbackException)
        {
            return await Refuse(path, Refusal.Of(RefusalReason.ReceiptUnreadable));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"pool: {path} cannot be read: {cause.Message}");
            return ExitCode.Failed;
        }
    }

    private static async Task<ExitCode> VerifyReceipt(string path, string text, List<VerifierKey> keys)
    {
        var (proven, fault) = LedgerReceipt.Verify(text, keys);
        return fault is null ? Tell(path, proven!, keys) : await Refuse(path, fault);
    }

    private static async Task<ExitCode> VerifyCertificate(string path, string text, List<VerifierKey> keys)
    {
        var (proven, signer, fault) = SignedJson.Verify(text, ServiceCertificate.Type, keys);
        if (fault is not null)
        {
            return await Refuse(path, fault);
        }

        Console.WriteLine($"{path} is a certificate of unpaid service, signed by {signer}:");
        Console.WriteLine();
        Console.WriteLine(proven!.Json);
        return ExitCode.Ok;
    }

    private static ExitCode Tell(string path, LedgerReceipt proven, List<VerifierKey> keys)
    {
        var (signers, others) = proven.Signers(keys);
        Console.WriteLine($"{path} proves that this stands in the log as entry {proven.Index + 1}:");
        Console.WriteLine();
        Console.Write(proven.Entry);
        Console.WriteLine();
        foreach (var signer in signers)
        {
            Console.WriteLine($"signed by {signer}");
        }

        foreach (var other in others)
        {
            Console.WriteLine($"not checked, because no --key is of it: {other}");
        }

        return ExitCode.Ok;
    }

    private static async Task<ExitCode> Refuse(string path, Refusal fault)
    {
        await Console.Error.WriteLineAsync($"pool: {path} proves nothing. {RefusalTable.Code(fault.Reason)}: {RefusalStatus.Of(fault, Language.English).Message}");
        return ExitCode.ReceiptRefused;
    }
}
