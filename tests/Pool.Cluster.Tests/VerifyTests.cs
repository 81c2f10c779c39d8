using Pool.Ledgers;
using Pool.Proofs;
using Pool.Silo.Hosting;
using Pool.Values;
using Xunit;

namespace Pool.Cluster.Tests;

/// <summary>The program checks what somebody kept, with nothing but the file and a key.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task A_certificate_is_read_and_one_with_a_changed_byte_is_not()
    {
        var street = StreetId.Parse("330109002");
        using var key = new LedgerKeys(new byte[LedgerKeys.Length]).SigningKeyOf(street);
        var home = CommunityId.Parse("330109002011");
        var signed = $"{SignedJson.Sign(key, ServiceCertificate.Type, new ServiceCertificate(street, "长河街道", home, PartnerId.Parse("wang-ming"), "王明", DateTimeOffset.UnixEpoch, new(6_060), [], 0, ""))}";
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, signed);
            var (code, told, _) = await PoolProgram.Run("verify", file, "--key", key.Log.Text);
            Assert.Equal((0, true), (code, told.Contains("\"name\":\"王明\"", StringComparison.Ordinal) && told.Contains("\"stars\":1", StringComparison.Ordinal)));

            await File.WriteAllTextAsync(file, signed.Replace("\"payload\":\"ey", "\"payload\":\"eY", StringComparison.Ordinal));
            var (refused, _, why) = await PoolProgram.Run("verify", file, "--key", key.Log.Text);
            Assert.Equal(((int)ExitCode.ReceiptRefused, true), (refused, why.Contains("proves nothing", StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
