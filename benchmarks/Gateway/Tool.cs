using System.Diagnostics;

namespace Leash.Benchmarks.Gateway;

/// <summary>Programs of others, as the distribution has them.</summary>
internal static class Tool
{
    /// <summary>Installs a program that is not there, where that is possible.</summary>
    /// <returns>Why it is not there; null when it is.</returns>
    public static string? Find(string program, string package)
    {
        if (IsOnPath(program))
        {
            return null;
        }

        var problem = $"`{program}` is not installed (Debian: apt-get install {package})";
        if (!Environment.IsPrivilegedProcess || !IsOnPath("apt-get"))
        {
            return problem;
        }

        Console.Error.WriteLine($"installing {package} …");
        // A service that begins with its package would listen on a port of the machine.
        var install = $"RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive; export RUNLEVEL DEBIAN_FRONTEND; apt-get update -qq; apt-get install -y -qq --no-install-recommends {package}";
        Run("sh", "-c", install);
        return IsOnPath(program) ? null : problem + ", and apt-get could not install it";
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"cannot start {program}");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(directory => File.Exists(Path.Combine(directory, program)));
}
