using Leash.Interop;

namespace Leash.Bpf.Programs;

/// <summary>Held by the process that loads, adopts or removes programs, or gives out a slot. It ends with its holder.</summary>
internal sealed class StartLock : IDisposable
{
    private const string Folder = "/run/leash";
    private const int LOCK_EX = 2;
    private readonly int _descriptor;

    private StartLock(int descriptor) => _descriptor = descriptor;

    /// <summary>Waits for the other holders.</summary>
    /// <exception cref="BpfStartException">The lock's file cannot be made.</exception>
    public static StartLock Take()
    {
        const int flags = OpenFlags.O_RDWR | OpenFlags.O_CREAT;
        string path = Folder + "/bpf.lock";
        int descriptor = -Errno.EACCES;
        try
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            descriptor = Descriptors.Open(path, flags);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BpfStartException($"cannot make `{Folder}`: {e.Message}", e);
        }

        if (descriptor < 0)
        {
            throw new BpfStartException($"cannot open `{path}`: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(-descriptor)}");
        }

        while (Kernel.Call(SyscallNumber.flock, descriptor, LOCK_EX) == -Errno.EINTR)
        {
            // Interrupted while it waited.
        }

        return new StartLock(descriptor);
    }

    public void Dispose() => Kernel.Close(_descriptor);
}
