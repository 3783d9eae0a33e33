using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>How the programs that decide on files reach the kernel's decisions.</summary>
internal enum HookKind
{
    /// <summary>As a security module: needs <c>bpf</c> in the kernel's list of them.</summary>
    Lsm,

    /// <summary>By changing what the <c>security_</c> functions return.</summary>
    ModifyReturn,
}

/// <summary>A part of the enforcement that is loaded as a whole: one object, one way of attaching.</summary>
/// <param name="Name">The directory of its pins.</param>
/// <param name="Object">The embedded object.</param>
/// <param name="Hooks">How its <c>lsm/</c> programs are attached; null for objects without such programs.</param>
internal sealed record ProgramComponent(string Name, string Object, HookKind? Hooks)
{
    public static ProgramComponent Network { get; } = new("network", "leash_net.bpf.o", null);

    public static ProgramComponent Files(HookKind kind) => new("files-" + Word(kind), "leash_hooks.bpf.o", kind);

    /// <summary>Opened as it is in the file.</summary>
    public OpenedBpfObject Open() => OpenedBpfObject.Open(BpfObjects.Read(Object), Object[..Object.IndexOf('.', StringComparison.Ordinal)]);

    /// <summary>Opened, with the programs chosen and aimed for this way of attaching.</summary>
    public OpenedBpfObject OpenForLoad()
    {
        OpenedBpfObject opened = Open();
        try
        {
            if (Hooks is { } kind)
            {
                HookSelection.Apply(opened, kind);
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The programs that are pinned on every kernel.</summary>
    public IReadOnlySet<string> Required(OpenedBpfObject opened) => Hooks is null
        ? opened.Programs.Select(p => p.Name).ToHashSet(StringComparer.Ordinal)
        : HookSelection.Required(opened);

    private static string Word(HookKind kind) => kind switch
    {
        HookKind.Lsm => "lsm",
        HookKind.ModifyReturn => "modify-return",
    };
}
