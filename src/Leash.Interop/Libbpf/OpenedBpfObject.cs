using System.Runtime.InteropServices;
using System.Text;

namespace Leash.Interop.Libbpf;

/// <summary>
/// An object read from ELF, not yet in the kernel: programs are chosen and retargeted and maps replaced here.
/// <see cref="Load"/> ends this state.
/// </summary>
internal sealed unsafe class OpenedBpfObject : IDisposable
{
    private readonly BpfObjectHandle _handle;
    private readonly string _name;

    private OpenedBpfObject(BpfObjectHandle handle, string name) => (_handle, _name) = (handle, name);

    /// <summary>The programs, in the order of the file.</summary>
    public IEnumerable<OpenedProgram> Programs => List(LibbpfCalls.bpf_object__next_program).Select(p => new OpenedProgram(_handle, p));

    /// <summary>The maps, with those that libbpf makes for global variables.</summary>
    public IEnumerable<OpenedMap> Maps => List(LibbpfCalls.bpf_object__next_map).Select(m => new OpenedMap(_handle, m));

    /// <param name="elf">The object's bytes.</param>
    /// <param name="name">For messages and as the prefix of the maps of global variables.</param>
    /// <exception cref="LibbpfException">The bytes are no object, or libbpf is missing.</exception>
    public static OpenedBpfObject Open(ReadOnlySpan<byte> elf, string name)
    {
        LibbpfLog.Clear();
        byte[] nameBytes = Encoding.UTF8.GetBytes(name + '\0');

        // SAFETY: both are pinned for the call; libbpf copies them.
        fixed (byte* bytes = elf)
        fixed (byte* objectName = nameBytes)
        {
            BpfObjectOpenOptions options = new() { sz = (nuint)sizeof(BpfObjectOpenOptions), object_name = objectName };
            nint pointer = LibbpfCalls.CheckPointer(
                LibbpfCalls.bpf_object__open_mem(bytes, (nuint)elf.Length, &options), $"open the object `{name}`");
            return new OpenedBpfObject(new BpfObjectHandle(pointer), name);
        }
    }

    public OpenedProgram Program(string name) =>
        new(_handle, LibbpfCalls.CheckPointer(LibbpfCalls.bpf_object__find_program_by_name(_handle, name), $"find the program `{name}`"));

    public OpenedMap Map(string name) =>
        new(_handle, LibbpfCalls.CheckPointer(LibbpfCalls.bpf_object__find_map_by_name(_handle, name), $"find the map `{name}`"));

    /// <summary>Creates the maps and loads the programs. This object is used up, also on failure.</summary>
    /// <exception cref="LibbpfException">With the end of the verifier's log.</exception>
    public LoadedBpfObject Load()
    {
        LibbpfLog.Clear();
        try
        {
            LibbpfCalls.Check(LibbpfCalls.bpf_object__load(_handle), $"load the object `{_name}`");
        }
        catch
        {
            Dispose();
            throw;
        }

        return new LoadedBpfObject(_handle);
    }

    public void Dispose() => _handle.Dispose();

    private List<nint> List(Func<BpfObjectHandle, nint, nint> next)
    {
        List<nint> all = [];
        for (nint item = next(_handle, 0); item != 0; item = next(_handle, item))
        {
            all.Add(item);
        }

        return all;
    }
}

/// <summary>A program of an opened object, which it keeps alive.</summary>
internal readonly unsafe struct OpenedProgram(BpfObjectHandle owner, nint program)
{
    public string Name => Marshal.PtrToStringUTF8((nint)LibbpfCalls.bpf_program__name(Pointer)) ?? "";

    /// <summary>The section it is in: <c>lsm/file_open</c>.</summary>
    public string Section => Marshal.PtrToStringUTF8((nint)LibbpfCalls.bpf_program__section_name(Pointer)) ?? "";

    public BpfProgramType Type => LibbpfCalls.bpf_program__type(Pointer);

    public BpfAttachType AttachType => LibbpfCalls.bpf_program__expected_attach_type(Pointer);

    public bool IsLoadedWithObject => LibbpfCalls.bpf_program__autoload(Pointer) != 0;

    private nint Pointer => owner.IsClosed ? throw new ObjectDisposedException(nameof(OpenedBpfObject)) : program;

    /// <summary>Whether <see cref="OpenedBpfObject.Load"/> loads it; a program that it does not load has no descriptor.</summary>
    public void SetLoadedWithObject(bool value) =>
        LibbpfCalls.Check(LibbpfCalls.bpf_program__set_autoload(Pointer, value ? (byte)1 : (byte)0), $"choose the program `{Name}`");

    /// <summary>Makes it another kind of program, for another place of the kernel than its section says.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="attachType">The kind of attachment.</param>
    /// <param name="target">The kernel's function.</param>
    public void Retarget(BpfProgramType type, BpfAttachType attachType, string target)
    {
        string operation = $"retarget the program `{Name}` to `{target}`";
        LibbpfLog.Clear();
        LibbpfCalls.Check(LibbpfCalls.bpf_program__set_type(Pointer, type), operation);
        LibbpfCalls.Check(LibbpfCalls.bpf_program__set_expected_attach_type(Pointer, attachType), operation);
        LibbpfCalls.Check(LibbpfCalls.bpf_program__set_attach_target(Pointer, 0, target), operation);
    }
}

/// <summary>A map of an opened object, which it keeps alive.</summary>
internal readonly unsafe struct OpenedMap(BpfObjectHandle owner, nint map)
{
    public string Name => Marshal.PtrToStringUTF8((nint)LibbpfCalls.bpf_map__name(Pointer)) ?? "";

    /// <summary>Whether libbpf made it for global variables.</summary>
    public bool IsInternal => LibbpfCalls.bpf_map__is_internal(Pointer) != 0;

    private nint Pointer => owner.IsClosed ? throw new ObjectDisposedException(nameof(OpenedBpfObject)) : map;

    /// <summary>Uses a map that exists instead of creating one.</summary>
    public void Reuse(BpfMap existing) =>
        LibbpfCalls.Check(LibbpfCalls.bpf_map__reuse_fd(Pointer, existing.Descriptor), $"use the existing map for `{Name}`");

    public void SetMaxEntries(uint count) =>
        LibbpfCalls.Check(LibbpfCalls.bpf_map__set_max_entries(Pointer, count), $"set the size of the map `{Name}`");

    /// <summary>The map whose shape the inner maps of this one share.</summary>
    public void SetInner(BpfMap template) =>
        LibbpfCalls.Check(LibbpfCalls.bpf_map__set_inner_map_fd(Pointer, template.Descriptor), $"set the inner map of `{Name}`");

    /// <summary>The initial bytes of a map of global variables, to be changed in place.</summary>
    public Span<byte> InitialValue
    {
        get
        {
            nuint size = 0;
            byte* value = LibbpfCalls.bpf_map__initial_value(Pointer, &size);

            // SAFETY: libbpf's own memory of that size, valid until the object is loaded or closed.
            return value is null ? [] : new Span<byte>(value, checked((int)size));
        }
    }
}
