using Leash.Interop;
using Leash.Interop.Libbpf;
using static Leash.Bpf.Probing.Instructions;

namespace Leash.Bpf.Probing;

/// <summary>
/// Whether programs on security hooks load, attach and are called. The last is not implied: programs attach as a security module also where
/// <c>bpf</c> is not in the kernel's list of modules. The hook is that of getsid(2) and the program only counts.
/// </summary>
internal static class HookTrial
{
    public const string LsmTitle = "programs as a security module (LSM)";
    public const string ModifyReturnTitle = "programs that change what a kernel function returns (fmod_ret)";

    private const int MapLookupElem = 1; // BPF_FUNC_map_lookup_elem
    private const string Hook = "task_getsid";

    public static BpfFeature TryLsm()
    {
        // Without its name in the list a program attaches and is never called; that need not be tried.
        string? modules = Modules();
        bool isListed = modules?.Split(',').Contains("bpf") ?? true;
        (bool works, string detail, string? help) =
            isListed ? Try(BpfProgramType.BPF_PROG_TYPE_LSM, BpfAttachType.BPF_LSM_MAC, Hook) : (false, "would never be called", $"boot with `lsm={modules},bpf`");
        return new("bpf_lsm", LsmTitle, works, works ? detail : $"{detail}; security modules: {modules ?? "unknown, securityfs is not mounted"}", help);
    }

    public static BpfFeature TryModifyReturn()
    {
        (bool works, string detail, string? help) =
            Try(BpfProgramType.BPF_PROG_TYPE_TRACING, BpfAttachType.BPF_MODIFY_RETURN, "security_" + Hook);
        return new("bpf_modify_return", ModifyReturnTitle, works, detail, help);
    }

    private static (bool Works, string Detail, string? Help) Try(BpfProgramType type, BpfAttachType attachType, string target)
    {
        if (RefusalOfKind(type, attachType) is { } refusal)
        {
            return (false, refusal.Message.Split('\n')[0], Refusals.Help(refusal.Errno));
        }

        try
        {
            int btfId = LibbpfCalls.Check(LibbpfCalls.libbpf_find_vmlinux_btf_id(target, attachType), $"find `{target}` in the kernel's types");
            using BpfMap counter = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_ARRAY, "leash_probe", sizeof(uint), sizeof(ulong), 1);
            using BpfProgram program = BpfProgram.Load("leash_probe", type, attachType, (uint)btfId, Count(counter));
            using BpfLink link = program.Attach();
            Kernel.Call(SyscallNumber.getsid, Environment.ProcessId);
            return counter.TryLookup(0u, out ulong calls) && calls > 0
                ? (true, "works", null)
                : (false, "attached, and never called", null);
        }
        catch (LibbpfException e)
        {
            return (false, e.Message.Split('\n')[0], Refusals.Help(e.Errno));
        }
    }

    /// <summary>Whether the kernel refuses any such program, which it says before it misses the target: finding one takes a tenth of a second.</summary>
    private static LibbpfException? RefusalOfKind(BpfProgramType type, BpfAttachType attachType)
    {
        try
        {
            BpfProgram.Load("leash_probe", type, attachType, 0, [Set(R0, 0), Exit]).Dispose();
            return null;
        }
        catch (LibbpfException e)
        {
            return e.Errno is Errno.EPERM ? e : null;
        }
    }

    /// <summary>counter[0]++; return 0.</summary>
    private static ulong[] Count(BpfMap counter) =>
    [
        StoreWord(R10, -4, 0),
        Copy(R2, R10),
        Add(R2, -4),
        .. SetMap(R1, counter.Descriptor.Number),
        Call(MapLookupElem),
        SkipIfZero(R0, 2),
        Set(R1, 1),
        AtomicAdd(R0, R1),
        Set(R0, 0),
        Exit,
    ];

    private static string? Modules()
    {
        try
        {
            return File.ReadAllText("/sys/kernel/security/lsm").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
