using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>The ids of a process that decide what it may touch.</summary>
internal readonly record struct ProcessIds(uint Uid, uint Gid, uint FsUid, uint FsGid);

/// <summary>Credentials of the calling thread, by raw system calls (the C library would change all threads), and of others by procfs.</summary>
internal static unsafe class Credentials
{
    public const int CAP_KILL = 5;
    public const int CAP_SETGID = 6;
    public const int CAP_SETUID = 7;
    public const int CAP_SYS_PTRACE = 19;

    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>The thread's permitted capabilities.</summary>
    public static ulong ReadPermitted()
    {
        CapHeader header = new() { version = CapabilityVersion3 };
        CapData* data = stackalloc CapData[2];

        // SAFETY: version 3 uses two data elements.
        return Kernel.Call(SyscallNumber.capget, (nint)(&header), (nint)data) == 0
            ? data[0].permitted | ((ulong)data[1].permitted << 32)
            : 0;
    }

    /// <summary>Makes these the thread's effective and permitted capabilities, and none inheritable. 0 or minus an errno.</summary>
    public static int Limit(ulong capabilities)
    {
        CapHeader header = new() { version = CapabilityVersion3 };
        CapData* data = stackalloc CapData[2];
        data[0] = new CapData { effective = (uint)capabilities, permitted = (uint)capabilities };
        data[1] = new CapData { effective = (uint)(capabilities >> 32), permitted = (uint)(capabilities >> 32) };

        // SAFETY: version 3 uses two data elements.
        return (int)Kernel.Call(SyscallNumber.capset, (nint)(&header), (nint)data);
    }

    public static bool TryReadProcessIds(int pid, out ProcessIds ids)
    {
        Span<byte> content = stackalloc byte[4096];
        int length = ProcFile.Read(pid, "/status"u8, content);
        ids = default;
        if (length <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> uid = ProcFile.LineOf(content[..length], "Uid:"u8);
        ReadOnlySpan<byte> gid = ProcFile.LineOf(content[..length], "Gid:"u8);
        ids = new ProcessIds(
            (uint)ProcFile.Number(uid, 1), (uint)ProcFile.Number(gid, 1), (uint)ProcFile.Number(uid, 4), (uint)ProcFile.Number(gid, 4));
        return !uid.IsEmpty && !gid.IsEmpty;
    }

    /// <summary>A process's supplementary groups; the count, or -1 when it is gone. More than fit are left out, which only narrows.</summary>
    public static int ReadGroups(int pid, Span<uint> groups)
    {
        Span<byte> content = stackalloc byte[8192];
        int length = ProcFile.Read(pid, "/status"u8, content);
        if (length <= 0)
        {
            return -1;
        }

        ReadOnlySpan<byte> line = ProcFile.LineOf(content[..length], "Groups:"u8);
        int count = 0;
        for (long group; count < groups.Length && (group = ProcFile.Number(line, count + 1)) >= 0; count++)
        {
            groups[count] = (uint)group;
        }

        return count;
    }

    /// <summary>Sets the ids used for file access by this thread and its supplementary groups.</summary>
    public static void UseFileIds(uint uid, uint gid, ReadOnlySpan<uint> groups)
    {
        // SAFETY: the kernel reads `groups.Length` ids.
        fixed (uint* list = groups)
        {
            Kernel.Call(SyscallNumber.setgroups, groups.Length, (nint)list);
        }

        Kernel.Call(SyscallNumber.setfsgid, (nint)gid);
        Kernel.Call(SyscallNumber.setfsuid, (nint)uid);
    }

    /// <summary>Takes another user's real ids for the scope; effective ids, and with them the capabilities, stay.</summary>
    public static RealIdsScope TakeRealIds(uint uid, uint gid) => new(uid, gid);

    [StructLayout(LayoutKind.Sequential)]
    private struct CapHeader
    {
        public uint version;
        public int pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CapData
    {
        public uint effective;
        public uint permitted;
        public uint inheritable;
    }

    internal readonly ref struct RealIdsScope
    {
        private readonly uint _uid;
        private readonly uint _gid;

        public RealIdsScope(uint uid, uint gid)
        {
            _uid = (uint)Kernel.Call(SyscallNumber.getuid);
            _gid = (uint)Kernel.Call(SyscallNumber.getgid);
            Kernel.Call(SyscallNumber.setresgid, (nint)gid, -1, -1);
            Kernel.Call(SyscallNumber.setresuid, (nint)uid, -1, -1);
        }

        public void Dispose()
        {
            Kernel.Call(SyscallNumber.setresuid, (nint)_uid, -1, -1);
            Kernel.Call(SyscallNumber.setresgid, (nint)_gid, -1, -1);
        }
    }
}
