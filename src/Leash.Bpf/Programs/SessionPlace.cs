using System.Globalization;
using Leash.Interop;

namespace Leash.Bpf.Programs;

/// <summary>A session by its cgroup and its entry in the maps of slots, as its directory of pins is named.</summary>
/// <param name="Cgroup">The cgroup's id.</param>
/// <param name="Slot">Its index.</param>
/// <param name="Owner">The process that began it.</param>
internal sealed record SessionPlace(ulong Cgroup, uint Slot, ProcessStart Owner)
{
    /// <summary>Whether the owner is running; one of another pid namespace may seem not to be.</summary>
    public bool IsOwned => Owner.IsRunning;

    public static SessionPlace? TryParse(string name)
    {
        string[] parts = name.Split('-', 3);
        return parts.Length == 3
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong cgroup)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint slot)
            && ProcessStart.TryParse(parts[2]) is { } owner
            ? new(cgroup, slot, owner)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cgroup}-{Slot}-{Owner}");
}
