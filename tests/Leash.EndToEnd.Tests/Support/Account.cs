using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>Whose session it is.</summary>
public enum Account
{
    Root,

    /// <summary>A user without privileges: the one that runs the tests, or when that is root, one that owns nothing else.</summary>
    Ordinary,
}

internal static partial class Accounts
{
    private const uint OrdinaryId = 65534;

    public static bool IsRoot { get; } = GetEffectiveUserId() == 0;

    /// <summary>Both, as theory rows.</summary>
    public static TheoryData<Account> All => [Account.Root, Account.Ordinary];

    public static void SkipUnlessAvailable(Account account) =>
        Assert.SkipWhen(account == Account.Root && !IsRoot, "a session of root needs tests that run as root");

    /// <summary>A command line that runs as the account, with the signal handling of a shell's commands (what runs tests may ignore SIGPIPE).</summary>
    public static ProcessStartInfo Start(Account account, params IEnumerable<string> command) => account switch
    {
        Account.Ordinary when IsRoot => new ProcessStartInfo(
            "env", ["--default-signal", "setpriv", "--reuid", $"{OrdinaryId}", "--regid", $"{OrdinaryId}", "--clear-groups", "--", .. command]),
        _ => new ProcessStartInfo("env", ["--default-signal", .. command]),
    };

    /// <summary>Gives everything below a directory to the account.</summary>
    public static void Own(Account account, string directory)
    {
        if (account == Account.Ordinary && IsRoot)
        {
            using var chown = Process.Start("chown", ["-hR", $"{OrdinaryId}:{OrdinaryId}", directory]);
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
