using Leash.Cli.Audits;
using Leash.Cli.Policies;

namespace Leash.Cli.Daemon;

/// <summary>Where the daemon is found and keeps what another one needs to go on. It is for root alone, and gone with the next boot.</summary>
internal sealed class DaemonPlace(string directory)
{
    public const string Default = "/run/leash";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string StateSuffix = ".json";
    private const string ControlSuffix = ".control";

    /// <summary>Root's, or the user's own: only root's has a daemon, but every session takes changes of its policies.</summary>
    public static DaemonPlace OfUser() => new(ProcessStatus.UserId() == 0 ? Default : Path.Join(StateDirectory.Root(), "run"));

    public string Directory { get; } = directory;

    public string Socket => Path.Join(Directory, "daemon.sock");

    public string Lock => Path.Join(Directory, "daemon.lock");

    /// <summary>Its pid, for people.</summary>
    public string Pid => Path.Join(Directory, "daemon.pid");

    /// <summary>What the daemon could not tell anybody else.</summary>
    public string Errors => Path.Join(Directory, "daemon.log");

    public string StateOf(string id) => Path.Join(Directory, id + StateSuffix);

    public string JournalOf(string id) => Path.Join(Directory, id + ".execs");

    /// <summary>Where a session takes changes of its policy.</summary>
    public string ControlOf(string id) => Path.Join(Directory, id + ControlSuffix);

    public string[] States() => System.IO.Directory.GetFiles(Directory, "*" + StateSuffix);

    /// <summary>Ids of sessions that take changes of their policies.</summary>
    public IEnumerable<string> Sessions() => System.IO.Directory.EnumerateFiles(Directory, "*" + ControlSuffix)
        .Select(path => Path.GetFileName(path)[..^ControlSuffix.Length]);

    public void Create()
    {
        var made = System.IO.Directory.CreateDirectory(Directory, Private);
        if (made.LinkTarget is not null)
        {
            throw new IOException($"`{Directory}` is a symbolic link");
        }

        made.UnixFileMode = Private;
    }
}
