using System.Collections.Immutable;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Policy;

namespace Leash.Benchmarks.Hook;

/// <summary>This process, as one of a session; nothing is attached, so it is not held to anything.</summary>
internal sealed class GovernedProcess : IDisposable
{
    private const uint RingBytes = 16 << 20;
    private const string Part = "hooktest";
    private readonly BpfPrograms _programs;
    private readonly BpfSession _session;
    private readonly EventRing _ring;
    private readonly string _cgroup;
    private readonly int _directory;

    public GovernedProcess(string policy)
    {
        string own = File.ReadLines("/proc/self/cgroup").First(l => l.StartsWith("0::", StringComparison.Ordinal))[3..];
        Before = Path.Join(CgroupId.FindMount() ?? throw new InvalidOperationException("cgroups of version 2 are not mounted"), own);
        _cgroup = Path.Join(CgroupId.FindMount(), $"leash-hook-{Environment.ProcessId}");
        Directory.CreateDirectory(_cgroup);
        _directory = Descriptors.Open(_cgroup, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        _programs = BpfPrograms.Start([new ProgramComponent(Part, "leash_hooktest.bpf.o", null)], $"leash-hook-{Environment.ProcessId}");
        _session = _programs.CreateSession(_directory, RingBytes);
        _ring = new EventRing(_session.Ring);
        ImmutableArray<PolicyDocument> documents = [BuiltInPolicies.Base, BuiltInPolicies.Standard, new("user", "bench.cedar", policy)];
        var compiled = PolicyCompiler.Compile(documents, new SessionFacts { Workspace = "/home/alice/app", Home = "/home/alice" });
        var plan = KernelPlanCompiler.Compile(compiled.Plan ?? throw new InvalidOperationException(compiled.Diagnostics[0].ToString()), 1, []);
        _session.SetPlan((plan.Plan ?? throw new InvalidOperationException(plan.Diagnostics[0].ToString())).Bytes.Span);
        _session.Register(new LeashSession { flags = SessionFlags.Files }, _directory);
        Join(_cgroup);
    }

    private string Before { get; }

    public BpfProgram Program(string name) => BpfProgram.OpenPinned(Path.Join(_programs.Directory, Part, name), default);

    /// <summary>Whether every allowed operation is an event, or the first of its kind.</summary>
    public void RecordAll(bool all) => _session.Update(state =>
    {
        state.flags = SessionFlags.Files | (all ? SessionFlags.AllEvents : default);
        return state;
    });

    /// <summary>Reads the events that there are, and how many they were.</summary>
    public int Drain()
    {
        int count = 0;
        while (_ring.Read(_ => { }, 100_000) is > 0 and var read)
        {
            count += read;
            _ring.Release();
        }

        return count;
    }

    public void Dispose()
    {
        Join(Before);
        _ring.Dispose();
        _session.End();
        _session.Dispose();
        _programs.Dispose();
        Interop.Kernel.Close(_directory);
        Directory.Delete(_cgroup);
    }

    private static void Join(string cgroup) => File.WriteAllText(Path.Join(cgroup, "cgroup.procs"), "0");
}
