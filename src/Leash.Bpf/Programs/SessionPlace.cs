using System.Globalization;
using Leash.Interop;

namespace Leash.Bpf.Programs;

/// <summary>A session by its cgroup and its entry in the maps of slots, as its directory of pins is named.</summary>
/// <param name="Cgroup">The cgroup's id.</param>
/// <param name="Slot">Its index.</param>
/// <param name="Owner">The process that started it or adopted it last.</param>
internal sealed record SessionPlace(ulong Cgroup, uint Slot, int Owner)
{
    /// <summary>Whether the owner is running; one of another pid namespace may seem not to be.</summary>
    public bool IsOwned => Kernel.Call(SyscallNumber.kill, Owner, 0) != -Errno.ESRCH;

    public static SessionPlace? TryParse(string name)
    {
        string[] parts = name.Split('-');
        return parts.Length == 3
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong cgroup)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint slot)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int owner)
            ? new(cgroup, slot, owner)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cgroup}-{Slot}-{Owner}");
}
