using System.Globalization;

namespace Leash.Cli.Policies;

/// <summary>Facts about leash's own process and kernel, from procfs.</summary>
internal static class ProcessStatus
{
    /// <summary>The effective user id.</summary>
    public static long UserId()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
            {
                return long.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidDataException("/proc/self/status has no line `Uid:`");
    }

    /// <summary>Kernel release and architecture, as <c>6.18.0 x64</c>.</summary>
    public static string Machine()
    {
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{release} {System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }
}
