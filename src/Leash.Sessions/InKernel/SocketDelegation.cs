using System.Collections.Concurrent;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Enforcement.Sockets;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Sessions.InKernel;

/// <summary>
/// Tells the programs on the session's cgroup for whom a thread of the supervisor acts. Both sides number the classes of processes their own
/// way; an exec that one side sees is followed on the other.
/// </summary>
internal sealed class SocketDelegation : ISocketDelegation
{
    private const string DelegatesMap = "leash_delegates";
    private readonly KernelPlanReader _reader;
    private readonly BpfMap _delegates;
    private readonly ulong _cgroup;
    private readonly ConcurrentDictionary<int, uint> _principals = new();

    public SocketDelegation(KernelSession session, int initialPrincipal)
    {
        _reader = new KernelPlanReader(session.Plan.Bytes);
        _delegates = session.Programs.Map(DelegatesMap);
        _cgroup = session.Cgroup;
        _principals[initialPrincipal] = _reader.InitialPrincipal;
    }

    public int Begin(int tid, int principal)
    {
        // A class that no exec led to is denied everything.
        uint known = _principals.TryGetValue(principal, out uint found) ? found : PlanAbi.NoPrincipal;
        try
        {
            LeashDelegate acts = new() { Cgroup = _cgroup, Principal = known, Tid = (uint)tid };
            _delegates.Update((uint)Kernel.Call(SyscallNumber.gettid), in acts);
            return 0;
        }
        catch (LibbpfException e)
        {
            return -e.Errno;
        }
    }

    public void End() => _delegates.Delete((uint)Kernel.Call(SyscallNumber.gettid));

    public void Move(int before, int after, ReadOnlySpan<byte> binary, ReadOnlySpan<byte> script)
    {
        if (!_principals.ContainsKey(after) && _principals.TryGetValue(before, out uint known))
        {
            _principals[after] = _reader.Move(known, binary, script);
        }
    }
}
