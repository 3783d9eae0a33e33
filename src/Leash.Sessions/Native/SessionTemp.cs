using System.Globalization;
using Leash.Interop;

namespace Leash.Sessions.Native;

/// <summary>
/// A directory for sockets that belong to this session alone. Programs that meet through a directory per user (tmux does) would otherwise
/// find a server outside, which is denied to them, or leave one for others to find.
/// </summary>
internal sealed class SessionTemp : IDisposable
{
    private const string Parent = "/tmp"; // not TMPDIR: addresses of unix sockets have 107 bytes
    private const string Prefix = "leash-";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private SessionTemp(string path) => Path = path;

    public string Path { get; }

    /// <summary>Where a session of this process has it.</summary>
    public static string PathOf(string sessionId) => string.Create(CultureInfo.InvariantCulture, $"{Parent}/{Prefix}{Environment.ProcessId}-{sessionId}");

    /// <summary>Null when it cannot be made; programs then use what they use without leash.</summary>
    public static SessionTemp? TryCreate(string sessionId)
    {
        string path = PathOf(sessionId);
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // Whoever guessed the name may have made it before us.
        return IsOurs(path) ? new SessionTemp(path) : null;
    }

    /// <summary>Removes it, and those of sessions that were killed.</summary>
    public void Dispose()
    {
        TryRemove(Path);
        try
        {
            foreach (string path in Directory.EnumerateDirectories(Parent, Prefix + "*-*-*"))
            {
                ReadOnlySpan<char> rest = System.IO.Path.GetFileName(path.AsSpan())[Prefix.Length..];
                bool isNamed = int.TryParse(rest[..rest.IndexOf('-')], NumberStyles.None, CultureInfo.InvariantCulture, out int owner);
                if (isNamed && Kernel.Call(SyscallNumber.kill, owner, 0) == -Errno.ESRCH)
                {
                    TryRemove(path);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next session tries again.
        }
    }

    // A directory that only we can change: nobody can swap what is in it for links while it is removed.
    private static bool IsOurs(string path)
    {
        int fd = Descriptors.Open(path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW);
        if (fd < 0)
        {
            return false;
        }

        int error = FileCalls.Stat(fd, out Statx facts);
        Kernel.Close(fd);
        return error == 0 && facts.stx_uid == (uint)Kernel.Call(SyscallNumber.geteuid) && (facts.stx_mode & 0xfff) == (int)OwnerOnly;
    }

    private static void TryRemove(string path)
    {
        try
        {
            if (IsOurs(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Something in it is in use; the next session tries again.
        }
    }
}
