using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

/// <summary>What a program that was run by hand answered.</summary>
/// <param name="Value">Its return value.</param>
/// <param name="Duration">Of one run on average, as the kernel measured it; zero for kinds it does not measure.</param>
internal readonly record struct TestRunResult(uint Value, TimeSpan Duration);

/// <summary>A program in the kernel.</summary>
internal sealed unsafe class BpfProgram : IDisposable
{
    private const uint Sleepable = 1 << 4; // BPF_F_SLEEPABLE, without which no syscall program loads

    internal BpfProgram(ProgramFd descriptor, string name, BpfProgramType type, BpfAttachType attachType) =>
        (Descriptor, Name, Type, AttachType) = (descriptor, name, type, attachType);

    public ProgramFd Descriptor { get; }

    public string Name { get; }

    public BpfProgramType Type { get; }

    public BpfAttachType AttachType { get; }

    /// <summary>What the kernel knows of it.</summary>
    public BpfProgramInfo Info => BpfInfo.Get<BpfProgramInfo>(Descriptor);

    /// <summary>A pinned program. How it attaches is not kept by the kernel, so the caller says it.</summary>
    public static BpfProgram OpenPinned(string path, BpfAttachType attachType)
    {
        ProgramFd descriptor = new(LibbpfCalls.Check(LibbpfCalls.bpf_obj_get(path), $"open the pinned program `{path}`"));
        return new BpfProgram(descriptor, Path.GetFileName(path), BpfInfo.Get<BpfProgramInfo>(descriptor).type, attachType);
    }

    /// <summary>Loads instructions that were made by hand.</summary>
    /// <exception cref="LibbpfException">The kernel refuses them.</exception>
    public static BpfProgram Load(string name, BpfProgramType type, BpfAttachType attachType, uint attachBtfId, ReadOnlySpan<ulong> instructions)
    {
        byte[] log = new byte[LibbpfLog.Capacity];

        // SAFETY: pinned for the call, bounded by the span and the array.
        fixed (ulong* code = instructions)
        fixed (byte* logPointer = log)
        {
            BpfProgramLoadOptions options = new()
            {
                sz = (nuint)sizeof(BpfProgramLoadOptions),
                expected_attach_type = attachType,
                attach_btf_id = attachBtfId,
                prog_flags = type == BpfProgramType.BPF_PROG_TYPE_SYSCALL ? Sleepable : 0,
                log_buf = logPointer,
                log_size = (uint)log.Length,
            };
            int result = LibbpfCalls.bpf_prog_load(type, name, "GPL", code, (nuint)instructions.Length, &options);
            return result >= 0
                ? new BpfProgram(new ProgramFd(result), name, type, attachType)
                : throw new LibbpfException($"load the program `{name}`", -result, Marshal.PtrToStringUTF8((nint)logPointer));
        }
    }

    public void Pin(string path) => LibbpfCalls.Check(LibbpfCalls.bpf_obj_pin(Descriptor, path), $"pin the program `{Name}`");

    /// <summary>Attaches it where it was loaded for: a kernel function or LSM hook.</summary>
    public BpfLink Attach() => Attach(0, "");

    /// <summary>Attaches it to a cgroup's directory.</summary>
    public BpfLink AttachToCgroup(int directory, string name) => Attach(directory, $" to the cgroup `{name}`");

    /// <summary>Runs it once, or <paramref name="repeat"/> times where the kind allows it, without attaching it.</summary>
    /// <param name="context">Its context, which a <c>syscall</c> program may change.</param>
    /// <param name="data">The packet of programs that see one.</param>
    /// <param name="repeat">0 for kinds that cannot be repeated, as <c>syscall</c>.</param>
    public TestRunResult TestRun(Span<byte> context, ReadOnlySpan<byte> data = default, int repeat = 0)
    {
        // SAFETY: pinned for the call; the sizes are the spans'.
        fixed (byte* contextPointer = context)
        fixed (byte* dataPointer = data)
        {
            BpfTestRunOptions options = new()
            {
                sz = (nuint)sizeof(BpfTestRunOptions),
                ctx_in = contextPointer,
                ctx_size_in = (uint)context.Length,
                data_in = dataPointer,
                data_size_in = (uint)data.Length,
                repeat = repeat,
            };
            LibbpfCalls.Check(LibbpfCalls.bpf_prog_test_run_opts(Descriptor, &options), $"run the program `{Name}`");
            return new TestRunResult(options.retval, TimeSpan.FromTicks(options.duration / TimeSpan.NanosecondsPerTick));
        }
    }

    public void Dispose() => Descriptor.Dispose();

    private BpfLink Attach(int target, string where)
    {
        LibbpfLog.Clear();
        int link = LibbpfCalls.bpf_link_create(Descriptor, target, AttachType, null);
        return new BpfLink(new LinkFd(LibbpfCalls.Check(link, $"attach the program `{Name}`{where}")));
    }
}
