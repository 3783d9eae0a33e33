using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Leash.Gateway.Certificates;

namespace Leash.Gateway.Tests.Certificates;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("leash-ca").FullName;

    private string FilePath => Path.Combine(_directory, "state", "authority.pem");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private AuthorityFile Open() => new(FilePath, TimeProvider.System);

    [Fact]
    public void Created_IsReadableByItsOwnerOnly_AndStays()
    {
        using var created = Open().LoadOrCreate();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));
        using var loaded = Open().LoadOrCreate();
        Assert.Equal(created.Fingerprint, loaded.Fingerprint);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
        Assert.DoesNotContain("PRIVATE", loaded.CertificatePem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreatedByMany_IsOne()
    {
        using var start = new Barrier(8);
        var prints = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                using var authority = Open().LoadOrCreate();
                return authority.Fingerprint;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Single(prints.Distinct());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public void Rotated_IsAnother()
    {
        using var before = Open().LoadOrCreate();
        using var rotated = Open().Rotate();
        using var after = Open().TryLoad();
        Assert.NotEqual(before.Fingerprint, rotated.Fingerprint);
        Assert.NotEqual(before.Subject, rotated.Subject);
        Assert.Equal(rotated.Fingerprint, after!.Fingerprint);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void ReadableByOthers_IsNotUsed()
    {
        Open().LoadOrCreate().Dispose();
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("0600", Assert.Throws<AuthorityFileException>(() => Open().LoadOrCreate()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Broken_IsSaidSo_AndNotReplaced(string content)
    {
        Open().LoadOrCreate().Dispose();
        File.WriteAllText(FilePath, content);
        Assert.Throws<AuthorityFileException>(() => Open().LoadOrCreate());
        Assert.Equal(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void LinkToElsewhere_IsNotUsed()
    {
        Open().LoadOrCreate().Dispose();
        var elsewhere = Path.Combine(_directory, "elsewhere.pem");
        File.Move(FilePath, elsewhere);
        File.CreateSymbolicLink(FilePath, elsewhere);
        Assert.Throws<AuthorityFileException>(() => Open().LoadOrCreate());
    }

    [Fact]
    public void LeafAsAuthority_IsNotUsed()
    {
        using var authority = CertificateAuthority.Create(TimeProvider.System);
        using var leaves = new LeafCertificates(authority, TimeProvider.System);
        var leaf = leaves.Get("site.test").TargetCertificate;
        using var key = leaf.GetECDsaPrivateKey()!;
        Assert.Throws<CryptographicException>(() => CertificateAuthority.ImportPem(leaf.ExportCertificatePem() + key.ExportPkcs8PrivateKeyPem()));
    }

    [Theory]
    [InlineData("site.test", "site.test", true)]
    [InlineData("site.test", "sub.site.test", false)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    [InlineData("xn--bcher-kva.test", "xn--bcher-kva.test", true)]
    public void Leaf_IsForItsHostOnly_AndChainsToTheAuthority(string host, string asked, bool matches)
    {
        using var authority = CertificateAuthority.Create(TimeProvider.System);
        using var leaves = new LeafCertificates(authority, TimeProvider.System);
        var leaf = leaves.Get(host).TargetCertificate;
        Assert.Equal(matches, leaf.MatchesHostname(asked));
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority.Certificate } },
        };
        Assert.True(chain.Build(leaf));
        Assert.True(leaf.NotAfter - leaf.NotBefore < TimeSpan.FromDays(90));
    }

    [Fact]
    public void Leaf_OfALongName_HasItAsAlternativeName()
    {
        using var authority = CertificateAuthority.Create(TimeProvider.System);
        using var leaves = new LeafCertificates(authority, TimeProvider.System);
        var host = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        Assert.True(leaves.Get(host).TargetCertificate.MatchesHostname(host));
    }

    [Fact]
    public async Task Leaf_AskedForByMany_IsMintedOnce()
    {
        using var authority = CertificateAuthority.Create(TimeProvider.System);
        using var leaves = new LeafCertificates(authority, TimeProvider.System);
        var serials = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => leaves.Get($"h{i % 4}.test").TargetCertificate.SerialNumber)));
        Assert.Equal(4, serials.Distinct().Count());
        Assert.Equal(4, leaves.Minted);
    }

    [Fact]
    public void Leaves_AreBounded_TheOldestUnusedGoesFirst()
    {
        using var authority = CertificateAuthority.Create(TimeProvider.System);
        using var leaves = new LeafCertificates(authority, TimeProvider.System, capacity: 2);
        foreach (var host in (string[])["a.test", "b.test", "a.test", "c.test", "a.test"])
        {
            leaves.Get(host);
        }

        Assert.Equal(3, leaves.Minted);
        leaves.Get("b.test");
        Assert.Equal(4, leaves.Minted);
    }

    [Fact]
    public void Leaf_NearItsEnd_IsRenewed()
    {
        var time = new MovedTime();
        using var authority = CertificateAuthority.Create(time);
        using var leaves = new LeafCertificates(authority, time);
        leaves.Get("site.test");
        time.Offset = TimeSpan.FromDays(27);
        leaves.Get("site.test");
        Assert.Equal(1, leaves.Minted);
        time.Offset = TimeSpan.FromDays(29);
        Assert.True(leaves.Get("site.test").TargetCertificate.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime.AddDays(20));
        Assert.Equal(2, leaves.Minted);
    }

    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
