using System.Collections.Concurrent;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Probing;

/// <summary>Finds out by trying what kernel programs this machine allows. Leaves nothing behind.</summary>
internal static class BpfProbe
{
    private const string NotTried = "not tried";
    private static readonly ConcurrentDictionary<HookKind, Lazy<BpfFeature?>> s_missing = new();
    private static readonly Version s_oldest = new(5, 17);

    public static BpfReport Run()
    {
        List<BpfFeature> features = [Root(), KernelVersion(), Cgroups()];
        features.Add(Library());
        bool canTry = features.All(f => f.Works || f.Id == "cgroup2");
        features.Add(Types());
        features.Add(canTry ? Ring() : new("ring_buffer", "ring buffers", false, NotTried));
        features.Add(canTry ? HookTrial.TryLsm() : new("bpf_lsm", HookTrial.LsmTitle, false, NotTried));
        features.Add(canTry ? HookTrial.TryModifyReturn() : new("bpf_modify_return", HookTrial.ModifyReturnTitle, false, NotTried));
        features.Add(canTry ? CgroupTrial.Try() : new("bpf_cgroup", CgroupTrial.Title, false, NotTried));
        features.AddRange(Preemption.Judge(canTry ? Preemption.Read() : PreemptionModel.Unknown, KernelRelease()));
        return new BpfReport(features);
    }

    /// <summary>Why programs on hooks must not be relied on here, although they may load; null when they can be. Tried once in a process.</summary>
    public static BpfFeature? Missing(HookKind kind) => s_missing.GetOrAdd(kind, k => new Lazy<BpfFeature?>(() => FindMissing(k))).Value;

    private static BpfFeature? FindMissing(HookKind kind)
    {
        BpfFeature trial = kind switch
        {
            HookKind.Lsm => HookTrial.TryLsm(),
            HookKind.ModifyReturn => HookTrial.TryModifyReturn(),
        };
        string[] wanted = kind == HookKind.Lsm ? BpfReport.Lsm : BpfReport.ModifyReturn;
        return trial.Works
            ? Preemption.Judge(Preemption.Read(), KernelRelease()).FirstOrDefault(f => !f.Works && wanted.Contains(f.Id))
            : trial;
    }

    /// <summary>The first two numbers of the running kernel's version; 0.0 when it has none.</summary>
    internal static Version KernelRelease() => ParseRelease(File.ReadAllText("/proc/sys/kernel/osrelease"));

    internal static Version ParseRelease(string release)
    {
        string[] parts = release.Split('.', '-');
        return parts.Length > 1 && int.TryParse(parts[0], out int major) && int.TryParse(parts[1], out int minor)
            ? new Version(major, minor)
            : new Version(0, 0);
    }

    private static BpfFeature Root()
    {
        bool isRoot = Kernel.Call(SyscallNumber.geteuid) == 0;
        return new("root", "root", isRoot, isRoot ? "yes" : "no", isRoot ? null : "programs in the kernel are for root to load");
    }

    private static BpfFeature KernelVersion()
    {
        Version release = KernelRelease();
        return new("kernel_version", $"Linux {s_oldest} or later", release >= s_oldest, $"Linux {release}");
    }

    private static BpfFeature Cgroups()
    {
        string? mount = CgroupId.FindMount();
        return new("cgroup2", "cgroups of version 2", mount is not null, mount ?? "not mounted",
            mount is null ? "`mount -t cgroup2 none /sys/fs/cgroup`, or boot with systemd.unified_cgroup_hierarchy=1" : null);
    }

    private static BpfFeature Types()
    {
        bool exists = File.Exists("/sys/kernel/btf/vmlinux");
        return new("btf", "the kernel's types (BTF)", exists, exists ? "/sys/kernel/btf/vmlinux" : "not there",
            exists ? null : "needs a kernel with CONFIG_DEBUG_INFO_BTF");
    }

    private static BpfFeature Library()
    {
        try
        {
            return new("libbpf", "libbpf", true, LibbpfCalls.Version);
        }
        catch (LibbpfException e)
        {
            return new("libbpf", "libbpf", false, "missing", e.Message);
        }
    }

    private static BpfFeature Ring()
    {
        try
        {
            using BpfMap ring = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_RINGBUF, "leash_probe", 0, 0, (uint)Environment.SystemPageSize);
            return new("ring_buffer", "ring buffers", true, "works");
        }
        catch (LibbpfException e)
        {
            return new("ring_buffer", "ring buffers", false, e.Message, Refusals.Help(e.Errno));
        }
    }
}
