using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Sessions;

/// <summary>A session of the machine's kernel programs, as its holder uses it.</summary>
/// <param name="programs">Borrowed.</param>
/// <param name="session">Disposed with this.</param>
/// <param name="cgroupPath">Of the session, for its processes.</param>
internal sealed class BpfSessionKernel(BpfPrograms programs, BpfSession session, string cgroupPath) : ISessionKernel
{
    private const string ClassesMap = "leash_exec_classes";
    private const string TasksMap = "leash_tasks";

    private readonly EventRing _ring = new(session.Ring);

    public void SetPending(ReadOnlySpan<byte> pages) => session.SetPending(pages);

    public void CommitPending() => session.CommitPending();

    public void AbandonPending() => session.AbandonPending();

    public bool TryEnterClass(ulong generation, ulong execId, uint principal)
    {
        try
        {
            programs.Map(ClassesMap).Update(new ExecKey { generation = generation, exec_id = execId }, in principal, BpfUpdate.BPF_NOEXIST);
            return true;
        }
        catch (LibbpfException e) when (e.Errno == Errno.EEXIST)
        {
            return false;
        }
    }

    public void RemoveClass(ulong generation, ulong execId) =>
        programs.Map(ClassesMap).Delete(new ExecKey { generation = generation, exec_id = execId });

    public void AwaitPrograms() => session.AwaitPrograms();

    // Without the programs for files nothing keeps identities of tasks, and no plan asks for them.
    public IReadOnlySet<ulong> LivingExecs()
    {
        HashSet<ulong> living = [];
        if (!programs.Has(TasksMap))
        {
            return living;
        }

        BpfMap tasks = programs.Map(TasksMap);
        foreach (int pid in Processes(cgroupPath))
        {
            int descriptor = (int)Kernel.Call(SyscallNumber.pidfd_open, pid, 0);
            if (descriptor >= 0 && tasks.TryLookup(descriptor, out LeashTask task) && task.exec_id != 0)
            {
                living.Add(task.exec_id);
            }

            Kernel.Close(descriptor);
        }

        return living;
    }

    public void ReadCounters(Span<ulong> totals) => session.ReadCounters(totals);

    public void Wait(int milliseconds, int wake) => _ring.Wait(milliseconds, wake);

    public ulong EventsEnd => _ring.End;

    public int Read(SampleHandler handler, int limit, ulong end) => _ring.Read(handler, limit, end);

    public void Release() => _ring.Release();

    public void Freeze() => session.Update(state =>
    {
        state.flags |= SessionFlags.Frozen;
        return state;
    });

    public void End() => session.End();

    public void Dispose()
    {
        _ring.Dispose();
        session.Dispose();
    }

    private static List<int> Processes(string cgroup)
    {
        List<int> pids = [];
        try
        {
            foreach (string directory in Directory.EnumerateDirectories(cgroup, "*", SearchOption.AllDirectories).Prepend(cgroup))
            {
                pids.AddRange(File.ReadLines(Path.Join(directory, "cgroup.procs")).Select(int.Parse));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cgroup below was removed, so it had no processes.
        }

        return pids;
    }

    /// <summary>Key of <c>leash_exec_classes</c> (<c>struct leash_exec_key</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ExecKey
    {
        public ulong generation;
        public ulong exec_id;
    }
}
