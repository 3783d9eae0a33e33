using System.Net;
using Leash.Audit;
using Leash.Bpf.Events;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Bpf.Tests.Events;

public class KernelAuditTrailTests
{
    private static readonly EnforcementPlan Plan = EnforcementPlan.Of(
        PlanStatement.Permit("read-work", PlanActionMask.FileOpenReadOnly, new PlanTest.PathUnder("/w")),
        PlanStatement.Forbid("no-keys", PlanActionMask.File, new PlanTest.PathUnder("/w/keys")),
        PlanStatement.Forbid("no-cat", PlanActionMask.FileOpenReadOnly, new PlanTest.ExeIs("/bin/cat"), new PlanTest.PathIs("/w/x")),
        PlanStatement.Forbid("no-agent", PlanActionMask.FileOpenReadOnly, new PlanTest.LineageHas("/w/agent.sh"), new PlanTest.PathIs("/w/y")),
        PlanStatement.Forbid("no-curl-o", PlanActionMask.ProcessExec, new PlanTest.PathIs("/bin/curl"), new PlanTest.ArgsContain("-o")),
        PlanStatement.Forbid("no-evil", PlanActionMask.NetworkConnect, new PlanTest.HostIs("evil.example")),
        PlanStatement.Forbid("no-trace", PlanActionMask.ProcessTrace));

    private readonly RecordedAudit _audit = new();
    private readonly GenerationTable _generations = new();
    private readonly KernelAuditTrail _trail;

    public KernelAuditTrailTests()
    {
        _generations.Add(new PlanGeneration(1, Plan, new PlanDecider(Plan)));
        _trail = new KernelAuditTrail(_audit, _generations, address => address.Equals(IPAddress.Parse("192.0.2.1")) ? ["evil.example"] : []);
    }

    [Fact]
    public void Denied_ForWantOfAPermit() => Records(
        new SampleBuilder { Actions = PlanActionMask.FileOpenReadWrite, Path = "/w/a", Syscall = SyscallNumber.openat },
        "deny no_permit FileOpenReadWrite openat /w/a");

    [Fact]
    public void Denied_ByAForbid_NamesIt() => Records(
        new SampleBuilder { Reason = EventReason.Forbid, Path = "/w/keys/k" }, "deny forbid FileOpenReadOnly - no-keys /w/keys/k");

    [Fact]
    public void WouldDeny_StaysThat() => Records(
        new SampleBuilder { Verdict = EventVerdict.WouldDeny, Reason = EventReason.Forbid, Path = "/w/keys/k" },
        "would_deny forbid FileOpenReadOnly - no-keys /w/keys/k");

    [Fact]
    public void EachMissingAction_IsARecord() => Records(
        new SampleBuilder { Actions = PlanActionMask.FileOpenReadOnly | PlanActionMask.FileCreate, Path = "/w/keys/k", Reason = EventReason.Forbid },
        "deny forbid FileOpenReadOnly - no-keys /w/keys/k", "deny forbid FileCreate - no-keys /w/keys/k");

    [Fact]
    public void Rename_DeniedByItsOtherEnd_NamesThatForbid() => Records(
        new SampleBuilder
        {
            Actions = PlanActionMask.FileOpenReadOnly, Reason = EventReason.Forbid, Path = "/w/a", Second = "/w/keys/a",
        },
        "deny forbid FileOpenReadOnly - no-keys /w/a /w/keys/a");

    [Fact]
    public void Executable_IsNamedByItsExecId_AndDecidesTheStatements()
    {
        Exec(execId: 7, parent: 0, "/bin/cat");
        Records(
            new SampleBuilder { ExecId = 7, Reason = EventReason.Forbid, Path = "/w/x" },
            "deny forbid FileOpenReadOnly - no-cat /w/x by=/bin/cat");
    }

    [Fact]
    public void Lineage_IsFollowedThroughScripts()
    {
        Exec(execId: 7, parent: 0, "/bin/sh", script: "/w/agent.sh");
        Exec(execId: 8, parent: 7, "/bin/ls");
        Records(
            new SampleBuilder { ExecId = 8, Reason = EventReason.Forbid, Path = "/w/y" },
            "deny forbid FileOpenReadOnly - no-agent /w/y by=/bin/ls");
    }

    [Fact]
    public void UnknownExecId_LeavesTheExecutableOpen() => Records(
        new SampleBuilder { ExecId = 99, Reason = EventReason.Forbid, Path = "/w/keys/k" },
        "deny forbid FileOpenReadOnly - /w/keys/k (the statements that decided are not known)");

    [Fact]
    public void UnknownGeneration_KeepsTheKernelsVerdict() => Records(
        new SampleBuilder { Generation = 5, Reason = EventReason.Forbid, Path = "/w/keys/k" },
        "deny forbid FileOpenReadOnly - /w/keys/k (the statements that decided are not known)");

    [Fact]
    public void StatementsThatSaySomethingElse_AreNotClaimed() => Records(
        new SampleBuilder { Reason = EventReason.Forbid, Path = "/w/fine" },
        "deny forbid FileOpenReadOnly - /w/fine (the statements that decided are not known)");

    [Fact]
    public void Exec_ThatHappened_NamesItsParentAndEveryFile()
    {
        Exec(execId: 7, parent: 0, "/bin/sh", script: "/w/run.sh");
        Assert.Equal(
            ["allow permit ProcessExec - /w/run.sh args=a,b,", "allow permit ProcessExec - /bin/sh args=a,b,"], _audit.Lines);
    }

    [Fact]
    public void Exec_DeniedByItsArguments_NamesTheStatement() => Records(
        new SampleBuilder { Actions = PlanActionMask.ProcessExec, Reason = EventReason.Forbid, Path = "/bin/curl", Arguments = "curl\0-o\0" },
        "deny forbid ProcessExec - no-curl-o /bin/curl args=curl,-o,");

    [Fact]
    public void Exec_KilledBecauseArgumentsChanged_IsARace() => Records(
        new SampleBuilder { Kind = EventKind.Exec, Actions = PlanActionMask.ProcessExec, Reason = EventReason.Arguments, Path = "/bin/curl" },
        "deny exec_race ProcessExec - /bin/curl (the arguments changed between the decision and the start)");

    [Fact]
    public void Endpoint_HasTheNameAndTheAddress() => Records(
        new SampleBuilder
        {
            Kind = EventKind.Endpoint,
            Actions = PlanActionMask.NetworkConnect,
            Reason = EventReason.Forbid,
            EndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 443),
        },
        "deny forbid NetworkConnect - no-evil evil.example 192.0.2.1 443/tcp");

    [Fact]
    public void Endpoint_WithoutAName_IsItsAddress() => Records(
        new SampleBuilder
        {
            Kind = EventKind.Endpoint,
            Verdict = EventVerdict.Allow,
            Reason = EventReason.Permit,
            Actions = PlanActionMask.NetworkConnect,
            EndPoint = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 53),
            Protocol = 17,
        },
        "allow permit NetworkConnect - 2001:db8::1 53/udp");

    [Fact]
    public void Process_NamesTheStatement() => Records(
        new SampleBuilder { Kind = EventKind.Process, Actions = PlanActionMask.ProcessTrace, Reason = EventReason.Forbid },
        "deny forbid ProcessTrace - no-trace");

    [Fact]
    public void CoalescedEvents_KeepTheirCount() => Records(
        new SampleBuilder { Verdict = EventVerdict.Allow, Reason = EventReason.Permit, Path = "/w/a", Count = 40 },
        "allow permit FileOpenReadOnly - /w/a x40");

    [Theory]
    [InlineData(EventReason.Protected, "structural", "leash's own files")]
    [InlineData(EventReason.Structural, "structural", "no policy governs this")]
    [InlineData(EventReason.TooLong, "unresolvable", "the path is too long")]
    [InlineData(EventReason.NoPlan, "enforcement_error", "there was no plan to decide by")]
    [InlineData(EventReason.None, "enforcement_error", "the kernel programs gave no reason")]
    [InlineData(EventReason.Frozen, "structural", "the session is frozen")]
    internal void OtherReasons_AreSpelledOut(EventReason reason, string word, string detail) => Records(
        new SampleBuilder { Kind = EventKind.Structural, Reason = reason, Actions = PlanActionMask.None, Syscall = SyscallNumber.mount },
        $"deny {word} - mount ({detail})");

    [Fact]
    public void Exit_IsNoRecord() => Records(new SampleBuilder { Kind = EventKind.Exit, Actions = PlanActionMask.None });

    [Fact]
    public void Counters_AreReportedOnceEach()
    {
        CounterReport report = new(_audit);
        ulong[] totals = new ulong[KernelCounter.Count];
        totals[KernelCounter.AllowedCoalesced] = 1000;
        totals[KernelCounter.DeniedDropped] = 3;
        totals[KernelCounter.Errors + (int)EventReason.TooLong] = 2;
        report.Write(totals);
        totals[KernelCounter.AllowedDropped] = 7;
        report.Write(totals);
        report.Write(totals);
        Assert.Equal(
            [
                "allow permit - - x1000 (allowed like others before, and not recorded one by one)",
                "deny enforcement_error - - x3 (denied, and the records were lost: the kernel's event buffer was full; denied meanwhile, "
                    + "recorded or not: 2 because the path is too long)",
                "allow permit - - x7 (allowed and not recorded: the kernel's event buffer was full)",
            ],
            _audit.Lines);
    }

    [Fact]
    public void Execs_ThatNothingRuns_AreForgotten()
    {
        for (ulong id = 1; id <= 100; id++)
        {
            Exec(id, parent: id - 1, id % 2 == 0 ? "/bin/a" : "/bin/b");
        }

        _trail.Execs.Forget([.. _trail.Execs.All.Keys], new HashSet<ulong> { 100 });
        Assert.Equal(1, _trail.Execs.Count);
        Assert.Equal(2, _trail.Execs.Find(100)!.Lineage.Count);
    }

    private void Exec(ulong execId, ulong parent, string path, string script = "") => _trail.Accept(new SampleBuilder
    {
        Kind = EventKind.Exec,
        Verdict = EventVerdict.Allow,
        Reason = EventReason.Permit,
        Actions = PlanActionMask.ProcessExec,
        ExecId = execId,
        ParentExecId = parent,
        Path = path,
        Second = script,
        Arguments = "a\0b\0",
    }.Build());

    private void Records(SampleBuilder sample, params ReadOnlySpan<string> expected)
    {
        int before = _audit.Lines.Count;
        _trail.Accept(sample.Build());
        Assert.Equal(expected.ToArray(), _audit.Lines.Skip(before));
    }
}
