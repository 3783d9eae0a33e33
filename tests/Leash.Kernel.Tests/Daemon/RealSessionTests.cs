using System.Diagnostics;
using System.Globalization;
using Leash.Audit;
using Leash.Bpf.Probing;
using Leash.Bpf.Programs;
using Leash.Cli.Daemon;
using Leash.Interop;

namespace Leash.Kernel.Tests.Daemon;

/// <summary>Sessions of leash itself about whose files the kernel decides. Loading the hooks takes long, so each test is one session's whole life.</summary>
public sealed class RealSessionTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan s_loading = TimeSpan.FromMinutes(12);
    private static readonly DaemonPlace s_place = new(DaemonPlace.Default);
    private readonly DirectoryInfo _home = Directory.CreateDirectory($"/srv/leash-test-{Guid.NewGuid():N}");
    private readonly string[] _before = Kept();
    private Process? _leash;

    public RealSessionTests()
    {
        foreach (var (allowed, denied) in new[] { ("one", "two"), ("two", "one") })
        {
            _home.CreateSubdirectory(allowed);
            File.WriteAllText(PolicyOf(allowed), $$"""
                permit (principal, action, resource);
                forbid (principal, action == Action::"FileCreate", resource in Dir::"{{_home.FullName}}/{{denied}}");
                """);
        }
    }

    public void Dispose()
    {
        if (_leash is { HasExited: false })
        {
            _leash.Kill();
            _leash.WaitForExit();
        }

        _leash?.Dispose();
        _home.Delete(recursive: true);
    }

    [Theory]
    [InlineData(HookKind.Lsm)]
    [InlineData(HookKind.ModifyReturn)]
    internal void DaemonKilledUnderLoad_PoliciesExchanged_NothingIsMissing_NothingIsLeft(HookKind kind)
    {
        Process leash = Start(kind);
        Await(leash, (one, two) => one > 5 && two == 0, from: 0);

        Apply("two");
        int at = Await(leash, (one, two) => one == 0 && two > 5, from: Rounds() + 2);
        for (int kill = 1; kill <= 3; kill++)
        {
            KillDaemon();
            at = Await(leash, (one, two) => one == 0 && two > 10, from: at + 1);
            Assert.True(SpinWait.SpinUntil(() => Entries().Count(entry => entry.Kind == "resumed") == kill, s_patience), Errors());
        }

        Apply("one");
        Await(leash, (one, two) => one > 5 && two == 0, from: Rounds() + 2);
        File.WriteAllText(Path.Join(_home.FullName, "stop"), "");
        Assert.True(leash.WaitForExit(s_patience), Errors());
        Assert.Equal(3, leash.ExitCode);
        AssertEveryDenialIsRecorded();
        Assert.Equal(3, Entries()[^1].Number("exit"));
        AssertNothingIsLeft();
    }

    [Fact]
    public void LeashKilled_ItsProcessesEnd_ItsLogIsClosed_NothingIsLeft()
    {
        Process leash = Start(HookKind.Lsm);
        Await(leash, (one, two) => one > 5 && two == 0, from: 0);
        leash.Kill();
        leash.WaitForExit();
        Assert.True(SpinWait.SpinUntil(() => Entries()[^1].Kind == "end", s_patience), Errors());
        int rounds = Rounds();
        Thread.Sleep(500);
        Assert.Equal(rounds, Rounds());
        Assert.Equal(137, Entries()[^1].Number("exit"));
        AssertEveryDenialIsRecorded();
        AssertNothingIsLeft();
    }

    private Process Start(HookKind kind)
    {
        if (BpfProbe.Missing(kind) is { } missing)
        {
            Assert.Skip($"{missing.Title}: {missing.Detail}");
        }

        // Each round makes a file in either directory and then says so: what is not there was denied.
        string loop = $"cd {_home.FullName}; i=0; while [ ! -e stop ]; do : >one/$i; : >two/$i; i=$((i+1)); echo >>rounds; sleep 0.1; done 2>/dev/null; exit 3";
        string enforcer = kind == HookKind.Lsm ? "bpf-lsm" : "bpf-modify-return";
        _leash = Process.Start(Leash("--quiet", "--enforcer", enforcer, "--policy", PolicyOf("one"), "--workspace", _home.FullName, "--", "bash", "-c", loop))!;
        return _leash;
    }

    private string PolicyOf(string allowed) => Path.Join(_home.FullName, $"{allowed}.cedar");

    private ProcessStartInfo Leash(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Join(AppContext.BaseDirectory, "leash"), arguments) { UseShellExecute = false, RedirectStandardError = true, WorkingDirectory = _home.FullName };
        start.Environment["XDG_STATE_HOME"] = _home.FullName;
        return start;
    }

    private void Apply(string allowed)
    {
        using Process apply = Process.Start(Leash("policy", "apply", PolicyOf(allowed)))!;
        string error = apply.StandardError.ReadToEnd();
        apply.WaitForExit();

        // Who says that the session has ended may have heard so before its leash was gone.
        string why = apply.ExitCode != 0 && _leash!.WaitForExit(s_patience) ? $"leash ended with {_leash.ExitCode}: {_leash.StandardError.ReadToEnd()}" : "";
        Assert.True(apply.ExitCode == 0 && error.Length == 0, $"exit {apply.ExitCode}: {error}{why}; the daemon: {Errors()}");
    }

    /// <summary>Waits until so much was made in either directory since a round; the round that it came to.</summary>
    private int Await(Process leash, Func<int, int, bool> isReached, int from)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!isReached(Made("one", from), Made("two", from)))
        {
            Assert.False(leash.HasExited, leash.HasExited ? leash.StandardError.ReadToEnd() : "");
            Assert.True(clock.Elapsed < s_loading, $"{Made("one", from)} {Made("two", from)} since {from} of {Rounds()}; {Errors()}");
            Thread.Sleep(100);
        }

        return Rounds();
    }

    private int Made(string directory, int from) => Made(directory).Count(round => round >= from);

    private IEnumerable<int> Made(string directory) => Directory.EnumerateFiles(Path.Join(_home.FullName, directory))
        .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    private int Rounds() => File.Exists(Path.Join(_home.FullName, "rounds")) ? (int)new FileInfo(Path.Join(_home.FullName, "rounds")).Length : 0;

    private static void KillDaemon() =>
        Interop.Kernel.Call(SyscallNumber.kill, int.Parse(File.ReadAllText(s_place.Pid), CultureInfo.InvariantCulture), 9);

    private void AssertEveryDenialIsRecorded()
    {
        HashSet<string> denied = [.. Entries().Where(entry => entry is { Verdict: "deny", Action: "FileCreate" }).Select(entry => entry.Resource)];
        foreach (string directory in new[] { "one", "two" })
        {
            HashSet<int> made = [.. Made(directory)];
            string[] missing = [.. Enumerable.Range(0, Rounds()).Where(round => !made.Contains(round)).Select(round => $"{_home.FullName}/{directory}/{round}")];
            Assert.True(missing.Length > 0 || directory == "one");
            Assert.Empty(missing.Except(denied));
            Assert.Empty(denied.Intersect(made.Select(round => $"{_home.FullName}/{directory}/{round}")));
        }
    }

    private void AssertNothingIsLeft()
    {
        using FileStream log = File.OpenRead(Log());
        Assert.Equal(AuditIntegrity.Intact, AuditVerifier.Verify(log).Integrity);
        Assert.True(SpinWait.SpinUntil(() => !Kept().Except(_before).Any(), s_patience), string.Join('\n', Kept().Except(_before)));
    }

    private string Log() => Directory.GetFiles(Path.Join(_home.FullName, "leash", "sessions"), "audit.jsonl", SearchOption.AllDirectories).Single();

    private List<AuditEntry> Entries()
    {
        using FileStream log = new(Log(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return [.. AuditReader.ReadEntries(log)];
    }

    private static string Errors() => File.Exists(s_place.Errors) ? File.ReadAllText(s_place.Errors) : "";

    // The locks stay by design: who holds one must not find another file under its name.
    private static string[] Kept() =>
    [
        .. new[] { DaemonPlace.Default, "/sys/fs/bpf" }.Where(Directory.Exists).SelectMany(Directory.GetFileSystemEntries)
            .Where(path => Path.GetExtension(path) != ".lock"),
        .. Directory.GetDirectories(CgroupId.FindMount()!, "leash-*", SearchOption.AllDirectories),
        .. Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1]) && IsDaemon(path)),
    ];

    private static bool IsDaemon(string process)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline").Contains($"leash\0{DaemonProgram.Command}\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended
        }
    }
}
