using System.Text;
using Leash.Audit;
using Leash.Cli.Summaries;

namespace Leash.Cli.Tests;

public sealed class SessionSummaryTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-summary-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Render_NothingDenied()
    {
        var text = Render(audit => audit.Record(Open(AuditVerdict.Allow, AuditReason.Permit, "/etc/hosts")));
        Assert.Equal(
            """
            leash: 1 operation
              FileOpenReadOnly 1
              log: LOG

            """,
            text);
    }

    [Fact]
    public void Render_Denials_AreGroupedWithWhatWouldPermitThem()
    {
        var text = Render(audit =>
        {
            audit.Record(Open(AuditVerdict.Deny, AuditReason.NoPermit, "/srv/a"));
            audit.Record(Open(AuditVerdict.Deny, AuditReason.NoPermit, "/srv/a"));
            audit.Record(Open(AuditVerdict.Deny, AuditReason.Forbid, "/home/u/.ssh/id", "ssh-keys"));
            audit.Record(new AuditRecord { Syscall = "mount", Reason = AuditReason.Structural, Detail = "mounting is not governed by any policy" });
        });
        Assert.Equal(
            """
            leash: 4 operations, 4 denied
              FileOpenReadOnly 3, mount 1
              2 denied: no permit matched; what would permit it:
                FileOpenReadOnly /srv/a by cat, 2 times
                  permit /srv/a;
              1 denied: forbidden by `ssh-keys` (standard.cedar:7): keys are not the agent's
                FileOpenReadOnly /home/u/.ssh/id by cat
              1 denied: no policy can allow it
                mount: mounting is not governed by any policy
              log: LOG

            """,
            text);
    }

    [Fact]
    public void Render_CreationByAnOpen_IsOneThing()
    {
        var text = Render(audit =>
        {
            audit.Record(new AuditRecord { Action = "FileOpenReadWrite", Reason = AuditReason.NoPermit, Resource = "/srv/a"u8 });
            audit.Record(new AuditRecord { Action = "FileCreate", Reason = AuditReason.NoPermit, Resource = "/srv/a"u8 });
            audit.Record(new AuditRecord { Action = "FileCreate", Reason = AuditReason.NoPermit, Resource = "/srv/b"u8 });
        });
        Assert.Contains("    FileOpenReadWrite /srv/a\n      permit /srv/a;\n    FileCreate /srv/b\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("FileCreate /srv/a", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ManyDenials_AreCapped()
    {
        var text = Render(audit =>
        {
            for (var i = 0; i < 1_234; i++)
            {
                audit.Record(Open(AuditVerdict.WouldDeny, AuditReason.NoPermit, $"/srv/{i}"));
            }
        });
        Assert.StartsWith("leash: 1,234 operations, 1,234 would be denied\n", text, StringComparison.Ordinal);
        Assert.Contains("more: leash audit show --denied s1\n", text, StringComparison.Ordinal);
        Assert.InRange(text.Split('\n').Length, 5, 30);
    }

    [Fact]
    public void Render_HostileNames_CannotForgeLines()
    {
        var text = Render(audit => audit.Record(Open(AuditVerdict.Deny, AuditReason.NoPermit, "/a\nleash: 0 operations\e[2J")));
        Assert.Contains("/a\\x0aleash: 0 operations\\x1b[2J", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
    }

    private static AuditRecord Open(AuditVerdict verdict, AuditReason reason, string path, params string[] policies) => new()
    {
        Verdict = verdict,
        Reason = reason,
        Action = "FileOpenReadOnly",
        Syscall = "openat",
        Policies = policies,
        Resource = Encoding.UTF8.GetBytes(path),
        Exe = "/usr/bin/cat"u8,
    };

    private string Render(Action<AuditWriter> record)
    {
        var log = Path.Join(_directory.FullName, "audit.jsonl");
        using var audit = new AuditWriter(log, new SessionHeader
        {
            SessionId = "s1",
            Version = "0",
            Command = ["x"],
            Workspace = "/w",
            Mode = "enforce",
            Enforcer = "seccomp",
            Policies = [],
            Machine = "m",
        }, TimeProvider.System);
        record(audit);
        audit.Close(0);
        return new SessionSummary
        {
            Tally = audit.Tally,
            LogPath = log,
            SessionId = "s1",
            Notes = new Dictionary<string, PolicyNote>(StringComparer.Ordinal)
            {
                ["ssh-keys"] = new("standard.cedar:7", "keys are not the agent's"),
            },
            Suggest = sample => sample.Resource == "/srv/a" ? "permit /srv/a;" : null,
        }.Render().Replace(log, "LOG", StringComparison.Ordinal);
    }
}
