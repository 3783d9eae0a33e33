using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>Removes what sessions and starts left that ended without saying so, of every build. Under <see cref="StartLock"/>.</summary>
internal static class Abandoned
{
    /// <param name="ours">What is about to be used, and stays without sessions.</param>
    public static void Clean(PinDirectory ours)
    {
        // FAIL-CLOSED: without the hierarchy nothing is known to have ended.
        if (CgroupId.FindMount() is not { } hierarchy)
        {
            return;
        }

        foreach (string path in Directory.GetDirectories(Path.GetDirectoryName(ours.Path)!, PinDirectory.Prefix + "*"))
        {
            PinDirectory pins = new(path);
            pins.RemoveUnfinished();
            foreach (SessionPlace place in pins.ListSessions().Where(place => !pins.IsHeld(place) && HasEnded(hierarchy, place)).ToList())
            {
                Forget(pins, place);
                pins.RemoveSession(place);
            }

            if (path != ours.Path && !pins.IsUsed)
            {
                pins.Remove();
            }
        }
    }

    /// <summary>
    /// A session lives as long as those who hold it, who still read its last events and counters when its cgroup is gone, and as its cgroup,
    /// which outlives leash's processes. An empty one is removed first: the kernel refuses that when a process has entered it meanwhile, and
    /// afterwards none can.
    /// </summary>
    private static bool HasEnded(string hierarchy, SessionPlace place) =>
        !CgroupId.Exists(hierarchy, place.Cgroup, out bool isPopulated) || (!isPopulated && CgroupId.TryRemove(hierarchy, place.Cgroup));

    private static void Forget(PinDirectory pins, SessionPlace place)
    {
        if (pins.HasMap(BpfSession.SessionsMap))
        {
            using BpfMap sessions = BpfMap.OpenPinned(pins.Map(BpfSession.SessionsMap));
            sessions.Delete(place.Cgroup);
        }
    }
}
