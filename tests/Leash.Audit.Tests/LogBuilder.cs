using System.Text;

namespace Leash.Audit.Tests;

/// <summary>Writes real logs into a directory of their own.</summary>
internal sealed class LogBuilder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-audit-");

    public string LogPath => Path.Join(_directory.FullName, "state", "sessions", "s1", "audit.jsonl");

    public static SessionHeader Header { get; } = new()
    {
        SessionId = "s1",
        Version = "0.1.0",
        Command = ["sh", "-c", "echo \"hi\"\n"],
        Workspace = "/w",
        Mode = "enforce",
        Enforcer = "seccomp",
        Policies = [new PolicyOrigin("base", "base.cedar", "permit (principal, action, resource);")],
        Machine = "6.18 x64",
        User = "alice",
        Uid = 1000,
    };

    public static AuditRecord Allowed(string path) => new()
    {
        Verdict = AuditVerdict.Allow,
        Reason = AuditReason.Permit,
        Action = "FileOpenReadOnly",
        Syscall = "openat",
        Resource = Encoding.UTF8.GetBytes(path),
        Exe = "/usr/bin/cat"u8,
        Pid = 10,
        Tid = 11,
    };

    public static AuditRecord Denied(string path, params string[] policies) => new()
    {
        Verdict = AuditVerdict.Deny,
        Reason = policies.Length > 0 ? AuditReason.Forbid : AuditReason.NoPermit,
        Action = "FileOpenReadWrite",
        Syscall = "openat",
        Policies = policies,
        Resource = Encoding.UTF8.GetBytes(path),
        Exe = "/usr/bin/tee"u8,
        Pid = 10,
        Tid = 10,
        Errno = 13,
    };

    public AuditWriter Open(Action<string>? onFailure = null, int capacity = 8192) =>
        new(LogPath, Header, TimeProvider.System, onFailure, capacity);

    /// <summary>A log of a few operations, as bytes.</summary>
    public byte[] Sample()
    {
        using (var writer = Open())
        {
            writer.Record(Allowed("/etc/hosts"));
            writer.Record(Denied("/home/alice/.bashrc", "startup-files"));
            writer.Record(Denied("/etc/passwd"));
            writer.Close(3);
        }

        return File.ReadAllBytes(LogPath);
    }

    public List<AuditEntry> Read()
    {
        using var stream = File.OpenRead(LogPath);
        return [.. AuditReader.ReadEntries(stream)];
    }

    public AuditVerification Verify()
    {
        using var stream = File.OpenRead(LogPath);
        return AuditVerifier.Verify(stream);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
