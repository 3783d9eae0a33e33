using Leash.Enforcement.Seccomp;
using Leash.Interop;
using Leash.Plan;

namespace Leash.Enforcement.Files;

/// <summary>Opens files on a caller's behalf: resolve, decide on what was resolved, reopen exactly that or create exactly there.</summary>
internal static unsafe class FileOpener
{
    private const int MaxAttempts = 40;

    /// <summary>Returns a descriptor of the supervisor or minus an errno. The path is in the context.</summary>
    public static int Open(SyscallContext context, OpenRequest request)
    {
        // Each turn either ends or follows a dangling link or a file that appeared meanwhile.
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            context.Target.Release();
            int error = context.Services.Resolver.ResolveObject(
                context, request.DirectoryFd, context.Path, request.FollowsLast, context.Target, request.Resolve);
            if (error == 0)
            {
                return OpenExisting(context, request);
            }

            if (error != -Errno.ENOENT || !request.Creates)
            {
                return error;
            }

            int created = Create(context, request);
            if (created != -Errno.EAGAIN)
            {
                return created;
            }
        }

        return -Errno.ELOOP;
    }

    private static int OpenExisting(SyscallContext context, OpenRequest request)
    {
        PathTarget target = context.Target;
        if (request.Has(OpenFlags.O_PATH))
        {
            return Reopen(context, target.Fd, request.Flags & (OpenFlags.O_PATH | OpenFlags.O_DIRECTORY));
        }

        if (request.IsExclusive)
        {
            return -Errno.EEXIST;
        }

        if (target.IsSymlink)
        {
            return request.Has(OpenFlags.O_DIRECTORY) ? -Errno.ENOTDIR : -Errno.ELOOP;
        }

        bool isTemporary = request.Has(OpenFlags.O_TMPFILE);
        if (target.IsDirectory && !isTemporary && (request.Writes || request.Creates))
        {
            return -Errno.EISDIR;
        }

        if (!target.IsAnonymous && !context.PermitPath(ActionsOf(request, target, isTemporary), target.Canonical.Bytes))
        {
            return -Errno.EACCES;
        }

        if (!context.IsStillValid())
        {
            return -Errno.EINTR;
        }

        if (isTemporary)
        {
            FileMask.Take(context);
        }

        if (!request.Writes && FindSubstitute(context, target.Canonical.Bytes) is { } substitute)
        {
            return substitute.Open();
        }

        return target.Type switch
        {
            FileCalls.S_IFCHR => DeviceOpener.Open(context, request),
            FileCalls.S_IFIFO when !request.Has(OpenFlags.O_NONBLOCK) => OpenBlocking(context, request),
            _ => Reopen(context, target.Fd, ReopenFlags(request), request.Mode),
        };
    }

    private static FileSubstitute? FindSubstitute(SyscallContext context, ReadOnlySpan<byte> path)
    {
        foreach (var substitute in context.Services.Options.Substitutes)
        {
            if (path.SequenceEqual(substitute.Path))
            {
                return substitute;
            }
        }

        return null;
    }

    /// <summary>Flags for opening an object that is already resolved.</summary>
    public static int ReopenFlags(OpenRequest request) =>
        (request.Flags & ~(OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW)) | OpenFlags.O_NOCTTY;

    /// <summary>Opens the object behind one of the supervisor's descriptors anew.</summary>
    public static int Reopen(SyscallContext context, int fd, int flags, int mode = 0)
    {
        Span<byte> name = stackalloc byte[16];
        ProcPath.Write(name, default, fd, default);
        return FileCalls.OpenAt(context.Services.Root.SelfFds, name, flags | OpenFlags.O_CLOEXEC, mode & ~SetIdBits);
    }

    private const int SetIdBits = FileCalls.S_ISUID | FileCalls.S_ISGID;

    private static PlanActionMask ActionsOf(OpenRequest request, PathTarget target, bool isTemporary)
    {
        if (isTemporary)
        {
            return PlanActionMask.FileCreate | PlanActionMask.FileOpenReadWrite;
        }

        PlanActionMask actions = request.Writes ? PlanActionMask.FileOpenReadWrite : PlanActionMask.FileOpenReadOnly;
        return request.Has(OpenFlags.O_TRUNC) && target.Type == FileCalls.S_IFREG ? actions | PlanActionMask.FileTruncate : actions;
    }

    // A FIFO waits for its other end.
    private static int OpenBlocking(SyscallContext context, OpenRequest request)
    {
        if (context.TryBlock() is not { } scope)
        {
            return -Errno.EAGAIN;
        }

        using (scope)
        {
            return BlockingCalls.Run(context, static state => Reopen(state.Context, state.Context.Target.Fd, ReopenFlags(state.Request)), (Context: context, Request: request));
        }
    }

    // EAGAIN: the name is a dangling link, whose target is now the path, or somebody was faster: resolve again.
    private static int Create(SyscallContext context, OpenRequest request)
    {
        PathTarget target = context.Target;
        context.Services.Names.EnterReadLock();
        try
        {
            target.Release();
            int error = context.Services.Resolver.ResolveName(context, request.DirectoryFd, context.Path, target, request.Resolve);
            if (error < 0)
            {
                return error;
            }

            if (target.HasTrailingSlash)
            {
                return -Errno.EISDIR;
            }

            int link = FileCalls.ReadLinkAt(target.ParentFd, target.Name.Pointer, context.Link.Pointer, Kernel.PathMax);
            if (link >= 0)
            {
                context.Link.SetLength(link);
                return request.IsExclusive ? -Errno.EEXIST
                    : request.Has(OpenFlags.O_NOFOLLOW) || request.Resolve != 0 ? -Errno.ELOOP
                    : FollowDangling(context);
            }

            PlanActionMask actions = PlanActionMask.FileCreate
                | (request.Writes ? PlanActionMask.FileOpenReadWrite : PlanActionMask.FileOpenReadOnly);
            return context.PermitPath(actions, target.Canonical.Bytes) ? CreateHere(context, request) : -Errno.EACCES;
        }
        finally
        {
            context.Services.Names.ExitReadLock();
        }
    }

    private static int CreateHere(SyscallContext context, OpenRequest request)
    {
        FileMask.Take(context);
        if (!context.IsStillValid())
        {
            return -Errno.EINTR;
        }

        int flags = request.Flags | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW | OpenFlags.O_NOCTTY | OpenFlags.O_CLOEXEC;
        int fd = FileCalls.OpenAt(
            context.Target.ParentFd, context.Target.Name.Pointer, flags, request.Mode & ~SetIdBits);
        return fd == -Errno.EEXIST && !request.IsExclusive ? -Errno.EAGAIN : fd;
    }

    // Where the link points to is resolved and decided from scratch, so a race here only changes which file is asked for.
    private static int FollowDangling(SyscallContext context)
    {
        NativeBuffer link = context.Link;
        NativeBuffer path = context.Path;
        if (link.Length > 0 && link.Bytes[0] == (byte)'/')
        {
            return path.TrySet(link.Bytes) ? -Errno.EAGAIN : -Errno.ENAMETOOLONG;
        }

        ReadOnlySpan<byte> canonical = context.Target.Canonical.Bytes;
        ReadOnlySpan<byte> directory = canonical[..(canonical.LastIndexOf((byte)'/') + 1)];
        return path.TrySet(directory) && path.TryAppend(link.Bytes) ? -Errno.EAGAIN : -Errno.ENAMETOOLONG;
    }
}
