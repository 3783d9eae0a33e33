using System.Diagnostics;
using System.Globalization;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>What a command inherits, what it does not, and how its end becomes leash's.</summary>
public sealed class SessionProcessTests
{
    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 42", 42)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("exec leash-no-such-program", 127)]
    public async Task Exit_IsTheCommands(string script, int exit)
    {
        using var place = new Place(Account.Ordinary);
        var ran = await place.QuietAsync(script, 60);
        Assert.True(ran.Exit == exit, ran.ToString());
    }

    [Theory]
    [InlineData("leash-no-such-program", 127, "No such file or directory")]
    [InlineData("/etc/passwd", 126, "Permission denied")]
    public async Task CommandThatCannotRun_ExitsLikeAShell(string command, int exit, string reason)
    {
        using var place = new Place(Account.Ordinary);
        var ran = await place.LeashAsync(["--quiet", "--", command], seconds: 60);
        Assert.True(ran.Exit == exit, ran.ToString());
        Assert.Contains($"cannot execute `{command}`: {reason}", ran.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Streams_PassEveryByte(Account account)
    {
        using var place = new Place(account);
        var ran = await place.RunAsync(
            [
                "bash", "-c",
                $"head -c 67108864 /dev/urandom > bytes && {Product.Program} --quiet -- cat < bytes | cmp - bytes && echo same",
            ],
            seconds: 120);
        Assert.True(ran.Out == "same\n", ran.ToString());
    }

    [Fact]
    public async Task Output_IsNotHeldBack()
    {
        using var place = new Place(Account.Ordinary);
        var start = place.StartInfo([Product.Program, "--quiet", "--", "sh", "-c", "printf now; read line; printf $line"]);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        using var leash = Process.Start(start)!;
        var buffer = new char[3];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal(3, await leash.StandardOutput.ReadBlockAsync(buffer.AsMemory(), limit.Token));
        Assert.Equal("now", new string(buffer));
        await leash.StandardInput.WriteLineAsync("then");
        Assert.Equal("then", await leash.StandardOutput.ReadToEndAsync(limit.Token));
        await leash.WaitForExitAsync(limit.Token);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Inheritance_IsThatOfABareCommand(Account account)
    {
        const string script = "umask; ulimit -n; pwd; grep -E '^Sig(Blk|Ign)' /proc/self/status; nice; id -u; printf '%s' \"$ODD\" | od -An -tx1";
        const string setUp = "umask 027; ulimit -Sn 777; export ODD=$'\\xff\\xfe\\n x'; ";
        using var place = new Place(account);

        // The shell has to stay: the limit on open files that leash was started with is only known from its parent.
        var bare = await place.RunAsync(["bash", "-c", setUp + $"sh -c '{script.Replace("'", "'\\''", StringComparison.Ordinal)}'"]);
        var supervised = await place.RunAsync(
            ["bash", "-c", setUp + $"{Product.Program} --quiet -- sh -c '{script.Replace("'", "'\\''", StringComparison.Ordinal)}'; true"]);
        Assert.Equal(bare.Out, supervised.Out);
    }

    [Fact]
    public async Task Descriptors_AreTheStandardStreamsOnly()
    {
        using var place = new Place(Account.Ordinary);
        var ran = await place.RunAsync(["bash", "-c", $"{Product.Program} --quiet -- ls /proc/self/fd 7</dev/null"]);
        Assert.True(ran.Out == "0\n1\n2\n3\n", ran.ToString()); // the last is the directory being listed
    }

    [Fact]
    public async Task Arguments_AreBytes()
    {
        using var place = new Place(Account.Ordinary);
        var ran = await place.RunAsync(
            ["bash", "-c", $"{Product.Program} --quiet -- printf '%s|' $'\\xff\\x80' '' 'a b' | od -An -tx1"]);
        Assert.True(ran.Out.Trim() == "ff 80 7c 7c 61 20 62 7c", ran.ToString());
    }

    [Fact]
    public async Task Nested_IsRefused()
    {
        using var place = new Place(Account.Ordinary);
        var ran = await place.QuietAsync($"env -u LEASH_SESSION {Product.Program} -- true; echo $?", 60);
        Assert.True(ran.Out is "125\n" or "126\n", ran.ToString());
    }

    [Fact]
    public async Task Volume_IsMountedReadOnly()
    {
        using var place = new Place(Account.Ordinary);
        place.Write("source/file", "text\n");
        Directory.CreateDirectory(Path.Join(place.Workspace, "target"));
        Accounts.Own(Account.Ordinary, place.Root);
        var ran = await place.LeashAsync(
            [
                "--quiet", "-v", $"{place.Workspace}/source:{place.Workspace}/target:ro", "--",
                "sh", "-c", "cat target/file; echo more >> target/file || echo refused; echo more >> source/file && echo written",
            ],
            seconds: 60);
        Assert.True(ran.Out == "text\nrefused\nwritten\n", ran.ToString());
    }

    [Fact]
    public async Task TerminateIgnored_SecondRequestEndsAtOnce()
    {
        using var place = new Place(Account.Ordinary);
        var start = place.StartInfo([Product.Program, "--quiet", "--", "bash", "-c", "trap '' TERM; echo started; while :; do sleep 1; done"]);
        start.RedirectStandardOutput = true;
        using var leash = Process.Start(start)!;
        Assert.Equal("started", await leash.StandardOutput.ReadLineAsync());
        var clock = Stopwatch.StartNew();
        await TerminateAsync(leash);
        await Task.Delay(500);
        Assert.False(leash.HasExited);
        await TerminateAsync(leash);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await leash.WaitForExitAsync(limit.Token);
        Assert.Equal(137, leash.ExitCode);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4.5));
    }

    [Fact]
    public async Task TerminateHandled_ExitIsTheCommands()
    {
        using var place = new Place(Account.Ordinary);
        var start = place.StartInfo([Product.Program, "--quiet", "--", "bash", "-c", "trap 'exit 7' TERM; echo started; sleep 100 & wait"]);
        start.RedirectStandardOutput = true;
        using var leash = Process.Start(start)!;
        Assert.Equal("started", await leash.StandardOutput.ReadLineAsync());
        await TerminateAsync(leash);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await leash.WaitForExitAsync(limit.Token);
        Assert.Equal(7, leash.ExitCode);
    }

    private static async Task TerminateAsync(Process leash)
    {
        // Under `setpriv` the process is leash itself: it executes it without a fork.
        using var kill = Process.Start("kill", ["-s", "TERM", leash.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
