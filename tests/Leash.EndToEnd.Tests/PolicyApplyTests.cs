using System.Diagnostics;
using System.Net;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary><c>leash policy apply</c> on sessions that run: files, endpoints and names are decided by the new policies, or all by the old ones.</summary>
public sealed class PolicyApplyTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Account.Root, "seccomp")]
    [InlineData(Account.Root, "bpf-cgroup")]
    [InlineData(Account.Ordinary, "seccomp")]
    public async Task RunningSession_IsDecidedByTheNewPolicies(Account account, string enforcer)
    {
        using var world = new World(account);
        using var session = world.Start(enforcer);
        Assert.Equal(["first allowed", "second denied"], await session.RoundAsync());

        var applied = await world.ApplyAsync("second");
        Assert.True(applied.Exit == 0, applied.ToString());
        Assert.Equal(["first denied", "second allowed"], await session.RoundAsync());

        Assert.Equal(0, (await world.ApplyAsync("first")).Exit);
        Assert.Equal(["first allowed", "second denied"], await session.RoundAsync());
        Assert.Equal(0, await session.EndAsync());

        var log = world.Place.Log();
        Assert.Equal(["session", "policies", "policies", "end"], log.Select(entry => entry.Kind).Where(kind => kind != "operation"));
        Assert.Contains(log, entry => entry.Verdict == "deny" && entry.Resource == world.File("first") && entry.Policies.SequenceEqual(["second#3"]));
        Assert.Contains(log, entry => entry.Verdict == "deny" && entry.Action == "NetworkConnect" && entry.Port == world.Port("first"));
        world.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("seccomp")]
    [InlineData("bpf-cgroup")]
    public async Task WhatCannotBeExchanged_ChangesNothing(string enforcer)
    {
        using var world = new World(Account.Root);
        using var session = world.Start(enforcer);
        Assert.Equal(["first allowed", "second denied"], await session.RoundAsync());

        world.Place.Write("apart.cedar", """
            permit (principal in Exe::"/usr/bin/git", action, resource);
            """);
        var apart = await world.ApplyAsync("apart");
        Assert.Equal(1, apart.Exit);
        Assert.Contains("tell programs apart", apart.Error, StringComparison.Ordinal);

        world.Place.Write("wrong.cedar", "permit (");
        var wrong = await world.ApplyAsync("wrong");
        Assert.Equal(1, wrong.Exit);
        Assert.Contains("those before are in force", wrong.Error, StringComparison.Ordinal);

        Assert.Equal(["first allowed", "second denied"], await session.RoundAsync());
        Assert.Equal(0, (await world.ApplyAsync("second")).Exit);
        Assert.Equal(["first denied", "second allowed"], await session.RoundAsync());
        Assert.Equal(0, await session.EndAsync());
    }

    [Theory]
    [InlineData("seccomp")]
    [InlineData("bpf-cgroup")]
    public async Task ExchangedUnderLoad_NoOperationIsMixedOrMissing(string enforcer)
    {
        using var world = new World(Account.Root);
        using var session = world.Start(enforcer);
        var exchanging = Task.Run(async () =>
        {
            foreach (var next in new[] { "second", "first", "second", "first" })
            {
                Assert.Equal(0, (await world.ApplyAsync(next)).Exit);
            }
        });

        // One call names both files: whichever policies decide, exactly one of them is denied, so the rename never succeeds.
        do
        {
            Assert.Equal("load 0", await session.AskAsync("load"));
        }
        while (!exchanging.IsCompleted);

        await exchanging;
        Assert.Equal(0, await session.EndAsync());
    }

    [Fact]
    public async Task SessionItself_CannotReachWhereItsPoliciesAreChanged()
    {
        using var world = new World(Account.Root);
        using var session = world.Start("bpf-cgroup");
        await session.RoundAsync();
        var control = Directory.GetFiles("/run/leash", "*.control").Single(path => path.Contains(session.Id, StringComparison.Ordinal));
        Assert.Equal("connect denied", await session.AskAsync($"connect {control}"));
        using (new Listening(new System.Net.Sockets.UnixDomainSocketEndPoint(world.Place.Workspace + "/twin")))
        {
            Assert.Equal("connect allowed", await session.AskAsync($"connect {world.Place.Workspace}/twin"));
        }

        Assert.Equal(0, await session.EndAsync());
    }

    [Theory]
    [InlineData("seccomp")]
    [InlineData("bpf-cgroup")]
    public async Task LeashKilled_ItsProcessesEnd_AndTheNextStartRemovesTheRest(string enforcer)
    {
        using var world = new World(Account.Root);
        using var session = world.Start(enforcer);
        Assert.Equal(["first allowed", "second denied"], await session.RoundAsync());
        Assert.True(session.IsAlive);
        session.Kill();
        Assert.True(SpinWait.SpinUntil(() => !session.IsAlive, s_patience), "its processes go on");
        Assert.Equal(0, (await world.Place.LeashAsync(["--quiet", "--enforcer", enforcer, "--", "true"])).Exit);
        world.AssertNothingIsLeft();
    }

    /// <summary>Two files and two listeners, and policies that allow one of each.</summary>
    private sealed class World : IDisposable
    {
        private readonly Dictionary<string, Listening> _listening = new(StringComparer.Ordinal)
        {
            ["first"] = new Listening(new IPEndPoint(IPAddress.Loopback, 0)),
            ["second"] = new Listening(new IPEndPoint(IPAddress.Loopback, 0)),
        };

        private readonly string[] _before = Kept();
        private Session? _session;

        public World(Account account)
        {
            Place = new Place(account);
            foreach (var (allowed, denied) in new[] { ("first", "second"), ("second", "first") })
            {
                Place.Write($"files/{allowed}", "text\n");
                Place.Write($"{allowed}.cedar", $$"""
                    permit (principal, action in [Action::"FileOpen", Action::"FileRename"], resource in Dir::"{{Place.Workspace}}");
                    permit (principal, action in [Action::"ProcessExec", Action::"FileOpenReadOnly"], resource);
                    forbid (principal, action, resource == File::"{{File(denied)}}");
                    permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1:{{Port(allowed)}}");
                    permit (principal, action == Action::"UnixConnect", resource in Dir::"{{Place.Workspace}}");
                    """);
            }
        }

        public Place Place { get; }

        public string File(string name) => $"{Place.Workspace}/files/{name}";

        public int Port(string name) => _listening[name].Port;

        public Session Start(string enforcer)
        {
            Assert.SkipUnless(System.IO.File.Exists("/usr/bin/python3"), "python3 is not installed");
            return _session = new Session(Place.StartInfo(
                [
                    Product.Program, "--quiet", "--enforcer", enforcer, "--policy", $"{Place.Workspace}/first.cedar", "--",
                    "/usr/bin/python3", "-c", Session.Script, File("first"), File("second"), $"{Port("first")}", $"{Port("second")}",
                ]));
        }

        public Task<Ran> ApplyAsync(string name) =>
            Place.LeashAsync(["policy", "apply", "--session", _session!.Id, $"{Place.Workspace}/{name}.cedar"], seconds: 60);

        public void AssertNothingIsLeft() =>
            Assert.True(SpinWait.SpinUntil(() => !Kept().Except(_before).Any(), s_patience), string.Join('\n', Kept().Except(_before)));

        public void Dispose()
        {
            foreach (var socket in _listening.Values)
            {
                socket.Dispose();
            }

            Place.Dispose();
        }

        // Of other sessions there may be more, so only what is new counts; the lock of the programs' start stays by design.
        private static string[] Kept() =>
        [
            .. new[] { "/run/leash", "/sys/fs/bpf" }.Where(Directory.Exists).SelectMany(Directory.GetFileSystemEntries)
                .Where(path => Path.GetFileName(path) is not "bpf.lock" and var name && !name.StartsWith("leash-test-", StringComparison.Ordinal)),
        ];
    }

    /// <summary>A command that does what it is told, line by line.</summary>
    private sealed class Session : IDisposable
    {
        public const string Script = """
            import os, socket, sys
            files, ports = sys.argv[1:3], [int(p) for p in sys.argv[3:]]
            def tried(action):
                try: action(); return "allowed"
                except PermissionError: return "denied"
            def connect(port):
                with socket.socket() as s: s.connect(("127.0.0.1", port))
            def unix(path):
                with socket.socket(socket.AF_UNIX) as s: s.connect(path)
            def read(path):
                with open(path): pass
            def renamed():
                try: os.rename(*files); os.rename(*files[::-1]); return 1
                except PermissionError: return 0
            print(os.environ["LEASH_SESSION"], flush=True)
            for line in sys.stdin:
                words = line.split()
                if words[0] == "load": print("load", sum(renamed() for _ in range(8000)), flush=True)
                elif words[0] == "connect": print("connect", tried(lambda: unix(words[1])), flush=True)
                else:
                    for name, file, port in zip(("first", "second"), files, ports):
                        results = {tried(lambda: read(file)), tried(lambda: connect(port))}
                        print(name, "/".join(sorted(results)), flush=True)
            """;

        private readonly Process _leash;

        public Session(ProcessStartInfo start)
        {
            start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
            _leash = Process.Start(start)!;
            Id = _leash.StandardOutput.ReadLine() ?? "";
            Assert.True(Id.Length > 0, Id.Length > 0 ? null : _leash.StandardError.ReadToEnd());
        }

        public string Id { get; }

        /// <summary>Whether a process of the session is left.</summary>
        public bool IsAlive => Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])).Any(IsOurs);

        public async Task<string> AskAsync(string what)
        {
            await _leash.StandardInput.WriteLineAsync(what);
            return await _leash.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? "ended: " + await _leash.StandardError.ReadToEndAsync();
        }

        public async Task<string[]> RoundAsync() => [await AskAsync("round"), await _leash.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? ""];

        public async Task<int> EndAsync()
        {
            _leash.StandardInput.Close();
            await _leash.WaitForExitAsync().WaitAsync(s_patience);
            return _leash.ExitCode;
        }

        /// <summary>SIGKILL, and of leash alone.</summary>
        public void Kill() => _leash.Kill();

        public void Dispose()
        {
            if (!_leash.HasExited)
            {
                _leash.Kill(entireProcessTree: true);
            }

            _leash.Dispose();
        }

        private bool IsOurs(string directory)
        {
            try
            {
                return File.ReadAllText(directory + "/environ").Contains($"LEASH_SESSION={Id}", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false; // it has ended
            }
        }
    }
}
