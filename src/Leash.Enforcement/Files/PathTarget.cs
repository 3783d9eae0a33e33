using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>
/// What a path was resolved to: an object (<see cref="Fd"/>) or a name in a directory (<see cref="ParentFd"/>, <see cref="Name"/>),
/// with its canonical path in the agent's root. Reused from call to call.
/// </summary>
internal sealed class PathTarget : IDisposable
{
    private const int MaxName = 4096;

    /// <summary>O_PATH descriptor of the object, or -1.</summary>
    public int Fd { get; set; } = -1;

    /// <summary>O_PATH descriptor of the directory that holds the name, or -1.</summary>
    public int ParentFd { get; set; } = -1;

    /// <summary>The last component; never followed, never empty, possibly <c>.</c> or <c>..</c>.</summary>
    public NativeBuffer Name { get; } = new(MaxName + 1);

    /// <summary>The canonical path: what policies decide on.</summary>
    public NativeBuffer Canonical { get; } = new((2 * Kernel.PathMax) + 2);

    /// <summary>Type and permission bits of the object.</summary>
    public int Mode { get; set; }

    public Statx Stat { get; set; }

    /// <summary>The path ended with a slash, so it must name a directory.</summary>
    public bool HasTrailingSlash { get; set; }

    /// <summary>A pipe, socket, memfd or other object without a name in any file system: the session's own.</summary>
    public bool IsAnonymous { get; set; }

    public int Type => Mode & FileCalls.S_IFMT;

    public bool IsDirectory => Type == FileCalls.S_IFDIR;

    public bool IsSymlink => Type == FileCalls.S_IFLNK;

    public void Release()
    {
        Kernel.Close(Fd);
        Kernel.Close(ParentFd);
        Fd = -1;
        ParentFd = -1;
        Mode = 0;
        IsAnonymous = false;
        HasTrailingSlash = false;
    }

    public void Dispose()
    {
        Release();
        Name.Dispose();
        Canonical.Dispose();
    }
}
