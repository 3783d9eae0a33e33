using System.Globalization;
using Leash.Audit;
using Leash.Cli.Audits;
using Leash.Gateway.Certificates;

namespace Leash.Cli.Gateways;

/// <summary><c>leash ca show|export|rotate</c>: the installation's authority, which signs what sessions see of HTTPS.</summary>
internal static class CaCommands
{
    /// <summary>Where the authority is kept: with its key, for its owner alone, and out of reach of every session.</summary>
    public static string Place() => Path.Join(StateDirectory.Root(), "ca.pem");

    public static int Show(Terminal terminal, TimeProvider time) => Do(terminal, () =>
    {
        using var authority = new AuthorityFile(Place(), time).TryLoad();
        if (authority is null)
        {
            terminal.Out.WriteLine("there is no authority yet; the first session makes one");
            return;
        }

        Describe(terminal, authority);
    });

    /// <param name="terminal">Where to tell.</param>
    /// <param name="time">The clock.</param>
    /// <param name="file">Where to write the certificate; null for standard output.</param>
    public static int Export(Terminal terminal, TimeProvider time, string? file) => Do(terminal, () =>
    {
        using var authority = new AuthorityFile(Place(), time).LoadOrCreate();
        if (file is null)
        {
            terminal.Out.Write(authority.CertificatePem);
            return;
        }

        File.WriteAllText(file, authority.CertificatePem);
        terminal.Out.WriteLine($"the certificate is in `{file}`; the key stays where it is");
    });

    public static int Rotate(Terminal terminal, TimeProvider time) => Do(terminal, () =>
    {
        using var authority = new AuthorityFile(Place(), time).Rotate();
        Describe(terminal, authority);
        terminal.Out.WriteLine("sessions that run go on with the one before; what trusts that one by hand has to be given this one");
    });

    private static void Describe(Terminal terminal, CertificateAuthority authority)
    {
        terminal.Out.WriteLine($"{authority.Subject}");
        terminal.Out.WriteLine($"  SHA-256  {authority.Fingerprint}");
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  valid    {authority.NotBefore:yyyy-MM-dd} to {authority.NotAfter:yyyy-MM-dd}"));
        terminal.Out.WriteLine($"  kept in  {ByteText.Visible(Place())}");
    }

    private static int Do(Terminal terminal, Action action)
    {
        try
        {
            action();
            terminal.Out.Flush();
            return CliExit.Success;
        }
        catch (AuthorityFileException e)
        {
            terminal.Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Fail(e.Message);
        }

        return CliExit.Negative;
    }
}
