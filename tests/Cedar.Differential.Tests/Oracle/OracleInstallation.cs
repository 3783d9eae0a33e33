using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Cedar.Differential.Tests.Oracle;

/// <summary>The reference implementation in tools/cedar-wasm, installed by npm when it is not there yet.</summary>
internal static class OracleInstallation
{
    private static readonly Lazy<string> s_script = new(Install);

    /// <summary>The script to start with Node.</summary>
    /// <exception cref="InvalidOperationException">It cannot be installed; the message says why.</exception>
    public static string Script => s_script.Value;

    private static string Install()
    {
        var folder = Path.Combine(ProjectRoot(), "tools", "cedar-wasm");
        var installed = Path.Combine(folder, "node_modules", "@cedar-policy", "cedar-wasm", "package.json");
        if (!File.Exists(installed) || !File.ReadAllText(installed).Contains("\"version\": \"4.13.0\"", StringComparison.Ordinal))
        {
            RunNpm(folder);
        }

        return Path.Combine(folder, "oracle.mjs");
    }

    private static void RunNpm(string folder)
    {
        var start = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true,
            UseShellExecute = false,
        };
        using var npm = Start(start, "npm is needed to install Cedar's reference implementation");
        npm.StandardInput.Close();
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        if (!npm.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            npm.Kill(entireProcessTree: true);
            throw new InvalidOperationException("`npm ci` in tools/cedar-wasm did not end within 3 minutes");
        }

        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"`npm ci` in tools/cedar-wasm ended with code {npm.ExitCode}:\n{output.Result}{errors.Result}");
        }
    }

    public static Process Start(ProcessStartInfo start, string purpose)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{purpose}: {e.Message}", e);
        }
    }

    private static string ProjectRoot([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(thisFile, "..", "..", "..", ".."));
}
