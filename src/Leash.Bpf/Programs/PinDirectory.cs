using System.Globalization;
using System.Security.Cryptography;
using Leash.Bpf.Abi;
using Leash.Interop;

namespace Leash.Bpf.Programs;

/// <summary>
/// The pins of one build, below the bpf file system:
/// <code>
/// leash-ABI-HASH/maps/MAP                 shared by all objects
///                COMPONENT/PROGRAM        the link of an attached program, or a program that is attached to each session's cgroup
///                COMPONENT-new/           while it is being loaded; a crash leaves it, and the next start removes it
///                sessions/CGROUP-SLOT-PID-TIME/ one for each session, which names its owner, with the links of its cgroup
///                sessions/…/PID-TIME/     a process that holds the session, too
///                keepers/PID-TIME/        one for each process that keeps what is here for sessions to come
/// </code>
/// Everything is changed under <see cref="StartLock"/>. The bpf file system refuses names with a dot.
/// </summary>
internal sealed class PinDirectory
{
    public const string Prefix = "leash-";
    private const string NewSuffix = "-new";
    private const int OtherAccess = 0x3f; // of the group and of everybody
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public PinDirectory(string path) => Path = path;

    public string Path { get; }

    public bool Exists => Directory.Exists(Path);

    private string Maps => System.IO.Path.Combine(Path, "maps");

    private string Keepers => System.IO.Path.Combine(Path, "keepers");

    private string Sessions => System.IO.Path.Combine(Path, "sessions");

    /// <summary>The name of this build's directory: other objects or layouts have another one.</summary>
    public static string NameOfBuild()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in BpfObjects.Attached)
        {
            hash.AppendData(BpfObjects.Read(name));
        }

        string digest = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{SessionAbi.AbiVersion}-{digest}");
    }

    /// <summary>Makes it, for us alone. One that somebody else made is removed: only what we pinned is adopted.</summary>
    public void Create()
    {
        if (Exists && !IsOurs())
        {
            Remove();
        }

        foreach (string directory in new[] { Path, Maps, Keepers, Sessions })
        {
            Directory.CreateDirectory(directory, Private);
        }
    }

    public string Map(string name) => System.IO.Path.Combine(Maps, name);

    public bool HasMap(string name) => File.Exists(Map(name));

    public string Component(string name) => System.IO.Path.Combine(Path, name);

    public IEnumerable<string> Components() => Directory.GetDirectories(Path).Select(d => System.IO.Path.GetFileName(d)!)
        .Where(n => n is not ("maps" or "keepers" or "sessions") && !n.EndsWith(NewSuffix, StringComparison.Ordinal));

    /// <summary>An empty directory, which <see cref="Complete"/> puts in place.</summary>
    public string Begin(string component)
    {
        string path = Component(component) + NewSuffix;
        RemoveTree(path);
        Directory.CreateDirectory(path, Private);
        return path;
    }

    public void Complete(string component)
    {
        RemoveTree(Component(component));
        Directory.Move(Component(component) + NewSuffix, Component(component));
    }

    /// <summary>Removes what <see cref="Begin"/> made; attached programs end with their pins.</summary>
    public void Abandon(string component) => RemoveTree(Component(component) + NewSuffix);

    /// <summary>Removes what a load left that ended with its process.</summary>
    public void RemoveUnfinished()
    {
        foreach (string path in Directory.GetDirectories(Path, "*" + NewSuffix))
        {
            RemoveTree(path);
        }
    }

    public void RemoveComponent(string component) => RemoveTree(Component(component));

    /// <summary>Made before a session has any effect, so that what it leaves can be found.</summary>
    public string CreateSession(SessionPlace place)
    {
        string path = SessionPath(place);
        Directory.CreateDirectory(path, Private);
        return path;
    }

    public IReadOnlyList<SessionPlace> ListSessions() => !Directory.Exists(Sessions)
        ? []
        : [.. Directory.GetDirectories(Sessions).Select(d => SessionPlace.TryParse(System.IO.Path.GetFileName(d))).OfType<SessionPlace>()];

    public string SessionPath(SessionPlace place) => System.IO.Path.Combine(Sessions, place.ToString());

    public void RemoveSession(SessionPlace place) => RemoveTree(SessionPath(place));

    /// <summary>Whether its owner or another process that holds it is running.</summary>
    public bool IsHeld(SessionPlace place) => place.IsOwned || Holders(place).Any(holder => holder.IsRunning);

    /// <summary>Names a process that holds a session, too, in place of those that have ended.</summary>
    public void AddHolder(SessionPlace place, ProcessStart holder)
    {
        foreach (ProcessStart gone in Holders(place).Where(holder => !holder.IsRunning).ToList())
        {
            RemoveTree(System.IO.Path.Combine(SessionPath(place), gone.ToString()));
        }

        Directory.CreateDirectory(System.IO.Path.Combine(SessionPath(place), holder.ToString()), Private);
    }

    public bool HasSession(SessionPlace place) => Directory.Exists(SessionPath(place));

    /// <summary>Whether a session is enforced by what is here, also one that is named as another build does, or a process that is running keeps it.</summary>
    public bool IsUsed => (Directory.Exists(Sessions) && Directory.EnumerateDirectories(Sessions).Any()) || (Directory.Exists(Keepers)
        && Directory.GetDirectories(Keepers).Any(keeper => ProcessStart.TryParse(System.IO.Path.GetFileName(keeper)) is { IsRunning: true }));

    public void AddKeeper(ProcessStart keeper) => Directory.CreateDirectory(System.IO.Path.Combine(Keepers, keeper.ToString()), Private);

    public void RemoveKeeper(ProcessStart keeper) => RemoveTree(System.IO.Path.Combine(Keepers, keeper.ToString()));

    public void Remove() => RemoveTree(Path);

    private IEnumerable<ProcessStart> Holders(SessionPlace place) => Directory.GetDirectories(SessionPath(place))
        .Select(path => ProcessStart.TryParse(System.IO.Path.GetFileName(path))).OfType<ProcessStart>();

    private static void RemoveTree(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private bool IsOurs()
    {
        int directory = Descriptors.Open(Path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW);
        if (directory < 0)
        {
            return false;
        }

        int error = FileCalls.Stat(directory, out Statx statx);
        Kernel.Close(directory);
        return error == 0 && statx.stx_uid == Kernel.Call(SyscallNumber.geteuid) && (statx.stx_mode & OtherAccess) == 0;
    }
}
