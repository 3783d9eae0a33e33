using Leash.Audit;
using Leash.Cli.CommandLine;

namespace Leash.Cli.Tests;

public sealed class AuditCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-log-");
    private readonly TestTerminal _terminal = new();
    private readonly string _log;

    public AuditCommandTests()
    {
        _log = Path.Join(_directory.FullName, "audit.jsonl");
        using var audit = new AuditWriter(_log, new SessionHeader
        {
            SessionId = "s1",
            Version = "0",
            Command = ["cat", "x"],
            Workspace = "/w",
            Mode = "enforce",
            Enforcer = "seccomp",
            Policies = [],
            Machine = "m",
        }, TimeProvider.System);
        audit.Record(new AuditRecord { Verdict = AuditVerdict.Allow, Reason = AuditReason.Permit, Action = "FileOpenReadOnly", Resource = "/a"u8, Exe = "/bin/cat"u8, Pid = 7 });
        audit.Record(new AuditRecord { Reason = AuditReason.Forbid, Action = "NetworkConnect", Policies = ["no-net"], Resource = "x.example"u8, Address = "192.0.2.1"u8, Port = 443, Protocol = "tcp", Exe = "/bin/curl"u8, Pid = 8 });
        audit.Close(0);
    }

    public void Dispose()
    {
        _terminal.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Show_PrintsEveryEntry()
    {
        Assert.Equal(0, Run("show", _log));
        var lines = _terminal.Out.TrimEnd('\n').Split('\n').Select(line => line[13..]);
        Assert.Equal(
        [
            "session s1: cat x (workspace /w, enforce, seccomp)",
            "allow FileOpenReadOnly /a by /bin/cat [7]",
            "deny NetworkConnect x.example (192.0.2.1) port 443/tcp: forbidden by no-net by /bin/curl [8]",
            "end: 1 allowed, 1 denied, 0 would be denied, exit code 0",
        ], lines);
    }

    [Theory]
    [InlineData(1, "--denied")]
    [InlineData(1, "--action", "FileOpenReadOnly")]
    [InlineData(1, "--exe", "curl")]
    [InlineData(1, "--policy", "no-net")]
    [InlineData(1, "--resource", "x.ex")]
    [InlineData(0, "--resource", "nowhere")]
    [InlineData(4, "--json")]
    public void Show_Filters(int lines, params string[] flags)
    {
        Assert.Equal(0, Run(["show", _log, .. flags]));
        Assert.Equal(lines, _terminal.Out.Count(c => c == '\n'));
    }

    [Fact]
    public void Verify_Intact_IsZero()
    {
        Assert.Equal(0, Run("verify", _log));
        Assert.StartsWith("intact: 4 records, head ", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_Changed_NamesTheLine()
    {
        var bytes = File.ReadAllBytes(_log);
        bytes[Array.LastIndexOf(bytes, (byte)'7')] = (byte)'9';
        File.WriteAllBytes(_log, bytes);
        Assert.Equal(1, Run("verify", _log));
        Assert.StartsWith("broken at line ", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_MissingFile_SaysSo()
    {
        Assert.Equal(1, Run("show", "/nonexistent/log"));
        Assert.Contains("there is no file `/nonexistent/log`", _terminal.Error, StringComparison.Ordinal);
    }

    private int Run(params string[] args) => SubCommands.Run(["audit", .. args], _terminal.Terminal);
}
