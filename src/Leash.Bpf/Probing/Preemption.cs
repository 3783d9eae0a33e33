using System.Globalization;
using Leash.Interop.Libbpf;
using static Leash.Bpf.Probing.Instructions;

namespace Leash.Bpf.Probing;

/// <summary>Where the kernel may take a CPU away from its own code.</summary>
internal enum PreemptionModel
{
    Unknown,

    /// <summary>Only where it gives the CPU up: none or voluntary.</summary>
    Cooperative,

    /// <summary>Anywhere: full, lazy or real-time.</summary>
    Full,
}

/// <summary>
/// KERNEL: a program that is running on a CPU is skipped, as if it allowed, when it is called there again (<c>__bpf_prog_enter_recur</c>):
/// fmod_ret programs on every kernel, LSM programs before 6.2 (271de525e1d7). Preempted inside of one, another task gets there.
/// </summary>
internal static class Preemption
{
    private const int ProbeReadKernel = 113; // BPF_FUNC_probe_read_kernel
    private static readonly Version s_lsmIsNeverSkipped = new(6, 2);

    public static IEnumerable<BpfFeature> Judge(PreemptionModel model, Version release)
    {
        yield return Judge("preemption_lsm", "LSM programs are never skipped", model, release >= s_lsmIsNeverSkipped);
        yield return Judge("preemption_modify_return", "fmod_ret programs are never skipped", model, false);
    }

    public static PreemptionModel Read()
    {
        PreemptionModel model = OfBuild(File.ReadAllText("/proc/sys/kernel/version"));
        return model == PreemptionModel.Unknown ? OfMode(ReadMode() ?? ReadDebugfs()) : model;
    }

    /// <summary>From the flags in the version of a build (init/Makefile); unknown when it is chosen at boot.</summary>
    internal static PreemptionModel OfBuild(string version)
    {
        string[] words = version.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Contains("PREEMPT_DYNAMIC") ? PreemptionModel.Unknown
            : words.Any(w => w.StartsWith("PREEMPT", StringComparison.Ordinal)) ? PreemptionModel.Full
            : PreemptionModel.Cooperative;
    }

    // preempt_dynamic_none, _voluntary; what follows is _full, and _lazy as of 6.13 (kernel/sched/core.c).
    internal static PreemptionModel OfMode(int? mode) => mode switch
    {
        0 or 1 => PreemptionModel.Cooperative,
        null or < 0 => PreemptionModel.Unknown,
        _ => PreemptionModel.Full,
    };

    private static BpfFeature Judge(string id, string title, PreemptionModel model, bool isNeverSkipped)
    {
        // FAIL-CLOSED: a kernel that does not say counts as one that preempts.
        bool works = isNeverSkipped || model == PreemptionModel.Cooperative;
        string detail = model switch
        {
            PreemptionModel.Cooperative => "the kernel does not preempt itself",
            PreemptionModel.Full => "the kernel preempts itself anywhere",
            PreemptionModel.Unknown => "whether the kernel preempts itself cannot be read",
        };
        return new(id, title, works, isNeverSkipped ? "as of Linux 6.2" : detail, works ? null : "boot with `preempt=voluntary`, or use Linux 6.2 or later with `bpf` in `lsm=`");
    }

    /// <summary>The kernel's variable, read by a program that is run once.</summary>
    private static int? ReadMode()
    {
        if (FindSymbol("preempt_dynamic_mode") is not { } address)
        {
            return null;
        }

        ulong[] code =
        [
            StoreWord(R10, -8, -1),
            Copy(R1, R10),
            Add(R1, -8),
            Set(R2, sizeof(int)),
            .. SetLong(R3, address),
            Call(ProbeReadKernel),
            LoadWord(R0, R10, -8),
            Exit,
        ];
        try
        {
            using BpfProgram program = BpfProgram.Load("leash_probe", BpfProgramType.BPF_PROG_TYPE_SYSCALL, BpfAttachType.BPF_CGROUP_INET_INGRESS, 0, code);
            return unchecked((int)program.TestRun([]).Value);
        }
        catch (LibbpfException)
        {
            return null;
        }
    }

    private static ulong? FindSymbol(string name)
    {
        string? line = File.ReadLines("/proc/kallsyms").FirstOrDefault(l => l.EndsWith(" " + name, StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address)
            && address != 0
            ? address
            : null;
    }

    // "none (voluntary) full": the mode in use is in parentheses.
    private static int? ReadDebugfs()
    {
        try
        {
            string[] modes = File.ReadAllText("/sys/kernel/debug/sched/preempt").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string? mode = modes.Select(m => m.Trim()).FirstOrDefault(m => m.StartsWith('('));
            return mode switch { "(none)" => 0, "(voluntary)" => 1, null => null, _ => 2 };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
