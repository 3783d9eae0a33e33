using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

/// <summary>An open object, <c>struct bpf_object *</c>.</summary>
internal sealed class BpfObjectHandle : SafeHandle
{
    public BpfObjectHandle() : base(0, ownsHandle: true)
    {
    }

    internal BpfObjectHandle(nint handle) : this() => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibbpfCalls.bpf_object__close(handle);
        return true;
    }
}

/// <summary>A descriptor of a map, program or link, which the holder closes.</summary>
internal abstract class BpfDescriptor : SafeHandle
{
    private const int F_DUPFD_CLOEXEC = 1030;
    private static int s_open;

    protected BpfDescriptor(int descriptor) : base(-1, ownsHandle: true)
    {
        SetHandle(descriptor);
        Interlocked.Increment(ref s_open);
    }

    /// <summary>How many are open in this process, for tests of leaks.</summary>
    public static int OpenCount => Volatile.Read(ref s_open);

    public override bool IsInvalid => handle < 0;

    /// <summary>The number, for system calls that are not imported with a handle; the caller keeps the handle alive.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle()
    {
        Interlocked.Decrement(ref s_open);
        Kernel.Close((int)handle);
        return true;
    }

    /// <summary>A second descriptor of what a borrowed one names.</summary>
    protected static int Duplicate(int borrowed, string operation) =>
        LibbpfCalls.Check((int)Kernel.Call(SyscallNumber.fcntl, borrowed, F_DUPFD_CLOEXEC, 0), operation);
}

/// <summary>A map's descriptor.</summary>
internal sealed class MapFd(int descriptor) : BpfDescriptor(descriptor)
{
    public static MapFd Copy(int borrowed) => new(Duplicate(borrowed, "duplicate a map's descriptor"));
}

/// <summary>A loaded program's descriptor.</summary>
internal sealed class ProgramFd(int descriptor) : BpfDescriptor(descriptor)
{
    public static ProgramFd Copy(int borrowed) => new(Duplicate(borrowed, "duplicate a program's descriptor"));
}

/// <summary>A link's descriptor: the attachment ends with the last descriptor or pin.</summary>
internal sealed class LinkFd(int descriptor) : BpfDescriptor(descriptor);
