using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Leash.Gateway.Certificates;

/// <summary>
/// The installation's own certificate authority: signs a leaf for each host that is opened. ECDSA P-256; the key leaves this object only into its file.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private const int KeyIdLength = 4;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    private readonly X509Certificate2 _certificate;
    private readonly Lock _signing = new();
    private readonly ECDsa _key;
    private readonly X509SignatureGenerator _generator;

    private CertificateAuthority(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("the key is not an ECDSA key");
        _generator = X509SignatureGenerator.CreateForECDsa(_key);
    }

    /// <summary>The certificate without its key: what clients trust.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Who it is.</summary>
    public string Subject => _certificate.Subject;

    /// <summary>SHA-256 over the certificate, upper-case digits.</summary>
    public string Fingerprint => _certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>From when it is valid.</summary>
    public DateTimeOffset NotBefore => new(_certificate.NotBefore.ToUniversalTime());

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset NotAfter => new(_certificate.NotAfter.ToUniversalTime());

    internal X509Certificate2 Certificate => _certificate;

    /// <summary>A new authority with a new key.</summary>
    public static CertificateAuthority Create(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // A name of its own, so that two authorities are never taken for each other by their names.
        var subject = new X500DistinguishedName($"CN=Leash {Convert.ToHexString(RandomNumberGenerator.GetBytes(KeyIdLength))}, O=Leash local authority");
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        // RFC 5280 §4.2.1.9: signs leaves only.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - ClockSkew, now + Lifetime));
    }

    /// <summary>Signs a leaf.</summary>
    internal X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        // RFC 5280 §4.1.2.2: positive, without leading zero.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        var (from, until) = (notBefore < NotBefore ? NotBefore : notBefore, notAfter > NotAfter ? NotAfter : notAfter);
        // A key is not said to be good for several threads at once.
        lock (_signing)
        {
            return request.Create(_certificate.SubjectName, _generator, from, until, serial);
        }
    }

    /// <summary>Certificate and key in one text, so that a reader never has one of them without the other.</summary>
    internal string ExportPem() => CertificatePem + _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Reads what <see cref="ExportPem"/> wrote.</summary>
    /// <exception cref="CryptographicException">It is not a certificate authority with its key.</exception>
    internal static CertificateAuthority ImportPem(string pem)
    {
        var certificate = X509Certificate2.CreateFromPem(pem, pem);
        var isAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(extension => extension.CertificateAuthority);
        if (isAuthority && certificate.HasPrivateKey)
        {
            return new CertificateAuthority(certificate);
        }

        certificate.Dispose();
        throw new CryptographicException("the file does not hold a certificate authority");
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }
}
