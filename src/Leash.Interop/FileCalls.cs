using System.Runtime.InteropServices;
using System.Text;

namespace Leash.Interop;

/// <summary><c>struct open_how</c>, linux/openat2.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    public ulong flags;
    public ulong mode;
    public ulong resolve;
}

/// <summary><c>struct statx</c>, linux/stat.h; the same on every architecture. Timestamps are left as bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Statx
{
    public uint stx_mask;
    public uint stx_blksize;
    public ulong stx_attributes;
    public uint stx_nlink;
    public uint stx_uid;
    public uint stx_gid;
    public ushort stx_mode;
    public ushort __spare0;
    public ulong stx_ino;
    public ulong stx_size;
    public ulong stx_blocks;
    public ulong stx_attributes_mask;
    public fixed byte stx_times[64];
    public uint stx_rdev_major;
    public uint stx_rdev_minor;
    public uint stx_dev_major;
    public uint stx_dev_minor;
    public ulong stx_mnt_id;
    public fixed ulong __spare[13];
}

/// <summary>File system calls on descriptors and raw byte paths. Results are descriptors, counts or 0, or minus an errno.</summary>
internal static unsafe class FileCalls
{
    public const int S_IFMT = 0xF000;
    public const int S_IFSOCK = 0xC000;
    public const int S_IFLNK = 0xA000;
    public const int S_IFREG = 0x8000;
    public const int S_IFBLK = 0x6000;
    public const int S_IFDIR = 0x4000;
    public const int S_IFCHR = 0x2000;
    public const int S_IFIFO = 0x1000;
    public const int S_ISUID = 0x800;
    public const int S_ISGID = 0x400;

    private const int AT_FDCWD = -100;
    private const uint STATX_TYPE = 1;
    private const uint STATX_MODE = 2;
    private const uint STATX_INO = 0x100;

    public static int OpenAt2(int directory, byte* path, int flags, int mode, ulong resolve)
    {
        OpenHow how = new() { flags = (uint)flags, mode = (uint)mode, resolve = resolve };

        // SAFETY: `path` is zero-terminated by contract; `how` is a local.
        return (int)Kernel.Call(SyscallNumber.openat2, directory, (nint)path, (nint)(&how), sizeof(OpenHow));
    }

    public static int OpenAt(int directory, byte* path, int flags, int mode = 0) =>
        // SAFETY: `path` is zero-terminated by contract.
        (int)Kernel.Call(SyscallNumber.openat, directory, (nint)path, flags, mode);

    public static int OpenAt(int directory, ReadOnlySpan<byte> zeroTerminated, int flags, int mode = 0)
    {
        // SAFETY: the span ends with a zero byte by contract.
        fixed (byte* path = zeroTerminated)
        {
            return OpenAt(directory, path, flags, mode);
        }
    }

    /// <summary>Gives a file a second name, unless there is something under it already: EEXIST.</summary>
    public static int Link(string file, string name)
    {
        // SAFETY: both texts end with a zero byte.
        fixed (byte* from = Encoding.UTF8.GetBytes(file + '\0'), to = Encoding.UTF8.GetBytes(name + '\0'))
        {
            return (int)Kernel.Call(SyscallNumber.linkat, AT_FDCWD, (nint)from, AT_FDCWD, (nint)to, 0);
        }
    }

    /// <summary>Length of the target, at most the span's; a full span means it may have been cut.</summary>
    public static int ReadLinkAt(int directory, byte* path, byte* destination, int capacity) =>
        // SAFETY: the caller owns `capacity` bytes at `destination`.
        (int)Kernel.Call(SyscallNumber.readlinkat, directory, (nint)path, (nint)destination, capacity);

    /// <summary>Type, permission bits, inode and device of an open descriptor.</summary>
    public static int Stat(int fd, out Statx statx)
    {
        byte empty = 0;
        return StatAt(fd, &empty, OpenFlags.AT_EMPTY_PATH, out statx);
    }

    public static int StatAt(int directory, byte* path, int flags, out Statx statx)
    {
        // SAFETY: the structure has the kernel's layout and size (checked by the layout test).
        fixed (Statx* pointer = &statx)
        {
            return (int)Kernel.Call(
                SyscallNumber.statx, directory, (nint)path, flags, unchecked((nint)(STATX_TYPE | STATX_MODE | STATX_INO)), (nint)pointer);
        }
    }
}
