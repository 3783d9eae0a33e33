namespace Leash.Sessions.Native;

/// <summary>
/// A directory for the sockets of terminal multiplexers that a session starts. Their usual one belongs to those outside, which policies
/// keep sessions away from: whoever connects there runs commands outside.
/// </summary>
internal sealed class SocketDirectory : IDisposable
{
    /// <summary>What tmux reads.</summary>
    public const string Variable = "TMUX_TMPDIR";

    private SocketDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes the directory; null when that is not possible, and multiplexers do without.</summary>
    public static SocketDirectory? TryCreate(string sessionId)
    {
        string path = $"/tmp/leash-{sessionId}";
        try
        {
            // Something of that name is someone else's.
            if (System.IO.Path.Exists(path))
            {
                return null;
            }

            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new SocketDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What a session's programs left there and made undeletable stays, as anything else in /tmp.
        }
    }
}
