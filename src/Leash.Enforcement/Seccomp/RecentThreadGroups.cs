namespace Leash.Enforcement.Seccomp;

/// <summary>Thread groups of threads seen within the last second; one per worker, so not shared.</summary>
internal sealed class RecentThreadGroups
{
    private const int Slots = 256;
    private const long LifetimeMilliseconds = 1000;
    private readonly (int Tid, int Tgid, long Read)[] _slots = new (int, int, long)[Slots];

    /// <summary>The thread's group; 0 when the thread is gone.</summary>
    public int Find(int tid)
    {
        long now = Environment.TickCount64;
        ref (int Tid, int Tgid, long Read) slot = ref _slots[tid & (Slots - 1)];
        if (slot.Tid != tid || slot.Tgid == 0 || now - slot.Read > LifetimeMilliseconds)
        {
            slot = (tid, SyscallContext.ReadTgid(tid), now);
        }

        return slot.Tgid;
    }
}
