using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Audit;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Cli.Daemon;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Kernel.Tests.Libbpf;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Kernel.Tests.Daemon;

/// <summary>A session in the kernel without the product around it, and a daemon of its own to hold it.</summary>
internal sealed class HeldBench : IDisposable
{
    public const PlanAction First = PlanAction.FileOpenReadOnly;
    public const PlanAction Second = PlanAction.FileDelete;
    private static readonly ProgramComponent s_emit = new("emit", "leash_emittest.bpf.o", null);
    private static readonly ProgramComponent s_decide = new("decide", "leash_test.bpf.o", null);
    private readonly string _name = $"leash-test-{Guid.NewGuid():N}";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-daemon-");
    private readonly BpfPrograms _programs;
    private readonly BpfSession _session;

    public HeldBench(uint ringBytes = 1 << 16)
    {
        Place = new DaemonPlace(_directory.FullName);
        _programs = BpfPrograms.Start([s_emit, s_decide], _name);
        _session = _programs.CreateSession(Cgroup.Descriptor, ringBytes);
        _session.SetPlan(Pages(1, Documents(First)));
        _session.Register(new LeashSession { flags = SessionFlags.Files }, Cgroup.Descriptor);
        SetPath("/w/file");
    }

    public DaemonPlace Place { get; }

    /// <summary>What the daemon had to say.</summary>
    public string Errors => File.Exists(Place.Errors) ? File.ReadAllText(Place.Errors) : "";

    public TemporaryCgroup Cgroup { get; } = new();

    public string Log => Path.Join(_directory.FullName, "log", "audit.jsonl");

    public bool IsInKernel => _programs.ListSessions().Count > 0;

    public List<AuditEntry> Entries
    {
        get
        {
            using FileStream log = new(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return [.. AuditReader.ReadEntries(log)];
        }
    }

    /// <summary>A policy that allows one of the two actions.</summary>
    public static ImmutableArray<PolicyDocument> Documents(PlanAction allowed) =>
        [new("user", "test.cedar", $"permit (principal, action == Action::\"{allowed}\", resource == File::\"/w/file\");")];

    public static byte[] Pages(ulong generation, ImmutableArray<PolicyDocument> documents) => KernelPlanCompiler
        .Compile(PolicyCompiler.Compile(documents, Facts).Plan!, generation, []).Plan!.Bytes.ToArray();

    public HeldSession Describe(ProcessStart? owner = null) => new()
    {
        Id = "test",
        Owner = owner ?? ProcessStart.OfThis(),
        Log = Log,
        Header = new SessionHeader
        {
            SessionId = "test", Version = "1", Command = ["true"], Workspace = "/w", Mode = "enforce", Enforcer = "bpf-lsm", Policies = [], Machine = "m",
        },
        Pins = _programs.Directory,
        Cgroup = _session.Cgroup,
        CgroupPath = Cgroup.Path,
        Facts = Facts,
        Policies = [new(1, Documents(First))],
    };

    /// <summary>Makes events; how many found no room.</summary>
    public uint Emit(uint first, uint count)
    {
        uint[] run = [_session.Slot, count, first, 0];
        using BpfProgram program = Program(s_emit, "leash_emit");
        program.TestRun(MemoryMarshal.AsBytes(run.AsSpan()));
        if (run[3] > 0)
        {
            Count(KernelCounter.DeniedDropped, run[3]);
        }

        return run[3];
    }

    /// <summary>Decides on both actions at once, so often: how often only one was allowed, by which plan, and how often anything else came out.</summary>
    public (uint OnlyFirst, uint OnlySecond, uint Other) Decide(uint count)
    {
        const uint first = 1u << (int)First, second = 1u << (int)Second;
        const int noPermit = 2; // enum leash_reason
        (uint onlyFirst, uint onlySecond, uint other) = (0, 0, 0);
        using BpfProgram program = Program(s_decide, "leash_decide");
        for (uint i = 0; i < count; i++)
        {
            uint[] question = [_session.Slot, 0, first | second, 1, uint.MaxValue, 0, 0, 0];
            program.TestRun(MemoryMarshal.AsBytes(question.AsSpan()));
            (uint reason, uint denied) = (question[4], question[5]);
            onlyFirst += reason == noPermit && denied == second ? 1u : 0;
            onlySecond += reason == noPermit && denied == first ? 1u : 0;
            other += reason != noPermit || denied is not (first or second) ? 1u : 0;
        }

        return (onlyFirst, onlySecond, other);
    }

    public void KillDaemon()
    {
        int pid = int.Parse(File.ReadAllText(Place.Pid), CultureInfo.InvariantCulture);
        Interop.Kernel.Call(SyscallNumber.kill, pid, 9);
    }

    public void Dispose()
    {
        StopDaemon();
        if (_session.State is not null)
        {
            _session.End();
        }

        _session.Dispose();
        _programs.RemoveUnused();
        _programs.Dispose();
        Cgroup.Dispose();
        _directory.Delete(recursive: true);
    }

    // It would keep the programs for the next session.
    private void StopDaemon()
    {
        if (!File.Exists(Place.Pid))
        {
            return;
        }

        int pid = int.Parse(File.ReadAllText(Place.Pid), CultureInfo.InvariantCulture);
        KillDaemon();
        Assert.True(SpinWait.SpinUntil(() => ProcessStart.Of(pid) is null, TimeSpan.FromSeconds(10)));
    }

    private static SessionFacts Facts => new() { Workspace = "/w", Home = "/root" };

    private BpfProgram Program(ProgramComponent component, string name) =>
        BpfProgram.OpenPinned(Path.Join(_programs.Directory, component.Name, name), default);

    private void Count(int counter, ulong added)
    {
        BpfMap counters = _programs.Map("leash_counters");
        uint key = (_session.Slot * KernelCounter.Count) + (uint)counter;
        byte[] values = new byte[counters.ValueSize];
        counters.TryLookup(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), values);
        BitConverter.TryWriteBytes(values, BitConverter.ToUInt64(values) + added);
        counters.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), values);
    }

    // struct leash_path: a slash stands behind the bytes.
    private void SetPath(string text)
    {
        uint key = 0;
        BpfMap paths = _programs.Map("leash_test_paths");
        byte[] value = new byte[paths.ValueSize];
        byte[] bytes = Encoding.ASCII.GetBytes(text + "/");
        const int start = 4096;
        BitConverter.TryWriteBytes(value, start);
        BitConverter.TryWriteBytes(value.AsSpan(4), bytes.Length - 1);
        BitConverter.TryWriteBytes(value.AsSpan(8), start + text.LastIndexOf('/') + 1);
        int room = value.Length - (2 * 4096) - 320;
        bytes.CopyTo(value, room + start);
        paths.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), value);
    }
}
