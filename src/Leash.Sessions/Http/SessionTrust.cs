using System.Text;
using Leash.Gateway.Certificates;

namespace Leash.Sessions.Http;

/// <summary>
/// What makes the session's programs trust the gateway: the machine's roots and the installation's own authority in files of the session, and the
/// variables by which programs find such files. Nothing outside the session changes.
/// </summary>
/// <param name="directory">Of the session, readable for it under any policy (<c>${trust}</c>).</param>
internal sealed class SessionTrust(string directory)
{
    /// <summary>Where systems keep their roots in one file; the first that is there.</summary>
    private static readonly string[] s_systemBundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem", "/etc/ssl/cert.pem",
    ];

    /// <summary>Variables that name a file with all roots to trust.</summary>
    private static readonly string[] s_bundleVariables =
    [
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO", "PIP_CERT", "AWS_CA_BUNDLE",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "NIX_SSL_CERT_FILE",
    ];

    /// <summary>Variables that name a file with roots to trust besides a program's own.</summary>
    private static readonly string[] s_extraVariables = ["NODE_EXTRA_CA_CERTS", "DENO_CERT"];

    /// <summary>The machine's roots and the authority.</summary>
    public string Bundle => Path.Join(directory, "ca-bundle.pem");

    /// <summary>The authority alone, and what the user trusts besides.</summary>
    public string Extra => Path.Join(directory, "ca.pem");

    /// <summary>The system's own file of roots, which the session sees with the authority in it; null when there is none.</summary>
    private static string? SystemBundle => s_systemBundles.Where(File.Exists).Select(path => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).FirstOrDefault();

    /// <summary>The roots of <see cref="Bundle"/>, for Java.</summary>
    public string JavaStore => Path.Join(directory, "cacerts");

    /// <summary>What programs see in the place of the system's own files: by their names, the files of this session.</summary>
    public IEnumerable<(string Path, string Replacement)> Replacements() =>
    [
        .. SystemBundle is { } bundle && File.Exists(Bundle) ? [(bundle, Bundle)] : Array.Empty<(string, string)>(),
        .. File.Exists(JavaStore) ? JavaTrust.Stores(Environment.GetEnvironmentVariable).Select(store => (store, JavaStore)) : [],
    ];

    /// <summary>Writes the files.</summary>
    /// <returns>The variables to set.</returns>
    /// <exception cref="IOException">They cannot be written.</exception>
    public IReadOnlyList<EnvironmentEdit> Install(CertificateAuthority authority)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string own = "# Leash: opens HTTPS in this session\n" + authority.CertificatePem;
        File.WriteAllText(Bundle, Join([SystemBundle, .. s_bundleVariables.Select(Environment.GetEnvironmentVariable)], own));
        File.WriteAllText(Extra, Join(s_extraVariables.Select(Environment.GetEnvironmentVariable), own));
        InstallJavaStore();
        return
        [
            .. s_bundleVariables.Select(name => new EnvironmentEdit(name, Bundle)),
            .. s_extraVariables.Select(name => new EnvironmentEdit(name, Extra)),
        ];
    }

    private void InstallJavaStore()
    {
        if (JavaTrust.Stores(Environment.GetEnvironmentVariable).Count > 0)
        {
            File.WriteAllBytes(JavaStore, JavaTrust.Store(File.ReadAllText(Bundle)));
        }
    }

    // What the user's own variables name is trusted as before.
    private static string Join(IEnumerable<string?> files, string own)
    {
        StringBuilder text = new();
        foreach (string file in files.OfType<string>().Where(File.Exists).Distinct(StringComparer.Ordinal))
        {
            text.AppendLine(File.ReadAllText(file));
        }

        return text.Append(own).ToString();
    }
}
