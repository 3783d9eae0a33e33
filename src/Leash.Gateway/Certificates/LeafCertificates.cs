using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Leash.Gateway.Certificates;

/// <summary>
/// One certificate per host, signed when first needed and kept; the host used longest ago goes first. Hosts are minted beside each other, one host only
/// once. All share one key of this process: it never leaves it, and a key per host would protect nothing more.
/// </summary>
public sealed class LeafCertificates : IDisposable
{
    /// <summary>How many hosts are kept.</summary>
    public const int DefaultCapacity = 2048;

    private const int MaxCommonName = 64;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(2);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly CertificateAuthority _authority;
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private readonly Lazy<Identity> _identity;
    private readonly Lock _gate = new();
    // Guarded by _gate; the list runs from the most to the least recently used.
    private readonly Dictionary<string, LinkedListNode<Leaf>> _leaves = new(StringComparer.Ordinal);
    private readonly LinkedList<Leaf> _order = new();
    private int _minted;

    /// <summary>Leaves signed by an authority, which stays the caller's.</summary>
    public LeafCertificates(CertificateAuthority authority, TimeProvider time, int capacity = DefaultCapacity)
    {
        _authority = authority;
        _time = time;
        _capacity = capacity;
        _identity = new Lazy<Identity>(() => Identity.Create(authority));
    }

    /// <summary>How many were signed so far.</summary>
    public int Minted => Volatile.Read(ref _minted);

    /// <summary>The certificate for a host, ready for handshakes.</summary>
    /// <param name="host">A canonical name or address.</param>
    public SslStreamCertificateContext Get(string host)
    {
        var now = _time.GetUtcNow();
        Leaf leaf;
        lock (_gate)
        {
            leaf = FindOrAdd(host, now);
        }

        // Outside of the lock: other hosts don't wait for this one, whoever wants this one waits for the first who did.
        return leaf.Context.Value;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var leaf in _order)
            {
                leaf.Dispose();
            }

            _order.Clear();
            _leaves.Clear();
        }

        if (_identity.IsValueCreated)
        {
            _identity.Value.Key.Dispose();
        }
    }

    private Leaf FindOrAdd(string host, DateTimeOffset now)
    {
        if (_leaves.TryGetValue(host, out var node))
        {
            _order.Remove(node);
            if (node.Value.Renew > now)
            {
                _order.AddFirst(node);
                return node.Value;
            }

            _leaves.Remove(host);
        }

        while (_leaves.Count >= _capacity && _order.Last is { } last)
        {
            // Not disposed: a handshake may use it now.
            _order.RemoveLast();
            _leaves.Remove(last.Value.Host);
        }

        var leaf = new Leaf(host, now + Lifetime - RenewBefore, () => Mint(host, now));
        _leaves.Add(host, _order.AddFirst(leaf));
        return leaf;
    }

    private SslStreamCertificateContext Mint(string host, DateTimeOffset now)
    {
        Interlocked.Increment(ref _minted);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        // RFC 6125 §6.4.4: the common name is for people, and has 64 characters at most.
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(host.Length <= MaxCommonName ? host : "Leash");
        var identity = _identity.Value;
        var request = new CertificateRequest(subject.Build(), identity.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        foreach (var extension in identity.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = _authority.Sign(request, now - ClockSkew, now + Lifetime);
        // Offline: nobody asks the network about our own certificates.
        return SslStreamCertificateContext.Create(certificate.CopyWithPrivateKey(identity.Key), additionalCertificates: null, offline: true);
    }

    /// <summary>What all leaves have in common.</summary>
    private sealed record Identity(ECDsa Key, PublicKey PublicKey, X509Extension[] Extensions)
    {
        public static Identity Create(CertificateAuthority authority)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var publicKey = new PublicKey(key);
            return new Identity(key, publicKey,
            [
                new X509BasicConstraintsExtension(false, false, 0, critical: true),
                new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false),
                X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority.Certificate, true, false),
                new X509SubjectKeyIdentifierExtension(publicKey, critical: false),
            ]);
        }
    }

    private sealed class Leaf(string host, DateTimeOffset renew, Func<SslStreamCertificateContext> mint) : IDisposable
    {
        public string Host { get; } = host;

        public DateTimeOffset Renew { get; } = renew;

        public Lazy<SslStreamCertificateContext> Context { get; } = new(mint);

        public void Dispose()
        {
            if (Context.IsValueCreated)
            {
                Context.Value.TargetCertificate.Dispose();
            }
        }
    }
}
