using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Leash.Sessions.Http;

/// <summary>What Java programs trust is a file of their own, and no variable names another: the files that there are, and what the session sees in their place.</summary>
internal static class JavaTrust
{
    // Object identifiers of PKCS #12 and #9, and the one by which Java knows what is to be trusted.
    private const string Data = "1.2.840.113549.1.7.1";
    private const string CertificateBag = "1.2.840.113549.1.12.10.1.3";
    private const string X509Certificate = "1.2.840.113549.1.9.22.1";
    private const string FriendlyName = "1.2.840.113549.1.9.20";
    private const string TrustedKeyUsage = "2.16.840.1.113894.746875.1.1";
    private const string AnyKeyUsage = "2.5.29.37.0";

    private static readonly Asn1Tag s_first = new(TagClass.ContextSpecific, 0);

    /// <summary>Where systems keep one file for all of their Javas.</summary>
    private static readonly string[] s_systemStores = ["/etc/ssl/certs/java/cacerts", "/etc/pki/ca-trust/extracted/java/cacerts", "/etc/pki/java/cacerts"];

    /// <summary>A store's place below a Java's directory; the second up to Java 8.</summary>
    private static readonly string[] s_ownStores = ["lib/security/cacerts", "jre/lib/security/cacerts"];

    /// <summary>The stores of the system, of <c>JAVA_HOME</c>, of the first <c>java</c> on the path and of those below <c>/usr/lib/jvm</c>, by the names that they have themselves.</summary>
    public static IReadOnlyList<string> Stores(Func<string, string?> readVariable)
    {
        IEnumerable<string?> found = [.. s_systemStores, .. Homes(readVariable).SelectMany(home => s_ownStores, Path.Join)];
        return [.. found.OfType<string>().Where(File.Exists).Select(RealPath).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A PKCS #12 store with neither encryption nor digest, as Java's own are since 18: it is read without a password.</summary>
    /// <param name="bundle">What is trusted, as PEM.</param>
    public static byte[] Store(string bundle)
    {
        AsnWriter bags = new(AsnEncodingRules.DER);
        using (bags.PushSequence())
        {
            HashSet<string> written = new(StringComparer.Ordinal);
            foreach (byte[] certificate in Certificates(bundle))
            {
                // Java finds entries by name: one that two have, it loses.
                string name = Convert.ToHexStringLower(SHA256.HashData(certificate));
                if (written.Add(name))
                {
                    WriteBag(bags, name, certificate);
                }
            }
        }

        AsnWriter contents = new(AsnEncodingRules.DER);
        using (contents.PushSequence())
        {
            WriteData(contents, bags.Encode());
        }

        AsnWriter store = new(AsnEncodingRules.DER);
        using (store.PushSequence())
        {
            store.WriteInteger(3);
            WriteData(store, contents.Encode());
        }

        return store.Encode();
    }

    private static void WriteBag(AsnWriter writer, string name, byte[] certificate)
    {
        using var bag = writer.PushSequence();
        writer.WriteObjectIdentifier(CertificateBag);
        using (writer.PushSequence(s_first))
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(X509Certificate);
            using (writer.PushSequence(s_first))
            {
                writer.WriteOctetString(certificate);
            }
        }

        using (writer.PushSetOf())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(FriendlyName);
                using (writer.PushSetOf())
                {
                    writer.WriteCharacterString(UniversalTagNumber.BMPString, name);
                }
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(TrustedKeyUsage);
                using (writer.PushSetOf())
                {
                    writer.WriteObjectIdentifier(AnyKeyUsage);
                }
            }
        }
    }

    // What is none is left out: Java would read nothing of a store that has it.
    private static List<byte[]> Certificates(string bundle)
    {
        List<byte[]> found = [];
        for (ReadOnlySpan<char> rest = bundle; PemEncoding.TryFind(rest, out PemFields fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label] is not "CERTIFICATE")
            {
                continue;
            }

            try
            {
                using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
                found.Add(certificate.RawData);
            }
            catch (CryptographicException)
            {
                // No certificate.
            }
        }

        return found;
    }

    private static void WriteData(AsnWriter writer, byte[] content)
    {
        using var sequence = writer.PushSequence();
        writer.WriteObjectIdentifier(Data);
        using (writer.PushSequence(s_first))
        {
            writer.WriteOctetString(content);
        }
    }

    private static IEnumerable<string> Homes(Func<string, string?> readVariable)
    {
        if (readVariable("JAVA_HOME") is { Length: > 0 } home)
        {
            yield return home;
        }

        string? onPath = readVariable("PATH")?.Split(Path.PathSeparator).Where(Path.IsPathRooted).Select(directory => Path.Join(directory, "java")).FirstOrDefault(File.Exists);
        if (onPath is not null && Path.GetDirectoryName(Path.GetDirectoryName(RealPath(onPath))) is { } belonging)
        {
            yield return belonging;
        }

        const string Installed = "/usr/lib/jvm";
        foreach (string directory in Directory.Exists(Installed) ? Directory.GetDirectories(Installed) : [])
        {
            yield return directory;
        }
    }

    // Every link on the way is followed, as the kernel does.
    private static string RealPath(string path)
    {
        string real = "/";
        foreach (string name in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Join(real, name);
            real = new FileInfo(next).ResolveLinkTarget(returnFinalTarget: true) is { } target ? RealPath(target.FullName) : next;
        }

        return real;
    }
}
