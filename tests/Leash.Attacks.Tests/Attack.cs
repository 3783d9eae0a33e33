using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>
/// One row: a command that must fail, one of the same kind that must succeed under the same policy, and what the log says of the first.
/// </summary>
internal sealed record Attack(string Name, string Command, string? Twin = null)
{
    private const string Canary = "read {secret}/canary";

    public const int EPERM = 1, ENOENT = 2, ESRCH = 3, EACCES = 13, EBUSY = 16, EINVAL = 22, ENOSYS = 38, EROFS = 30, EAFNOSUPPORT = 97;
    public const int EPROTONOSUPPORT = 93, EOPNOTSUPP = 95, EBADF = 9, EXDEV = 18, EPIPE = 32, ESOCKTNOSUPPORT = 94, ENETUNREACH = 101;

    public string Policy { get; init; } = Arena.Plain;

    public string Program { get; init; } = "{bin}/attack";

    /// <summary>What the attack may end with.</summary>
    public int[] Errnos { get; init; } = [EACCES, EPERM];

    /// <summary>The denied action; null when no action covers it, or for one that the log need not have.</summary>
    public string? Action { get; init; }

    /// <summary>The denied object.</summary>
    public string? Object { get; init; }

    /// <summary>The policy that denied; null for "no policy permits it".</summary>
    public string? By { get; init; }

    public string? Syscall { get; init; }

    /// <summary>Refused before the supervisor hears of it, or harmless: nothing need be in the log.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>The twin's code; 0 unless the bare system refuses it too.</summary>
    public int[] TwinCodes { get; init; } = [0];

    /// <summary>What differs where programs in the kernel decide; null when nothing does.</summary>
    public InKernel? Kernel { get; init; }

    /// <summary>What a session runs for this row, in order.</summary>
    public string[] Commands => Twin is null ? [Command, Canary] : [Command, Canary, Twin];

    private bool IsLogged => !IsQuiet && !(Enforcer.IsInKernel && Kernel is { IsQuiet: true });

    private string? ExpectedAction => Enforcer.IsInKernel && Kernel?.Action is { } action ? action : Action;

    private int[] Expected => Enforcer.IsInKernel && Kernel?.Errnos is { } errnos ? errnos : Errnos;

    /// <summary>Checks everything that came of it.</summary>
    public void Check(Arena arena, AttackRun run)
    {
        var code = run.Code(0);
        Assert.True(Expected.Contains(code), $"`{Command}` ended with {code}, expected one of {string.Join(", ", Expected)}\n{run.Result}\n{run.DeniedText}");
        Assert.True(run.Code(1) is EACCES, $"after the attack, another denied open ended with {run.Code(1)}\n{run.Result}");
        if (Twin is not null)
        {
            Assert.True(
                TwinCodes.Contains(run.Code(2)), $"the permitted twin `{Twin}` ended with {run.Code(2)}\n{run.Result}\n{run.DeniedText}");
        }

        CheckLog(arena, run);
        Assert.Equal("SECRET\n", File.ReadAllText(arena.Expand("{secret}/key")));
        Assert.Equal("open\n", File.ReadAllText(arena.Expand("{work}/protected/file")));
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(arena.Expand("{work}/protected")).Select(Path.GetFileName));
    }

    private void CheckLog(Arena arena, AttackRun run)
    {
        if (!IsLogged)
        {
            return;
        }

        var denied = run.Log.Where(line => line.IsDenied && !line.Resource.EndsWith("/canary", StringComparison.Ordinal));
        var matching = denied.Where(line =>
            (ExpectedAction is null || line.Action == ExpectedAction)
            && (Syscall is null || line.Syscall == Syscall)
            && (Object is null || line.Resource == arena.Expand(Object) || line.Second == arena.Expand(Object))
            && (By is null || line.Policies.Any(IsBy)));
        Assert.True(
            matching.Any(),
            $"no denial of {ExpectedAction ?? Syscall ?? "anything"} on {(Object is null ? "anything" : arena.Expand(Object))} by {By ?? "anything"} in the log:\n{run.DeniedText}\n{run.Result}");
    }

    // Behind ~ stands what tells alike statements apart.
    private bool IsBy(string policy) => policy == By || policy.StartsWith(By + "~", StringComparison.Ordinal);
}

/// <summary>What may differ from the supervisor where programs in the kernel decide, and why.</summary>
/// <param name="Reason">For the reader.</param>
internal sealed record InKernel(string Reason)
{
    /// <summary>Who a process is stands in the kernel's own storage: what follows the attack is denied as before.</summary>
    public static InKernel Unmarked { get; } = new("processes carry no marks: the limit is only a limit") { Errnos = [0] };

    /// <summary>What the attack may end with instead.</summary>
    public int[]? Errnos { get; init; }

    /// <summary>The denied action instead.</summary>
    public string? Action { get; init; }

    /// <summary>Refused before a hook hears of it.</summary>
    public bool IsQuiet { get; init; }
}
