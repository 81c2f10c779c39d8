using System.Text;
using Pool.Actors;
using Pool.Ledgers;
using Pool.Proofs;
using Pool.V1;
using Ledger = Pool.V1.Ledger;

namespace Pool.Silo.Demo;

/// <summary>Keeps the receipt of one settlement as a file, checks it without the pool, and shows that no other bytes are accepted.</summary>
internal sealed class KeptReceipt(DemoClient client, string folder)
{
    private const string Minutes = "\nminutes ";

    /// <param name="demands">Of the morning; a service that was paid between two streets is taken before others.</param>
    public async Task Tell(IReadOnlyList<Demand> demands)
    {
        var entry = demands.SelectMany(demand => demand.Proposals).Select(proposal => proposal.Assignment?.Entries ?? []).MaxBy(entries => entries.Count)?.FirstOrDefault();
        if (entry is null)
        {
            Console.WriteLine("Receipt 凭证: nothing was settled.");
            return;
        }

        var text = (await client.Receipts.GetReceiptAsync(new() { Entry = entry })).Data;
        var ledger = await client.Ledgers.GetLedgerAsync(new() { Name = entry[..entry.IndexOf("/entries/", StringComparison.Ordinal)] });
        var file = Path.Combine(folder, "receipt.txt");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(file, text.ToByteArray());
        Console.WriteLine($"Receipt 凭证 of {entry}: {file}");
        var keys = await Keys(text.ToStringUtf8(), ledger);
        Console.WriteLine($"  as it is 原文: {Verdict(text.ToByteArray(), keys)}");
        var (changed, what) = Changed(text.ToByteArray());
        Console.WriteLine($"  with one byte changed 改动一个字节 ({what}): {Verdict(changed, keys)}");
        Console.WriteLine($"  check it yourself, without a pool 自行验证: verify '{file}' --key '{ledger.VerifierKey}'");
    }

    /// <summary>The key of the street, and those of all neighbours who have signed.</summary>
    private async Task<List<VerifierKey>> Keys(string receipt, Ledger ledger)
    {
        var keys = new List<VerifierKey> { Key(ledger.VerifierKey) };
        if (LedgerReceipt.TryParse(receipt, out var read))
        {
            foreach (var witness in read.Checkpoint.Signatures.Where(signature => signature.Name != keys[0].Name))
            {
                keys.Add(Key((await client.Ledgers.GetLedgerAsync(new() { Name = LedgerKeys.LedgerOf(witness.Name) })).WitnessKey));
            }
        }

        return keys;
    }

    private static VerifierKey Key(string text) =>
        VerifierKey.TryParse(text, out var key) ? key : throw new InvalidOperationException($"The pool gave a key that cannot be read: {text}");

    private static string Verdict(byte[] receipt, List<VerifierKey> keys)
    {
        var (proven, fault) = LedgerReceipt.Verify(Encoding.UTF8.GetString(receipt), keys);
        return fault is null
            ? $"accepted; it is entry {proven!.Index + 1} of the street's log, whose checkpoint {keys.Count - 1} neighbouring streets have signed, too"
            : $"refused, {RefusalTable.Code(fault.Reason)}";
    }

    /// <summary>Somebody would like to have served longer.</summary>
    private static (byte[] Bytes, string What) Changed(byte[] receipt)
    {
        var text = Encoding.UTF8.GetString(receipt);
        var at = Encoding.UTF8.GetByteCount(text[..(text.IndexOf(Minutes, StringComparison.Ordinal) + Minutes.Length)]);
        var (before, after) = (receipt[at], receipt[at] == (byte)'9' ? (byte)'8' : (byte)'9');
        receipt[at] = after;
        return (receipt, $"minutes {(char)before}... made {(char)after}...");
    }
}
