using System.Globalization;
using System.Runtime.InteropServices;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>Cgroups (version 2) by the number that the kernel programs know them by.</summary>
internal static unsafe class CgroupId
{
    private const int FILEID_KERNFS = 0xfe;

    /// <summary>Where the version 2 hierarchy is mounted, hybrid set-ups included; null when it is not.</summary>
    public static string? FindMount() => FindMount(File.ReadAllText("/proc/self/mountinfo"));

    internal static string? FindMount(string mountInfo)
    {
        foreach (string line in mountInfo.Split('\n'))
        {
            string[] fields = line.Split(' ');
            if (line.Contains(" - cgroup2 ", StringComparison.Ordinal) && fields[3] == "/")
            {
                return fields[4];
            }
        }

        return null;
    }

    /// <summary>Of an open directory.</summary>
    public static ulong Of(int directory)
    {
        // KERNEL: on 64-bit machines the inode's number is the id (kernfs_ino, 5.5).
        int error = FileCalls.Stat(directory, out Statx statx);
        return error < 0 ? throw new LibbpfException("read the cgroup's id", -error) : statx.stx_ino;
    }

    /// <summary>Whether there still is a cgroup of this id, and whether a process is in it or below.</summary>
    /// <param name="mount">Where the hierarchy is mounted.</param>
    /// <param name="id">Its number.</param>
    /// <param name="isPopulated">Whether it has processes.</param>
    public static bool Exists(string mount, ulong id, out bool isPopulated)
    {
        isPopulated = false;
        int hierarchy = Descriptors.Open(mount, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        int directory = hierarchy < 0 ? hierarchy : OpenById(hierarchy, id);
        Kernel.Close(hierarchy);
        if (directory == -Errno.ESTALE)
        {
            return false;
        }

        // FAIL-CLOSED: what cannot be asked about counts as living, so its enforcement stays.
        isPopulated = directory < 0 || IsPopulated(directory);
        Kernel.Close(directory);
        return true;
    }

    /// <summary>Removes a cgroup without processes. After this none can enter it; false when that failed.</summary>
    public static bool TryRemove(string mount, ulong id)
    {
        int hierarchy = Descriptors.Open(mount, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        int directory = hierarchy < 0 ? hierarchy : OpenById(hierarchy, id);
        Kernel.Close(hierarchy);
        if (directory < 0)
        {
            return directory == -Errno.ESTALE;
        }

        try
        {
            string? path = File.ResolveLinkTarget(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory}"), false)?.FullName;
            Directory.Delete(path ?? "");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
        finally
        {
            Kernel.Close(directory);
        }
    }

    private static int OpenById(int hierarchy, ulong id)
    {
        FileHandle handle = new() { handle_bytes = sizeof(ulong), handle_type = FILEID_KERNFS, id = id };

        // SAFETY: a local, whose size it states.
        return (int)Kernel.Call(SyscallNumber.open_by_handle_at, hierarchy, (nint)(&handle), OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
    }

    private static bool IsPopulated(int directory)
    {
        int file = FileCalls.OpenAt(directory, "cgroup.events\0"u8, OpenFlags.O_RDONLY);
        if (file < 0)
        {
            return file != -Errno.ENODEV;
        }

        byte[] content = Descriptors.ReadToEnd(file);
        Kernel.Close(file);
        return content.AsSpan().IndexOf("populated 0"u8) < 0;
    }

    /// <summary><c>struct file_handle</c>, fcntl.h, with a cgroup's id.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct FileHandle
    {
        public uint handle_bytes;
        public int handle_type;
        public ulong id;
    }
}
