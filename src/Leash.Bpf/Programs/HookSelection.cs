using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>
/// Chooses and aims the programs of the hooks' object by its own table, <c>leash_hooks</c>: a program without a row is not loaded, and a
/// required row without its place in the kernel fails the start.
/// </summary>
internal static class HookSelection
{
    private const string Table = ".rodata.hooks";

    /// <exception cref="BpfStartException">The kernel lacks a required hook.</exception>
    public static void Apply(OpenedBpfObject opened, HookKind kind)
    {
        using KernelTypes types = KernelTypes.Load();
        ILookup<string, LeashHook> rows = Rows(opened).ToLookup(row => LeashHook.Text(row.program), StringComparer.Ordinal);
        foreach (OpenedProgram program in opened.Programs.ToArray())
        {
            LeashHook? row = rows[program.Name].Where(r => IsThere(types, r, kind)).Cast<LeashHook?>().FirstOrDefault();
            program.SetLoadedWithObject(row is not null);
            if (row is { } chosen)
            {
                Aim(program, chosen, kind);
            }
            else if (rows[program.Name].Any(r => r.is_required != 0))
            {
                throw new BpfStartException($"this kernel has no `{Place(rows[program.Name].First(), kind)}`, without which `{program.Name}` cannot decide");
            }
        }
    }

    /// <summary>The programs that are there on every kernel.</summary>
    public static IReadOnlySet<string> Required(OpenedBpfObject opened) =>
        Rows(opened).Where(row => row.is_required != 0).Select(row => LeashHook.Text(row.program)).ToHashSet(StringComparer.Ordinal);

    private static LeashHook[] Rows(OpenedBpfObject opened) => MemoryMarshal.Cast<byte, LeashHook>(opened.Map(Table).InitialValue).ToArray();

    private static bool IsThere(KernelTypes types, LeashHook row, HookKind kind) =>
        row.kind == HookRowKind.Tracepoint ? types.HasTracepoint(Place(row, kind)) : types.HasFunction(Place(row, kind));

    // A hook of the kernel's: how it is reached depends on the kind of enforcer.
    private static bool IsHook(LeashHook row) => row.kind is HookRowKind.Return or HookRowKind.Void;

    private static string Place(LeashHook row, HookKind kind) =>
        kind == HookKind.Lsm && IsHook(row) ? "bpf_lsm_" + LeashHook.Text(row.hook) : LeashHook.Text(row.function);

    private static void Aim(OpenedProgram program, LeashHook row, HookKind kind)
    {
        if (kind == HookKind.ModifyReturn && IsHook(row))
        {
            BpfAttachType attachType = row.kind == HookRowKind.Return ? BpfAttachType.BPF_MODIFY_RETURN : BpfAttachType.BPF_TRACE_FENTRY;
            program.Retarget(BpfProgramType.BPF_PROG_TYPE_TRACING, attachType, LeashHook.Text(row.function));
        }
    }
}
