using Leash.Enforcement.Files;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Sockets;

/// <summary>Unix sockets that have a path.</summary>
internal sealed class UnixPaths(PathResolver resolver)
{
    /// <summary>Decides on the socket that a path names; the address then leads to exactly that object. 0 or minus an errno.</summary>
    public int AuthorizeConnect(SyscallContext context, ReadOnlySpan<byte> path, ref SocketAddress address)
    {
        context.Target.Release();
        context.Path.TrySet(path);
        var error = resolver.ResolveObject(context, Kernel.AtFdCwd, context.Path, isFollowed: true, context.Target);
        if (error < 0)
        {
            return error;
        }

        if (!context.PermitPath(PlanActionMask.UnixConnect, context.Target.Canonical.Bytes))
        {
            return -Errno.EACCES;
        }

        Span<byte> link = stackalloc byte[32];
        var length = ProcPath.Write(link, "/proc/self/fd/"u8, context.Target.Fd, default);
        address = SocketAddress.OfUnixPath(link[..length]);
        return 0;
    }

    /// <summary>Creates a socket file and binds to it. 0 or minus an errno.</summary>
    public int Bind(SyscallContext context, HeldSocket socket, ReadOnlySpan<byte> path)
    {
        var target = context.Target;
        context.Path.TrySet(path);
        var error = resolver.ResolveName(context, Kernel.AtFdCwd, context.Path, target);
        if (error < 0)
        {
            return error;
        }

        if (target.HasTrailingSlash)
        {
            return -Errno.ENOENT;
        }

        if (!context.PermitPath(PlanActionMask.FileCreate, target.Canonical.Bytes))
        {
            return -Errno.EACCES;
        }

        var umask = ReadUmask(context.Tid);
        context.Services.Names.EnterReadLock();
        try
        {
            return context.IsStillValid() ? BindIn(target, socket, umask) : -Errno.EINTR;
        }
        finally
        {
            context.Services.Names.ExitReadLock();
        }
    }

    /// <summary>
    /// The bare name is bound in the resolved directory, so no path is walked again, and any name that fits the caller's address fits ours.
    /// PRECONDITION: working directory and file-creation mask are the worker thread's own (<see cref="WorkerCredentials.Prepare"/>).
    /// </summary>
    private static int BindIn(PathTarget target, HeldSocket socket, int umask)
    {
        var entered = (int)Kernel.Call(SyscallNumber.fchdir, target.ParentFd);
        if (entered < 0)
        {
            return entered;
        }

        var previous = Kernel.Call(SyscallNumber.umask, umask);
        var result = SocketCalls.Bind(socket.Fd, SocketAddress.OfUnixPath(target.Name.Bytes).Bytes);
        Kernel.Call(SyscallNumber.umask, (nint)previous);
        LeaveDirectory();
        return result;
    }

    private static unsafe void LeaveDirectory()
    {
        // SAFETY: a zero-terminated constant.
        fixed (byte* root = "/\0"u8)
        {
            Kernel.Call(SyscallNumber.chdir, (nint)root);
        }
    }

    private static int ReadUmask(int tid)
    {
        Span<byte> content = stackalloc byte[512];
        var length = ProcFile.Read(tid, "/status"u8, content);
        var line = length <= 0 ? default : ProcFile.LineOf(content[..length], "Umask:"u8);
        var umask = 0;
        foreach (var digit in line.IsEmpty ? default : line["Umask:"u8.Length..].Trim((byte)'\t'))
        {
            umask = (umask << 3) | (digit - '0');
        }

        // FAIL-CLOSED: a caller that is gone creates nothing that others could open.
        return line.IsEmpty ? 0x3F : umask;
    }
}
