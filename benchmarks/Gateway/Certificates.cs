using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Leash.Benchmarks.Gateway;

/// <summary>A root, and a certificate for every host of the benchmark, as files that all programs read.</summary>
internal sealed record Certificates(string Root, string Roots, string Leaf, string Key)
{
    /// <summary>Hosts of the benchmark end like this; all of them are this machine.</summary>
    public const string Domain = "bench.test";

    private const string MachineRoots = "/etc/ssl/certs/ca-certificates.crt";

    public static Certificates At(string directory) =>
        new(Path.Combine(directory, "root.pem"), Path.Combine(directory, "roots.pem"), Path.Combine(directory, "leaf.pem"), Path.Combine(directory, "key.pem"));

    public static Certificates Create(string directory)
    {
        var files = At(directory);
        var now = DateTimeOffset.UtcNow;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Benchmark root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, critical: false));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Benchmark", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*." + Domain);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        using var leaf = request.Create(root, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(files.Root, root.ExportCertificatePem() + "\n");
        // As a machine has them: the root among all others.
        File.WriteAllText(files.Roots, (File.Exists(MachineRoots) ? File.ReadAllText(MachineRoots) : "") + root.ExportCertificatePem() + "\n");
        File.WriteAllText(files.Leaf, leaf.ExportCertificatePem() + "\n");
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem() + "\n");
        return files;
    }
}
