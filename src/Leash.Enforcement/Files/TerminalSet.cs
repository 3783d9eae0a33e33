using Leash.Interop;

namespace Leash.Enforcement.Files;

/// <summary>
/// The pseudo-terminals that belong to the session: the one it was started on and those it opened itself. Other terminals of the same
/// user are reachable by name and permission bits, and whoever opens one reads its keystrokes.
/// </summary>
internal sealed unsafe class TerminalSet
{
    private const uint TIOCGPTN = 0x80045430;
    private const int FirstSlaveMajor = 136;
    private const int LastSlaveMajor = 143;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly HashSet<int> _indices = [];

    /// <summary>Index in /dev/pts of a process's controlling terminal; -1 when it has none or it is no pseudo-terminal.</summary>
    public static int ReadControllingTerminal(int pid)
    {
        Span<byte> content = stackalloc byte[1024];
        int length = ProcFile.Read(pid, "/stat"u8, content);
        int afterName = length > 0 ? content[..length].LastIndexOf((byte)')') : -1;
        if (afterName < 0)
        {
            return -1;
        }

        // After the name: state, ppid, pgrp, session, tty_nr (proc_pid_stat(5)).
        long device = ProcFile.Number(content[(afterName + 1)..length], 4);
        int major = (int)(device >> 8) & 0xfff;
        int minor = (int)((device & 0xff) | ((device >> 12) & 0xfff00));
        return Index((uint)major, (uint)minor);
    }

    /// <summary>Index in /dev/pts of a terminal device; -1 for any other device.</summary>
    public static int Index(uint major, uint minor) =>
        major is >= FirstSlaveMajor and <= LastSlaveMajor ? ((int)(major - FirstSlaveMajor) * 256) + (int)minor : -1;

    public void Add(int index)
    {
        if (index >= 0)
        {
            lock (_gate)
            {
                _indices.Add(index);
            }
        }
    }

    /// <summary>Adds the terminals that are a process's standard streams.</summary>
    public void AddStandardStreams(int pid)
    {
        Span<byte> path = stackalloc byte[48];
        for (int stream = 0; stream < 3; stream++)
        {
            ProcPath.Write(path[6..], pid, "/fd/"u8, stream);
            "/proc/"u8.CopyTo(path);

            // SAFETY: the path is zero-terminated.
            fixed (byte* pointer = path)
            {
                if (FileCalls.StatAt(Kernel.AtFdCwd, pointer, 0, out Statx stat) == 0
                    && (stat.stx_mode & FileCalls.S_IFMT) == FileCalls.S_IFCHR)
                {
                    Add(Index(stat.stx_rdev_major, stat.stx_rdev_minor));
                }
            }
        }
    }

    /// <summary>Adds the slave of a master that the session has just opened.</summary>
    public void AddSlaveOf(int master)
    {
        int index = -1;

        // SAFETY: the ioctl writes one int.
        if (Kernel.Call(SyscallNumber.ioctl, master, unchecked((nint)TIOCGPTN), (nint)(&index)) == 0)
        {
            Add(index);
        }
    }

    public bool Contains(int index)
    {
        lock (_gate)
        {
            return _indices.Contains(index);
        }
    }
}
