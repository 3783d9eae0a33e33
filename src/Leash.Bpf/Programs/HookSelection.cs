using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>
/// Chooses among the programs of an object for one way of attaching, by their sections:
/// <list type="bullet">
/// <item><c>lsm/X</c> is loaded as it is, or becomes <c>fmod_ret/security_X</c>; not where the object has a program for that itself.</item>
/// <item><c>fmod_ret/security_X</c>, <c>fentry/security_X</c> and <c>fexit/security_X</c> are for <see cref="HookKind.ModifyReturn"/> only.</item>
/// <item>Everything else is for both.</item>
/// <item>With a question mark in front, it is left out where the kernel has no such function; else its absence fails the load.</item>
/// </list>
/// </summary>
internal static class HookSelection
{
    private const string Lsm = "lsm/";
    private const string SleepableLsm = "lsm.s/";
    private const string Security = "security_";

    private static readonly string[] s_modifyReturnOnly = ["fmod_ret/", "fmod_ret.s/", "fentry/", "fentry.s/", "fexit/", "fexit.s/"];

    public static void Apply(OpenedBpfObject opened, HookKind kind)
    {
        List<OpenedProgram> programs = [.. opened.Programs];
        HashSet<string> replaced = [.. programs.Select(SecurityFunction).OfType<string>()];
        foreach (OpenedProgram program in programs)
        {
            bool isOptional = program.Section.StartsWith('?');
            string section = program.Section.TrimStart('?');
            string? hook = HookOf(section);
            if (kind == HookKind.Lsm)
            {
                bool isWanted = SecurityFunction(program) is null && (!isOptional || hook is null || Exists("bpf_lsm_" + hook));
                program.SetLoadedWithObject(isWanted);
            }
            else if (hook is not null)
            {
                UseOnSecurityFunction(program, Security + hook, isOptional, replaced);
            }
            else
            {
                program.SetLoadedWithObject(!isOptional || Exists(section[(section.IndexOf('/', StringComparison.Ordinal) + 1)..]));
            }
        }
    }

    private static void UseOnSecurityFunction(OpenedProgram program, string function, bool isOptional, HashSet<string> replaced)
    {
        bool isWanted = !replaced.Contains(function) && (!isOptional || Exists(function));
        program.SetLoadedWithObject(isWanted);
        if (isWanted)
        {
            program.Retarget(BpfProgramType.BPF_PROG_TYPE_TRACING, BpfAttachType.BPF_MODIFY_RETURN, function);
        }
    }

    private static string? HookOf(string section) =>
        section.StartsWith(Lsm, StringComparison.Ordinal) ? section[Lsm.Length..]
        : section.StartsWith(SleepableLsm, StringComparison.Ordinal) ? section[SleepableLsm.Length..]
        : null;

    private static string? SecurityFunction(OpenedProgram program)
    {
        string section = program.Section.TrimStart('?');
        foreach (string start in s_modifyReturnOnly)
        {
            if (section.StartsWith(start + Security, StringComparison.Ordinal))
            {
                return section[start.Length..];
            }
        }

        return null;
    }

    private static bool Exists(string function) => LibbpfCalls.libbpf_find_vmlinux_btf_id(function, BpfAttachType.BPF_TRACE_FENTRY) > 0;
}
