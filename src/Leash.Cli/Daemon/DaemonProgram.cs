using System.Collections;
using Leash.Interop;

namespace Leash.Cli.Daemon;

/// <summary>Starts the daemon: the same program, in a session of its own, without a terminal.</summary>
internal static class DaemonProgram
{
    public const string Command = "daemon";

    /// <summary>The pid, or minus an errno.</summary>
    public static int Start(DaemonPlace place)
    {
        place.Create();
        using FileStream nothing = new("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using FileStream errors = new(place.Errors, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        var none = (int)nothing.SafeFileHandle.DangerousGetHandle();
        var log = (int)errors.SafeFileHandle.DangerousGetHandle();
        string[] words = [.. Words(), Command, "--directory", place.Directory];
        return ChildProcess.Spawn(words[0], words, Variables(), [new(none, 0), new(none, 1), new(log, 2)]);
    }

    /// <summary>What <c>leash daemon</c> does. The exit code.</summary>
    public static int Run(DaemonPlace place, Terminal terminal)
    {
        Kernel.Call(SyscallNumber.setsid);
        Environment.CurrentDirectory = "/";
        if (new DaemonServer(place, TimeProvider.System, terminal.Error).Run())
        {
            return CliExit.Success;
        }

        terminal.Fail($"another daemon serves `{place.Directory}`");
        return CliExit.Negative;
    }

    /// <summary>This program, whichever way it was started.</summary>
    private static string[] Words()
    {
        var host = Environment.ProcessPath ?? "";
        var beside = Path.Join(AppContext.BaseDirectory, "leash");
        return Path.GetFileName(host) == "dotnet" ? [host, beside + ".dll"] : [beside];
    }

    // What the runtime needs to be found and set up; nothing else of whoever runs leash.
    private static string[] Variables() =>
    [
        .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("DOTNET_", StringComparison.Ordinal) || variable.Key is "PATH")
            .Select(variable => $"{variable.Key}={variable.Value}"),
    ];
}
