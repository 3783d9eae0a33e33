using System.Text;

namespace Leash.Audit.Tests;

public sealed class AuditWriterTests : IDisposable
{
    private readonly LogBuilder _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Record_IsReadBackAsWritten()
    {
        _log.Sample();
        var entries = _log.Read();
        Assert.Equal(["session", "operation", "operation", "operation", "end"], entries.Select(entry => entry.Kind));
        Assert.Equal(["sh", "-c", "echo \"hi\"\n"], entries[0].List("command"));
        Assert.Equal(("allow", "permit", "FileOpenReadOnly", "/etc/hosts"),
            (entries[1].Verdict, entries[1].Reason, entries[1].Action, entries[1].Resource));
        Assert.Equal(("deny", "forbid", "/home/alice/.bashrc", "startup-files", 13L),
            (entries[2].Verdict, entries[2].Reason, entries[2].Resource, Assert.Single(entries[2].Policies), entries[2].Errno));
        Assert.Equal("no_permit", entries[3].Reason);
        Assert.Equal((1L, 2L, 3L), (entries[4].Number("allowed"), entries[4].Number("denied"), entries[4].Number("exit")));
    }

    [Fact]
    public void Record_AllFields_AreReadBack()
    {
        using (var writer = _log.Open())
        {
            writer.Record(new AuditRecord
            {
                Verdict = AuditVerdict.WouldDeny,
                Reason = AuditReason.NoPermit,
                Action = "NetworkConnect",
                Syscall = "connect",
                Resource = "example.com"u8,
                SecondResource = "/b"u8,
                Address = "192.0.2.1"u8,
                Port = 443,
                Protocol = "tcp",
                Arguments = "-l\0--color\0"u8,
                Principal = 7,
                Detail = "why",
                Count = 5,
            });
        }

        var entry = _log.Read()[1];
        Assert.Equal(("would_deny", "example.com", "/b", "192.0.2.1", 443L, "tcp"),
            (entry.Verdict, entry.Resource, entry.SecondResource, entry.Address, entry.Port, entry.Protocol));
        Assert.Equal(["-l", "--color"], entry.Arguments);
        Assert.Equal((7L, "why", 5L), (entry.Number("principal"), entry.Detail, entry.Count));
    }

    [Fact]
    public void Record_HasTheTimeThatItBrings_OrThePresent()
    {
        var decided = new DateTime(2026, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);
        using (var writer = _log.Open())
        {
            writer.Record(new AuditRecord { Action = "FileOpenReadOnly", Resource = "/a"u8, Time = decided.Ticks });
            writer.Record(new AuditRecord { Action = "FileOpenReadOnly", Resource = "/b"u8 });
        }

        var entries = _log.Read();
        Assert.Equal("2026-02-03T04:05:06.789", entries[1].Time[..23]);
        Assert.Equal(entries[0].Time[..10], entries[2].Time[..10]);
    }

    [Fact]
    public void Record_LongArguments_AreCutAndSaid()
    {
        using (var writer = _log.Open())
        {
            writer.Record(new AuditRecord { Action = "ProcessExec", Arguments = new byte[5000] });
        }

        Assert.Equal(1, _log.Read()[1].Number("args_cut"));
    }

    [Theory]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("a\"},{\"seq\":9", "quote")]
    [InlineData("tab\there", "control")]
    [InlineData("\u202eevil", "bidi")]
    [InlineData("ünïcödé 漢字 🙂", "plain")]
    public void Record_AnyName_StaysInItsLine(string name, string why)
    {
        using (var writer = _log.Open())
        {
            writer.Record(LogBuilder.Denied("/" + name));
        }

        Assert.True(3 == File.ReadAllLines(_log.LogPath).Length, why);
        Assert.Equal("/" + name, _log.Read()[1].Resource);
        Assert.Equal(AuditIntegrity.Intact, _log.Verify().Integrity);
    }

    [Fact]
    public void Record_InvalidUtf8_IsEscapedWithoutLoss()
    {
        using (var writer = _log.Open())
        {
            writer.Record(new AuditRecord { Action = "FileOpenReadOnly", Resource = [(byte)'/', 0xff, 0xc3, (byte)'a'] });
            writer.Record(new AuditRecord { Action = "FileOpenReadOnly", Resource = Encoding.UTF8.GetBytes("/\\udcff") });
        }

        var text = File.ReadAllText(_log.LogPath);
        Assert.Contains("\"/\\udcff\\udcc3a\"", text, StringComparison.Ordinal);
        Assert.Contains("\"/\\\\udcff\"", text, StringComparison.Ordinal);
        Assert.Equal("/\udcff\udcc3a", _log.Read()[1].Resource);
        Assert.Equal("/\\udcff", _log.Read()[2].Resource);
    }

    [Fact]
    public void Create_LogIsPrivateAndNew()
    {
        _log.Sample();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_log.LogPath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(_log.LogPath)!));
    }

    [Fact]
    public void Create_ExistingFile_FailsAndIsNotTouched()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_log.LogPath)!);
        File.WriteAllText(_log.LogPath, "mine");
        AssertFails();
        Assert.Equal("mine", File.ReadAllText(_log.LogPath));
    }

    [Fact]
    public void Create_DanglingLink_FailsAndIsNotFollowed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_log.LogPath)!);
        var target = Path.Join(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        File.CreateSymbolicLink(_log.LogPath, target);
        AssertFails();
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Record_FromManyThreads_LosesNoDenial()
    {
        const int Threads = 4;
        const int Each = 5_000;
        using (var writer = _log.Open(capacity: 64))
        {
            var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
            {
                for (var i = 0; i < Each; i++)
                {
                    writer.Record(LogBuilder.Denied($"/{t}/{i}"));
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }

        var entries = _log.Read();
        Assert.Equal(Threads * Each, entries.Where(entry => entry.Verdict == "deny").Select(entry => entry.Resource).Distinct().Count());
        Assert.Equal(AuditIntegrity.Intact, _log.Verify().Integrity);
    }

    [Fact]
    public void Record_MoreAllowedThanFit_AreCountedInAGap()
    {
        const int Total = 200;
        using (var writer = new AuditWriter(_log.LogPath, header: null, TimeProvider.System, capacity: 64))
        {
            for (var i = 0; i < Total; i++)
            {
                writer.Record(LogBuilder.Allowed($"/{i}"));
            }

            writer.Begin(LogBuilder.Header);
        }

        var entries = _log.Read();
        var recorded = entries.Count(entry => entry.Kind == "operation");
        Assert.Equal(64, recorded);
        Assert.Equal(Total - 64, Assert.Single(entries, entry => entry.Kind == "gap").Number("dropped"));
        Assert.Equal(AuditIntegrity.Intact, _log.Verify().Integrity);
    }

    [Fact]
    public void Record_FullRing_DenialWaitsForRoom()
    {
        using var writer = new AuditWriter(_log.LogPath, header: null, TimeProvider.System, capacity: 4);
        for (var i = 0; i < 4; i++)
        {
            writer.Record(LogBuilder.Denied($"/{i}"));
        }

        var waiting = new Thread(() => writer.Record(LogBuilder.Denied("/last")));
        waiting.Start();
        Assert.False(waiting.Join(TimeSpan.FromMilliseconds(200)));
        writer.Begin(LogBuilder.Header);
        Assert.True(waiting.Join(TimeSpan.FromSeconds(10)));
        writer.Close(0);
        Assert.Equal(5, writer.Tally.Counts.Denied);
        Assert.Equal("/last", _log.Read()[5].Resource);
    }

    [Fact]
    public void Record_SteadyState_AllocatesNothing()
    {
        using var writer = _log.Open(capacity: 64);
        for (var i = 0; i < 2_000; i++)
        {
            writer.Record(LogBuilder.Allowed("/warm-up"));
        }

        var path = "/some/path"u8;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2_000; i++)
        {
            writer.Record(new AuditRecord { Verdict = AuditVerdict.Allow, Reason = AuditReason.Permit, Action = "FileOpenReadOnly", Resource = path });
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Close_WithoutHeader_LeavesNoFile()
    {
        using (new AuditWriter(_log.LogPath, header: null, TimeProvider.System))
        {
        }

        Assert.False(File.Exists(_log.LogPath));
    }

    private void AssertFails()
    {
        string? message = null;
        using (var writer = _log.Open(text => message = text))
        {
            writer.Close(0);
            Assert.True(writer.HasFailed);
        }

        Assert.StartsWith("cannot write the audit log", message, StringComparison.Ordinal);
    }
}
