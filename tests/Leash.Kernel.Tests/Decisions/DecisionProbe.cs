using System.Runtime.InteropServices;
using Leash.Bpf;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Bpf.Programs;
using Leash.Interop.Libbpf;
using Leash.Plan;

namespace Leash.Kernel.Tests.Decisions;

/// <summary>What <c>leash_decide</c> is asked and answers (<c>struct leash_question</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Question
{
    public uint Slot;
    public uint Principal;
    public PlanActionMask Wanted;
    public uint Repeat;
    public uint ReasonNumber;
    public PlanActionMask Missing;
    public ulong Nanoseconds;

    public readonly EventReason Reason => (EventReason)ReasonNumber;
}

/// <summary>The kernel's decisions on paths by a plan, run by BPF_PROG_TEST_RUN.</summary>
internal sealed class DecisionProbe : IDisposable
{
    private const int BufferSize = 2 * PlanAbi.PathMax;
    private const int BufferRoom = 320;
    private const int BytesOffset = 104;
    private readonly LoadedBpfObject _object;
    private readonly BpfProgram _decide;
    private readonly BpfProgram _compare;
    private readonly BpfMap _plans;
    private readonly BpfMap _paths;
    private BpfMap? _plan;

    public DecisionProbe()
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read("leash_test.bpf.o"), "leash_test");
        _object = opened.Load();
        _decide = _object.GetProgram("leash_decide");
        _compare = _object.GetProgram("leash_compare");
        _plans = _object.GetMap("leash_plans");
        _paths = _object.GetMap("leash_test_paths");
    }

    public void SetPlan(KernelPlan plan) => SetPlan(PlanMap.Load(plan.Bytes.Span));

    /// <summary>Puts pages in force, and owns them.</summary>
    public void SetPlan(BpfMap pages)
    {
        _plans.SetInner(0, pages);
        _plan?.Dispose();
        _plan = pages;
    }

    public Question Ask(ReadOnlySpan<byte> path, PlanActionMask wanted, uint principal = 0, uint repeat = 1)
    {
        SetPath(path);
        return Ask(wanted, principal, repeat);
    }

    /// <summary>Asks about the path that was set last.</summary>
    public Question Ask(PlanActionMask wanted, uint principal = 0, uint repeat = 1)
    {
        var question = new Question { Principal = principal, Wanted = wanted, Repeat = repeat, ReasonNumber = byte.MaxValue };
        var result = _decide.TestRun(MemoryMarshal.AsBytes(new Span<Question>(ref question)));
        return result.Value == 0 ? question : throw new InvalidOperationException("the program found no plan");
    }

    /// <summary>Whether a directory may move from one path to another: everything below has the same verdicts at both.</summary>
    public bool AreSameBelow(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        SetPath(one);
        SetPath(other, place: 1);
        var question = new Question { Wanted = PlanActionMask.DirCreate, ReasonNumber = byte.MaxValue };
        var result = _compare.TestRun(MemoryMarshal.AsBytes(new Span<Question>(ref question)));
        return result.Value == 0 ? question.ReasonNumber == 1 : throw new InvalidOperationException("the program found no plan");
    }

    /// <summary>Writes a path as the walk in the kernel does: at the end of the buffer, with a slash behind.</summary>
    public void SetPath(ReadOnlySpan<byte> path, int place = 0)
    {
        var start = BufferSize - 1 - path.Length;
        var name = path is [(byte)'/', _, ..] ? start + path.LastIndexOf((byte)'/') + 1 : start;
        SetPath(path, start, path.Length, name, place);
    }

    /// <summary>Writes any header.</summary>
    public void SetPath(ReadOnlySpan<byte> path, int start, int length, int name, int place = 0)
    {
        var value = new byte[BytesOffset + BufferSize + BufferRoom];
        Span<int> header = [start, length, name];
        MemoryMarshal.AsBytes(header).CopyTo(value);
        path.CopyTo(value.AsSpan(BytesOffset + BufferSize - 1 - path.Length));
        value[BytesOffset + BufferSize - 1] = (byte)'/';
        _paths.Update(MemoryMarshal.AsBytes(new Span<int>(ref place)), value);
    }

    public void Dispose()
    {
        _plan?.Dispose();
        _decide.Dispose();
        _compare.Dispose();
        _plans.Dispose();
        _paths.Dispose();
        _object.Dispose();
    }
}
