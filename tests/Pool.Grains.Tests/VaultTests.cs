using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Pool.Databases;
using Pool.Hosting;
using Pool.Identities;
using Pool.Ledgers;
using Pool.Silo.Hosting;
using Pool.Silo.Identities;
using Pool.Silo.Journal;
using Pool.Values;
using Xunit;

namespace Pool.Grains.Tests;

/// <summary>Who is who: made once, the same for everybody, and forgotten for good.</summary>
public abstract class VaultTests
{
    private static readonly Holder LiNa = Holder.Of(PartnerId.Parse("li-na"));

    private static readonly Holder Elder = Holder.Of(GrainPool.Home, ResidentId.Parse("grandma-wang"));

    protected abstract IVault Vault { get; }

    /// <summary>The same vault as another process sees it.</summary>
    protected abstract IVault Another();

    [Fact]
    public async Task An_identity_is_made_once_and_stays()
    {
        var made = await Vault.Of(LiNa, null);

        Assert.Equal(made.Pseudonym, (await Vault.Of(LiNa, null)).Pseudonym);
        Assert.Equal(Told(made), Told((await Another().Find([LiNa, Elder]))[LiNa]));
        Assert.NotEqual(made.Pseudonym, (await Vault.Of(Elder, null)).Pseudonym);
        Assert.Equal(Identity.KeyLength, made.Key.Length);
    }

    [Fact]
    public async Task Whoever_makes_one_at_the_same_time_is_given_the_same()
    {
        var another = Another();
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? Vault : another).Of(LiNa, null))));

        Assert.Single(made.Select(Told).Distinct());
    }

    [Fact]
    public async Task An_account_of_before_keeps_its_pseudonym()
    {
        var former = Pseudonym.Parse("abcdefghijklmnop");

        Assert.Equal(former, (await Vault.Of(LiNa, former)).Pseudonym);
        Assert.Equal(former, (await Vault.Of(LiNa, null)).Pseudonym);
    }

    [Fact]
    public async Task What_is_erased_is_gone_and_who_comes_again_is_somebody_else()
    {
        var (forgotten, kept) = (await Vault.Of(LiNa, null), await Vault.Of(Elder, null));

        await Vault.Erase(forgotten.Pseudonym);
        await Vault.Erase(forgotten.Pseudonym);

        Assert.Equal([Elder], (await Another().Find([LiNa, Elder])).Keys);
        var again = await Vault.Of(LiNa, null);
        Assert.NotEqual(forgotten.Pseudonym, again.Pseudonym);
        Assert.NotEqual([.. forgotten.Key], again.Key.AsEnumerable());
        Assert.Equal(kept.Pseudonym, (await Vault.Of(Elder, null)).Pseudonym);
    }

    private static (Pseudonym, string) Told(Identity identity) => (identity.Pseudonym, Convert.ToHexString(identity.Key.AsSpan()));
}

public sealed class SqliteVaultTests : VaultTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pool-vault-").FullName;
    private readonly List<SqliteVault> _opened = [];
    private SqliteJournal? _journal;

    protected override IVault Vault => _opened.Count > 0 ? _opened[0] : Another();

    public void Dispose()
    {
        _opened.ForEach(vault => vault.Dispose());
        _journal?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_journal_starts_with_no_other_vault_than_its_own()
    {
        var path = Path.Combine(_folder, "vault.db");
        Another();
        _opened[0].Dispose();
        File.Move(path, $"{path}.own");

        Assert.Equal(ExitCode.FolderNotWritable, Assert.Throws<StartRefusedException>(Another).Code);
        Assert.False(File.Exists(path));

        File.Copy(Stranger(), path);
        Assert.Contains("another journal", Assert.Throws<StartRefusedException>(Another).Message, StringComparison.Ordinal);

        File.Move($"{path}.own", path, overwrite: true);
        Another();
    }

    /// <summary>The vault of another journal.</summary>
    private string Stranger()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        using var journal = Journal(folder);
        new SqliteVault(Of(folder), journal).Dispose();
        return Path.Combine(folder, "vault.db");
    }

    [Fact]
    public async Task Nothing_of_what_is_erased_is_left_in_any_file()
    {
        var identity = await Vault.Of(Holder.Of(PartnerId.Parse("who-was-here")), null);
        Assert.NotEmpty(Holding(Encoding.UTF8.GetBytes("who-was-here")));

        await Vault.Erase(identity.Pseudonym);

        Assert.Empty(Holding(Encoding.UTF8.GetBytes("who-was-here")));
        Assert.Empty(Holding([.. identity.Key]));
        Assert.Empty(Holding(Encoding.UTF8.GetBytes(identity.Pseudonym.Text)));
    }

    protected override IVault Another()
    {
        _opened.Add(new(Of(_folder), _journal ??= Journal(_folder)));
        return _opened[^1];
    }

    private static IOptions<PoolOptions> Of(string folder) => Options.Create(new PoolOptions { DataFolder = folder });

    private static SqliteJournal Journal(string folder) => new(Of(folder), NullLogger<SqliteJournal>.Instance);

    private IEnumerable<string> Holding(byte[] text) => Directory.EnumerateFiles(_folder).Where(file =>
    {
        using var read = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[read.Length];
        read.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(text) >= 0;
    });
}

public sealed class PostgresVaultTests(TestDatabases databases) : VaultTests, IAsyncLifetime
{
    private readonly List<PostgresVault> _opened = [];
    private PostgresStore? _store;

    protected override IVault Vault => _opened[0];

    public async ValueTask InitializeAsync()
    {
        _store = await PostgresStore.Create(await databases.Server);
        Another();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var vault in _opened)
        {
            await vault.DisposeAsync();
        }

        await _store!.DisposeAsync();
    }

    [Fact]
    public async Task A_rush_leaves_connections_to_others_and_all_are_made()
    {
        var holders = Enumerable.Range(0, 1_000).Select(number => Holder.Of(PartnerId.Parse($"partner-{number}"))).ToList();
        List<Task<Identity>> rush;
        await using (var owner = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_store!.Database) { Pooling = false }.ConnectionString))
        {
            await owner.OpenAsync();
            await using var taken = new NpgsqlCommand("BEGIN; LOCK TABLE identity", owner);
            await taken.ExecuteNonQueryAsync();

            rush = holders.ConvertAll(holder => Vault.Of(holder, null));
            await using var other = await _store.Pool.OpenConnectionAsync();
        }

        var made = await Task.WhenAll(rush);
        var found = await Vault.Find(holders);
        Assert.Equal(holders.Select(holder => found[holder].Pseudonym), made.Select(identity => identity.Pseudonym));
        Assert.Equal(1_000, made.Select(identity => identity.Pseudonym).Distinct().Count());
    }

    protected override IVault Another()
    {
        _opened.Add(new(_store!.Pool));
        return _opened[^1];
    }
}
