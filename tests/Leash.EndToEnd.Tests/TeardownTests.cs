using System.Diagnostics;
using System.Globalization;
using System.Text;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>However a session ends, nothing of it stays: no processes, control groups, mounts or temporary directories.</summary>
public sealed class TeardownTests
{
    private const string Announce = "echo session $LEASH_SESSION; ";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task KilledSupervisor_EndsTheCommandAtItsNextGovernedCall(Account account)
    {
        using var place = new Place(account);
        var program = Operations.CopyTo(place.Workspace);
        var file = place.Write("file", "text\n");
        var mounts = Mounts();
        using var leash = Process.Start(Redirected(place, ["--quiet", "--", "bash", "-c", Announce + $"exec {program} linger {file}"]))!;
        var session = (await leash.StandardOutput.ReadLineAsync())!.Split(' ')[^1];
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("0", await leash.StandardOutput.ReadLineAsync());
        }

        leash.Kill(); // SIGKILL, and of leash alone
        var rest = await leash.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await leash.WaitForExitAsync();
        var results = rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain("0", results.SkipWhile(line => line == "0"));
        await AssertNothingStaysAsync(place, session, mounts, isCleanedByNextStart: true);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Exit_LeavesNothing(Account account)
    {
        using var place = new Place(account);
        var mounts = Mounts();
        var ran = await place.QuietAsync(Announce + "sleep 300 & (setsid sleep 300 >/dev/null 2>&1 &) ; exit 3", seconds: 30);
        Assert.True(ran.Exit == 3, ran.ToString());
        await AssertNothingStaysAsync(place, SessionOf(ran), mounts, isCleanedByNextStart: false);
    }

    [Theory]
    [InlineData(Account.Root, "TERM", 143)]
    [InlineData(Account.Root, "HUP", 129)]
    [InlineData(Account.Root, "INT", 130)]
    [InlineData(Account.Ordinary, "TERM", 143)]
    [InlineData(Account.Ordinary, "HUP", 129)]
    [InlineData(Account.Ordinary, "INT", 130)]
    public async Task Signal_EndsTheSessionAndLeavesNothing(Account account, string signal, int exit)
    {
        using var place = new Place(account);
        var mounts = Mounts();
        using var leash = Process.Start(Redirected(place, ["--quiet", "--", "bash", "-c", Announce + "sleep 300 & sleep 300; true"]))!;
        var session = (await leash.StandardOutput.ReadLineAsync())!.Split(' ')[^1];
        using (var kill = Process.Start("kill", ["-s", signal, leash.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(s_patience);
        await leash.WaitForExitAsync(limit.Token);
        Assert.Equal(exit, leash.ExitCode);
        await AssertNothingStaysAsync(place, session, mounts, isCleanedByNextStart: false);
    }

    private static ProcessStartInfo Redirected(Place place, string[] arguments)
    {
        var start = place.StartInfo([Product.Program, .. arguments]);
        start.RedirectStandardOutput = start.RedirectStandardInput = start.RedirectStandardError = true;
        return start;
    }

    private static string SessionOf(Ran ran)
    {
        var line = ran.Out.Split('\n')[0];
        Assert.StartsWith("session 2", line, StringComparison.Ordinal);
        return line.Split(' ')[^1];
    }

    private static async Task AssertNothingStaysAsync(Place place, string session, string[] mounts, bool isCleanedByNextStart)
    {
        var clock = Stopwatch.StartNew();
        while (ProcessesOf(session).Any() && clock.Elapsed < s_patience)
        {
            await Task.Delay(50);
        }

        Assert.Empty(ProcessesOf(session));
        if (isCleanedByNextStart)
        {
            Assert.Equal(0, (await place.LeashAsync(["--quiet", "--", "true"])).Exit);
        }

        Assert.DoesNotContain(
            Mounts().Except(mounts), line => line.Contains("leash", StringComparison.Ordinal) || line.Contains(place.Root, StringComparison.Ordinal));
        Assert.Empty(Groups(session));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries("/tmp"), path => path.Contains(session, StringComparison.Ordinal));
    }

    private static string[] Mounts() => [.. File.ReadLines("/proc/self/mountinfo").Select(line => string.Join(' ', line.Split(' ')[3..]))];

    /// <summary>Processes that were started with the session's variable.</summary>
    private static IEnumerable<string> ProcessesOf(string session)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            string environment, command;
            try
            {
                environment = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Join(directory, "environ")));
                command = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Join(directory, "cmdline"))).Replace('\0', ' ');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it has ended, or belongs to someone else
            }

            if (environment.Contains($"LEASH_SESSION={session}", StringComparison.Ordinal))
            {
                yield return $"{directory} {command}";
            }
        }
    }

    private static IEnumerable<string> Groups(string session) =>
        from line in File.ReadLines("/proc/self/mountinfo")
        let words = line.Split(' ')
        where words[Array.IndexOf(words, "-") + 1] == "cgroup2"
        from path in Directory.EnumerateDirectories(words[4], $"leash-*{session}*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        select path;
}
