
namespace Leash.Sessions;

/// <summary>Descriptors of a session's cgroup that leash-init needs; -1 for what an old kernel lacks.</summary>
internal sealed record CgroupHandles(string Name, int Processes, int Parent, int Kill);
