using System.Runtime.InteropServices;

namespace Leash.Interop;

/// <summary>
/// Starts and waits for one native child. Not <c>System.Diagnostics.Process</c>: that installs a SIGCHLD handler which reaps for the
/// whole process, and costs more at start than everything here.
/// </summary>
internal static unsafe partial class ChildProcess
{
    private const int WNOHANG = 1;
    private const int WaitAllKinds = 0x40000000; // __WALL
    private const int OwnThreadOnly = 0x20000000; // __WNOTHREAD
    private const int ActionsSize = 256; // posix_spawn_file_actions_t: 80 bytes in glibc and musl

    /// <summary>Starts a program with an empty environment and one descriptor handed on. Returns the pid or minus an errno.</summary>
    /// <param name="path">The program's path.</param>
    /// <param name="arguments">All arguments, the program's name first.</param>
    /// <param name="descriptor">The descriptor to hand on.</param>
    /// <param name="number">The number it gets there.</param>
    public static int Spawn(string path, ReadOnlySpan<string> arguments, int descriptor, int number) =>
        Spawn(path, arguments, [], [new(descriptor, number)]);

    /// <summary>Starts a program. Returns the pid or minus an errno.</summary>
    /// <param name="path">The program's path.</param>
    /// <param name="arguments">All arguments, the program's name first.</param>
    /// <param name="environment">Its variables, as NAME=VALUE.</param>
    /// <param name="descriptors">Descriptors to hand on, and the numbers they get there.</param>
    public static int Spawn(string path, ReadOnlySpan<string> arguments, ReadOnlySpan<string> environment, ReadOnlySpan<HandedDescriptor> descriptors)
    {
        byte* actions = stackalloc byte[ActionsSize];
        nint* argv = stackalloc nint[arguments.Length + 1];
        nint* envp = stackalloc nint[environment.Length + 1];
        nint program = Marshal.StringToCoTaskMemUTF8(path);
        Fill(argv, arguments);
        Fill(envp, environment);

        // SAFETY: the action block is larger than the C library's type; strings live until after the call.
        posix_spawn_file_actions_init(actions);
        foreach (HandedDescriptor handed in descriptors)
        {
            posix_spawn_file_actions_adddup2(actions, handed.Descriptor, handed.Number);
        }

        int pid = 0;
        int error = posix_spawn(&pid, program, actions, null, argv, envp);
        posix_spawn_file_actions_destroy(actions);
        Marshal.FreeCoTaskMem(program);
        Free(argv);
        Free(envp);
        return error == 0 ? pid : -error;
    }

    /// <summary>Reaps a child and tells its wait status. The pid, 0 when <paramref name="block"/> is false and it runs, or minus an errno.</summary>
    public static int Wait(int pid, bool block, out int status)
    {
        int value = 0;
        long result;
        do
        {
            // SAFETY: the kernel writes one int.
            result = Kernel.Call(SyscallNumber.wait4, pid, (nint)(&value), WaitAllKinds | (block ? 0 : WNOHANG));
        }
        while (result == -Errno.EINTR);
        status = value;
        return (int)result;
    }

    /// <summary>Reaps what the calling thread started and has ended, without waiting.</summary>
    public static void ReapOwn()
    {
        while (Kernel.Call(SyscallNumber.wait4, -1, 0, WNOHANG | WaitAllKinds | OwnThreadOnly) > 0)
        {
        }
    }

    private static void Fill(nint* target, ReadOnlySpan<string> texts)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            target[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        target[texts.Length] = 0;
    }

    private static void Free(nint* texts)
    {
        for (; *texts != 0; texts++)
        {
            Marshal.FreeCoTaskMem(*texts);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, nint path, byte* actions, byte* attributes, nint* argv, nint* envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);
}

/// <summary>A descriptor that a child gets.</summary>
internal readonly record struct HandedDescriptor(int Descriptor, int Number);
