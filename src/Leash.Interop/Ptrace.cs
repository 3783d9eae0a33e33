using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>ptrace(2) and wait4(2) for stopping a thread at its exec. All calls for one tracee come from the thread that seized it.</summary>
internal static unsafe class Ptrace
{
    public const int PTRACE_EVENT_EXEC = 4;
    public const int PTRACE_EVENT_STOP = 128;

    private const int PTRACE_DETACH = 17;
    private const int PTRACE_GETREGSET = 0x4204;
    private const int PTRACE_SEIZE = 0x4206;
    private const int PTRACE_INTERRUPT = 0x4207;
    private const int PTRACE_O_TRACEEXEC = 0x10;
    private const int PTRACE_O_EXITKILL = 0x100000;
    private const int NT_PRSTATUS = 1;
    private const int __WNOTHREAD = 0x20000000;
    private const int __WALL = 0x40000000;
    private const int RegistersSize = 512;

    // asm/ptrace.h: index of rsp in user_regs_struct; of sp in user_pt_regs.
    private const int StackPointerX64 = 19 * 8;
    private const int StackPointerArm64 = 31 * 8;

    /// <summary>Attaches without stopping. If this process dies, so does the tracee.</summary>
    public static int Seize(int tid) =>
        (int)Kernel.Call(SyscallNumber.ptrace, PTRACE_SEIZE, tid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);

    public static int Interrupt(int tid) => (int)Kernel.Call(SyscallNumber.ptrace, PTRACE_INTERRUPT, tid);

    /// <summary>Lets the stopped tracee go, with a signal when it stopped for one.</summary>
    public static int Detach(int tid, int signal) => (int)Kernel.Call(SyscallNumber.ptrace, PTRACE_DETACH, tid, 0, signal);

    /// <summary>Waits for a tracee of the calling thread; its id or minus an errno (ECHILD: none is left).</summary>
    public static int Wait(out TraceeState state)
    {
        int status = 0;
        long pid;
        do
        {
            // SAFETY: the kernel writes one int.
            pid = Kernel.Call(SyscallNumber.wait4, -1, (nint)(&status), __WALL | __WNOTHREAD);
        }
        while (pid == -Errno.EINTR);

        state = new TraceeState(status);
        return (int)pid;
    }

    /// <summary>The stopped tracee's stack pointer, or 0.</summary>
    public static ulong ReadStackPointer(int tid)
    {
        byte* registers = stackalloc byte[RegistersSize];
        IoVec vector = new() { iov_base = (nint)registers, iov_len = RegistersSize };

        // SAFETY: the kernel writes at most RegistersSize bytes and says how many in the vector.
        if (Kernel.Call(SyscallNumber.ptrace, PTRACE_GETREGSET, tid, NT_PRSTATUS, (nint)(&vector)) < 0)
        {
            return 0;
        }

        int offset = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? StackPointerArm64 : StackPointerX64;
        return BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(registers + offset, sizeof(ulong)));
    }
}

/// <summary>A status of wait(2).</summary>
/// <param name="Status">The raw value.</param>
internal readonly record struct TraceeState(int Status)
{
    public bool IsStopped => (Status & 0xff) == 0x7f;

    public int StopSignal => (Status >> 8) & 0xff;

    public int Event => Status >> 16;
}
