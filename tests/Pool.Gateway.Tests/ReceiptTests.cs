using System.Diagnostics;
using System.Text;
using Grpc.Core;
using Pool.V1;
using Xunit;
using static Pool.Gateway.Tests.TestPool;

namespace Pool.Gateway.Tests;

/// <summary>What a settlement is proven by: receipts, checkpoints that neighbours sign, and a checker of another language.</summary>
public sealed class ReceiptTests(TestPool pool) : IClassFixture<TestPool>
{
    private readonly LedgerLife _life = new(pool);

    [Fact]
    public async Task A_settlement_has_a_receipt_that_the_streets_key_proves()
    {
        var (street, _, demand) = await _life.Booked("330109823", FeeMode.TimeCredit);
        var entry = Assert.Single((await _life.Serve(demand, minutes: 75)).Proposals[0].Assignment.Entries);

        var receipt = await Receipt(entry);

        var proven = await pool.Receipts.VerifyReceiptAsync(new() { Receipt = receipt, Keys = { (await _life.Ledger(street)).VerifierKey } });
        Assert.Equal((1, $"pool.v1/{street}/ledger"), (proven.Number, Assert.Single(proven.Signers)));
        Assert.Contains($"transfer {demand.Name[^36..]}/1\n", proven.Entry, StringComparison.Ordinal);
        Assert.Contains($"post fund-{street[^9..]}001 credit-minutes -75\n", proven.Entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neighbours_sign_what_they_have_seen_and_a_checker_of_another_language_accepts_no_other_bit()
    {
        var (street, neighbour) = ("330109825", "330109826");
        await Neighbours(street, neighbour);
        await _life.Record(street, 5);

        var receipt = await Receipt($"streets/{street}/ledger/entries/3");

        string[] keys = [(await _life.Ledger($"streets/{street}")).VerifierKey, (await _life.Ledger($"streets/{neighbour}")).WitnessKey];
        var proven = await pool.Receipts.VerifyReceiptAsync(new() { Receipt = receipt, Keys = { keys } });
        Assert.Equal([$"pool.v1/streets/{street}/ledger", $"pool.v1/streets/{neighbour}/ledger"], proven.Signers);
        Assert.Empty(proven.Unchecked);
        var told = await Check(receipt, keys);
        Assert.Equal($"accepted; of {Encoding.UTF8.GetByteCount(receipt) * 8} receipts with one bit changed: 0\n", told);
    }

    [Fact]
    public async Task A_witness_that_was_passed_over_signs_again_from_where_it_was()
    {
        var (street, neighbour) = ("330109827", "330109828");
        await Neighbours(street, neighbour);
        await _life.Record(street, 1);
        await Signers(street, 1, 2);
        // For a while the street has no neighbour.
        await SetNeighbours(street);
        await _life.Record(street, 2, from: 2);
        await Signers(street, 3, 1);
        await SetNeighbours(street, neighbour);
        await _life.Record(street, 1, from: 4);

        await Signers(street, 4, 2);
    }

    [Fact]
    public async Task Every_checkpoint_goes_on_from_every_one_before_it()
    {
        await _life.Street("330109829");
        await _life.Record("330109829", 1);
        var first = await Checkpoint("330109829");
        await _life.Record("330109829", 4, from: 2);
        var last = await Checkpoint("330109829");

        var proof = await pool.Receipts.GetConsistencyProofAsync(new() { Ledger = "streets/330109829/ledger", OlderSize = 1 });

        Assert.Equal((1, 5, 1, 5), (first.Size, last.Size, proof.OlderSize, proof.NewerSize));
        Assert.True(Proofs.MerkleProof.Extends(Root(first), 1, Root(last), 5, [.. proof.Hashes.Select(Proofs.MerkleHash.Parse)]));
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "newer_size", headers => pool.Receipts.GetConsistencyProofAsync(new() { Ledger = "streets/330109829/ledger", OlderSize = 1, NewerSize = 6 }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "older_size", headers => pool.Receipts.GetConsistencyProofAsync(new() { Ledger = "streets/330109829/ledger", OlderSize = 4, NewerSize = 3 }, headers).ResponseAsync);
        await pool.Refuses(StatusCode.InvalidArgument, "VALUE_OUT_OF_RANGE", "older_size", headers => pool.Receipts.GetConsistencyProofAsync(new() { Ledger = "streets/330109829/ledger" }, headers).ResponseAsync);
    }

    [Fact]
    public async Task A_checkpoint_is_published_within_ten_minutes_of_an_entry_also_when_nobody_asks()
    {
        await _life.Street("330109830");
        await _life.Record("330109830", 1);

        pool.Clock.Advance(TimeSpan.FromMinutes(10));

        await pool.Recorded("ledger/330109830", "ledger.checkpoint-published");
    }

    [Fact]
    public async Task A_receipt_can_be_downloaded_as_a_file()
    {
        await _life.Street("330109831");
        await _life.Record("330109831", 1);
        using var http = new HttpClient { BaseAddress = new(pool.Addresses.Http) };

        var response = await http.GetAsync(new Uri("/v1/streets/330109831/ledger/entries/1/receipt", UriKind.Relative));

        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(await Receipt("streets/330109831/ledger/entries/1"), await response.Content.ReadAsStringAsync());
    }

    private async Task Neighbours(string street, string neighbour)
    {
        await _life.Street(street);
        await _life.Street(neighbour);
        await SetNeighbours(street, neighbour);
    }

    private async Task SetNeighbours(string street, params string[] neighbours) => await pool.Streets.UpdateStreetAsync(new()
    {
        Street = new() { Name = $"streets/{street}", Neighbours = { neighbours.Select(neighbour => $"streets/{neighbour}") } },
        UpdateMask = new() { Paths = { "neighbours" } },
        RequestId = NewId(),
    });

    private async Task<Checkpoint> Checkpoint(string street) => await pool.Receipts.GetCheckpointAsync(new() { Ledger = $"streets/{street}/ledger" });

    private async Task Signers(string street, int size, int signers)
    {
        var checkpoint = await Checkpoint(street);
        Assert.Equal((size, signers), (checkpoint.Size, checkpoint.Note.Split('\n').Count(line => line.StartsWith('\u2014'))));
    }

    private async Task<string> Receipt(string entry) => (await pool.Receipts.GetReceiptAsync(new() { Entry = entry })).Data.ToStringUtf8();

    private static Proofs.MerkleHash Root(Checkpoint checkpoint) => Proofs.MerkleHash.Parse(checkpoint.Note.Split('\n')[2]);

    /// <summary>What the checker says of a receipt and of all that differ from it by one bit.</summary>
    private static async Task<string> Check(string receipt, string[] keys)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, receipt);
            using var checker = Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "check.mjs"), "--flip", file, .. keys]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (told, failed) = (checker.StandardOutput.ReadToEndAsync(), checker.StandardError.ReadToEndAsync());
            await checker.WaitForExitAsync();
            return await told + await failed;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
