using System.Globalization;
using System.Text;
using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>A procfs mount that the session can see.</summary>
/// <param name="Major">Device major number.</param>
/// <param name="Minor">Device minor number.</param>
/// <param name="MountPoint">Where it is mounted.</param>
internal sealed record ProcMount(uint Major, uint Minor, byte[] MountPoint);

/// <summary>
/// The session's file system as it was when the session started: its root directory and its procfs mounts. Sessions cannot mount,
/// change root or enter namespaces, so this does not change.
/// </summary>
internal sealed class AgentRoot : IDisposable
{
    private readonly byte[] _prefix;
    private readonly byte[][] _protected;

    private AgentRoot(int rootFd, int selfFds, int hostProc, byte[] prefix, ProcMount[] procMounts, byte[][] protectedPaths)
    {
        RootFd = rootFd;
        SelfFds = selfFds;
        HostProc = hostProc;
        _prefix = prefix;
        ProcMounts = procMounts;
        _protected = protectedPaths;
    }

    /// <summary>O_PATH descriptor of the session's root directory, in the session's mount namespace.</summary>
    public int RootFd { get; }

    /// <summary>The supervisor's own <c>/proc/self/fd</c>: opening <c>N</c> in it reopens exactly the object behind descriptor N.</summary>
    public int SelfFds { get; }

    /// <summary>The supervisor's <c>/proc</c>, with pids as notifications carry them.</summary>
    public int HostProc { get; }

    public IReadOnlyList<ProcMount> ProcMounts { get; }

    /// <summary>Opens the root of a process of the session.</summary>
    /// <exception cref="EnforcementException">The root or procfs cannot be opened.</exception>
    public static AgentRoot Open(int childPid, IReadOnlyList<string> protectedPaths)
    {
        Span<byte> path = stackalloc byte[32];
        ProcPath.Write(path, "/proc/"u8, childPid, "/root"u8);
        int flags = OpenFlags.O_PATH | OpenFlags.O_CLOEXEC | OpenFlags.O_DIRECTORY;
        int root = Require(FileCalls.OpenAt(Kernel.AtFdCwd, path, flags), "open the session's root directory");
        int selfFds = Require(FileCalls.OpenAt(Kernel.AtFdCwd, "/proc/self/fd\0"u8, flags), "open /proc/self/fd");
        int hostProc = Require(FileCalls.OpenAt(Kernel.AtFdCwd, "/proc\0"u8, flags), "open /proc");
        return new AgentRoot(
            root, selfFds, hostProc, ReadPrefix(selfFds, root), ReadProcMounts(childPid), [.. protectedPaths.Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>Whether a canonical path is one of leash's own files, which no policy can open.</summary>
    public bool IsProtected(ReadOnlySpan<byte> canonical)
    {
        foreach (byte[] own in _protected)
        {
            if (canonical.StartsWith(own) && (canonical.Length == own.Length || canonical[own.Length] == (byte)'/'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads the canonical path of a descriptor into the buffer, without a root prefix. Minus an errno when the kernel cannot name it
    /// (ENAMETOOLONG) or it is outside the session's root (EXDEV).
    /// </summary>
    public unsafe int ReadCanonical(int fd, NativeBuffer destination)
    {
        Span<byte> name = stackalloc byte[16];
        ProcPath.Write(name, default, fd, default);
        int length;

        // SAFETY: `name` is zero-terminated; the capacity leaves room for the terminating zero.
        fixed (byte* pointer = name)
        {
            length = FileCalls.ReadLinkAt(SelfFds, pointer, destination.Pointer, destination.Capacity - 1);
        }

        if (length < 0)
        {
            return length;
        }

        destination.SetLength(length);
        return _prefix.Length == 0 ? 0 : StripPrefix(destination);
    }

    /// <summary>The procfs mount with this device, or null.</summary>
    public ProcMount? FindProcMount(in Statx stat)
    {
        foreach (ProcMount mount in ProcMounts)
        {
            if (mount.Major == stat.stx_dev_major && mount.Minor == stat.stx_dev_minor)
            {
                return mount;
            }
        }

        return null;
    }

    public void Dispose()
    {
        Kernel.Close(RootFd);
        Kernel.Close(SelfFds);
        Kernel.Close(HostProc);
    }

    private static int Require(int fd, string operation) => fd >= 0 ? fd : throw new EnforcementException(operation, -fd);

    // A supervisor that itself runs below a changed root sees the session's paths with that directory in front.
    private static unsafe byte[] ReadPrefix(int selfFds, int root)
    {
        Span<byte> name = stackalloc byte[16];
        ProcPath.Write(name, default, root, default);
        using NativeBuffer buffer = new(Kernel.PathMax + 1);

        // SAFETY: `name` is zero-terminated; the buffer owns the capacity given.
        fixed (byte* pointer = name)
        {
            int length = FileCalls.ReadLinkAt(selfFds, pointer, buffer.Pointer, Kernel.PathMax);
            return length <= 1 ? [] : buffer.All[..length].ToArray();
        }
    }

    private static ProcMount[] ReadProcMounts(int childPid)
    {
        List<ProcMount> mounts = [];
        string file = string.Create(CultureInfo.InvariantCulture, $"/proc/{childPid}/mountinfo");
        foreach (string line in File.ReadLines(file))
        {
            int separator = line.IndexOf(" - proc ", StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            string[] fields = line[..separator].Split(' ');
            string[] device = fields[2].Split(':');
            mounts.Add(new ProcMount(
                uint.Parse(device[0], CultureInfo.InvariantCulture), uint.Parse(device[1], CultureInfo.InvariantCulture),
                Encoding.UTF8.GetBytes(fields[4])));
        }

        // Several mounts may share a device; the shortest mount point is the whole file system and prefixes are tried in this order.
        mounts.Sort((left, right) => left.MountPoint.Length.CompareTo(right.MountPoint.Length));
        return [.. mounts];
    }

    private int StripPrefix(NativeBuffer path)
    {
        ReadOnlySpan<byte> bytes = path.Bytes;
        if (bytes.Length > 0 && bytes[0] != (byte)'/')
        {
            return 0;
        }

        if (!bytes.StartsWith(_prefix) || (bytes.Length > _prefix.Length && bytes[_prefix.Length] != (byte)'/'))
        {
            return -Errno.EXDEV;
        }

        int length = bytes.Length - _prefix.Length;
        bytes[_prefix.Length..].CopyTo(path.All);
        if (length == 0)
        {
            path.All[length++] = (byte)'/';
        }

        path.SetLength(length);
        return 0;
    }
}
