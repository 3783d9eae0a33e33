using System.Runtime.InteropServices;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>The utime family; all are performed as utimensat.</summary>
internal static unsafe class TimeHandlers
{
    private const long NanosecondsPerMicrosecond = 1000;

    public static void Register(HandlerTable table)
    {
        table.Add(SyscallNumber.utime, new ResultHandler(static c => Seconds(c)));
        table.Add(SyscallNumber.utimes, new ResultHandler(static c => Microseconds(c, Kernel.AtFdCwd, 0)));
        table.Add(SyscallNumber.futimesat, new ResultHandler(static c => Microseconds(c, c.ArgInt(0), 1)));
        table.Add(SyscallNumber.utimensat, new ResultHandler(static c => Nanoseconds(c)));
    }

    private static long Seconds(SyscallContext context)
    {
        TimePair times = default;
        if (context.Arg(1) != 0)
        {
            int failed = context.ReadValue(context.Arg(1), out LongPair value);
            if (failed < 0)
            {
                return failed;
            }

            times = new TimePair { AccessSeconds = value.First, ModificationSeconds = value.Second };
        }

        return Set(context, MetadataHandlers.Find(context, Kernel.AtFdCwd, 0, 0), context.Arg(1) == 0 ? null : &times);
    }

    private static long Microseconds(SyscallContext context, int directory, int pathArgument)
    {
        TimePair times = default;
        ulong pointer = context.Arg(pathArgument + 1);
        if (pointer != 0)
        {
            int failed = context.ReadValue(pointer, out times);
            if (failed < 0)
            {
                return failed;
            }

            if ((ulong)times.AccessNanoseconds >= 1_000_000 || (ulong)times.ModificationNanoseconds >= 1_000_000)
            {
                return -Errno.EINVAL;
            }

            times.AccessNanoseconds *= NanosecondsPerMicrosecond;
            times.ModificationNanoseconds *= NanosecondsPerMicrosecond;
        }

        // futimesat with no path acts on the descriptor.
        int found = context.Arg(pathArgument) == 0 && pathArgument == 1
            ? MetadataHandlers.FindDescriptor(context, directory)
            : MetadataHandlers.Find(context, directory, pathArgument, 0);
        return Set(context, found, pointer == 0 ? null : &times);
    }

    private static long Nanoseconds(SyscallContext context)
    {
        TimePair times = default;
        if (context.Arg(2) != 0)
        {
            int failed = context.ReadValue(context.Arg(2), out times);
            if (failed < 0)
            {
                return failed;
            }
        }

        int found = context.Arg(1) == 0
            ? context.ArgInt(3) != 0 ? -Errno.EINVAL : MetadataHandlers.FindDescriptor(context)
            : MetadataHandlers.Find(context, context.ArgInt(0), 1, context.ArgInt(3));
        return Set(context, found, context.Arg(2) == 0 ? null : &times);
    }

    private static long Set(SyscallContext context, int error, TimePair* times)
    {
        error = error < 0 ? error : MetadataHandlers.Permit(context, PlanActionMask.FileMetadata);
        if (error < 0)
        {
            return error;
        }

        if (context.Target.IsSymlink)
        {
            byte empty = 0;

            // SAFETY: an empty string and the caller's local.
            return Kernel.Call(
                SyscallNumber.utimensat, context.Target.Fd, (nint)(&empty), (nint)times, OpenFlags.AT_EMPTY_PATH);
        }

        Span<byte> path = stackalloc byte[32];
        MetadataHandlers.WriteSelfPath(context, path);

        // SAFETY: zero-terminated; `times` is null or the caller's local.
        fixed (byte* pointer = path)
        {
            return Kernel.Call(SyscallNumber.utimensat, Kernel.AtFdCwd, (nint)pointer, (nint)times, 0);
        }
    }

    /// <summary>Two <c>struct timespec</c> (or <c>timeval</c>, which has the same shape).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimePair
    {
        public long AccessSeconds;
        public long AccessNanoseconds;
        public long ModificationSeconds;
        public long ModificationNanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct LongPair
    {
        public readonly long First;
        public readonly long Second;
    }
}
