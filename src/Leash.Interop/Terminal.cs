using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary><c>struct winsize</c>, asm-generic/termios.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    public ushort ws_row;
    public ushort ws_col;
    public ushort ws_xpixel;
    public ushort ws_ypixel;
}

/// <summary>The C library's <c>struct termios</c> (60 bytes in glibc and musl); what we don't look at is left out.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct TerminalSettings
{
    public uint c_iflag;
    public uint c_oflag;
    public uint c_cflag;
    public uint c_lflag;
}

/// <summary>Terminals and pseudo terminals: termios(3), pty(7), tty_ioctl(4). Results are 0 or minus an errno.</summary>
internal static unsafe partial class Terminal
{
    private const uint TIOCGWINSZ = 0x5413;
    private const uint TIOCSWINSZ = 0x5414;
    private const uint TIOCGPGRP = 0x540f;
    private const uint TIOCGPTPEER = 0x5441;
    private const uint TIOCSPTLCK = 0x40045431;
    private const uint TCGETS = 0x5401;
    private const int TCSADRAIN = 1;
    private const int O_RDWR = 2;
    private const uint OPOST = 1;

    public static bool IsTerminal(int fd)
    {
        byte* kernelSettings = stackalloc byte[256];

        // SAFETY: larger than any kernel termios.
        return Kernel.Call(SyscallNumber.ioctl, fd, (nint)TCGETS, (nint)kernelSettings) == 0;
    }

    public static bool TryGetSettings(int fd, out TerminalSettings settings)
    {
        // SAFETY: the block is larger than the C library's type.
        fixed (TerminalSettings* pointer = &settings)
        {
            return tcgetattr(fd, pointer) == 0;
        }
    }

    /// <summary>Applies settings once pending output is written.</summary>
    public static bool TrySetSettings(int fd, TerminalSettings settings) =>
        // SAFETY: a copy on the stack.
        tcsetattr(fd, TCSADRAIN, &settings) == 0;

    /// <summary>The same terminal with its output processing (newline to carriage return and newline) as <paramref name="model"/> has it, or without.</summary>
    public static TerminalSettings WithOutputProcessing(TerminalSettings settings, TerminalSettings? model)
    {
        settings.c_oflag = (settings.c_oflag & ~OPOST) | ((model?.c_oflag ?? 0) & OPOST);
        return settings;
    }

    /// <summary>The same terminal without echo, line editing, signals and output processing.</summary>
    public static TerminalSettings Raw(TerminalSettings settings)
    {
        // SAFETY: a copy on the stack.
        cfmakeraw(&settings);
        return settings;
    }

    public static bool TryGetWindowSize(int fd, out WindowSize size)
    {
        // SAFETY: the kernel's layout.
        fixed (WindowSize* pointer = &size)
        {
            return Kernel.Call(SyscallNumber.ioctl, fd, (nint)TIOCGWINSZ, (nint)pointer) == 0;
        }
    }

    public static void SetWindowSize(int fd, WindowSize size) =>
        // SAFETY: a copy on the stack.
        Kernel.Call(SyscallNumber.ioctl, fd, (nint)TIOCSWINSZ, (nint)(&size));

    /// <summary>The terminal's foreground process group; minus an errno when it is not ours.</summary>
    public static int ForegroundGroup(int fd)
    {
        int group = 0;

        // SAFETY: the kernel writes one int.
        int result = (int)Kernel.Call(SyscallNumber.ioctl, fd, (nint)TIOCGPGRP, (nint)(&group));
        return result < 0 ? result : group;
    }

    /// <summary>A new pseudo terminal, both sides closed on exec; the slave is not opened by name, so it is this one for certain.</summary>
    public static int OpenPair(out int master, out int slave)
    {
        slave = -1;
        master = FileCalls.OpenAt(Kernel.AtFdCwd, "/dev/ptmx\0"u8, O_RDWR | OpenFlags.O_NOCTTY | OpenFlags.O_CLOEXEC);
        if (master < 0)
        {
            return master;
        }

        int unlocked = 0;

        // SAFETY: the kernel reads one int.
        Kernel.Call(SyscallNumber.ioctl, master, (nint)TIOCSPTLCK, (nint)(&unlocked));
        slave = (int)Kernel.Call(SyscallNumber.ioctl, master, (nint)TIOCGPTPEER, O_RDWR | OpenFlags.O_NOCTTY | OpenFlags.O_CLOEXEC);
        if (slave >= 0)
        {
            return 0;
        }

        int error = slave;
        Kernel.Close(master);
        master = -1;
        return error;
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(int fd, TerminalSettings* settings);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int fd, int when, TerminalSettings* settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(TerminalSettings* settings);
}
