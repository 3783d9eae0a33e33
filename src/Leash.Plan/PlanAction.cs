namespace Leash.Plan;

/// <summary>What a process can ask for, as enforcers tell it apart. The names are those of the Cedar actions.</summary>
public enum PlanAction
{
    FileOpenReadOnly,
    FileOpenReadWrite,
    FileCreate,
    FileDelete,
    FileRename,
    FileLink,
    FileTruncate,
    FileMetadata,
    DirCreate,
    DirDelete,
    FileMknod,
    UnixConnect,
    ProcessExec,
    ProcessTrace,
    ProcessSignal,
    NetworkConnect,
    NetworkListen,
    DnsQuery,
    HttpRequest,
    HttpRewrite,
}

/// <summary>A set of <see cref="PlanAction"/>.</summary>
[Flags]
public enum PlanActionMask : uint
{
    None = 0,
    FileOpenReadOnly = 1u << PlanAction.FileOpenReadOnly,
    FileOpenReadWrite = 1u << PlanAction.FileOpenReadWrite,
    FileCreate = 1u << PlanAction.FileCreate,
    FileDelete = 1u << PlanAction.FileDelete,
    FileRename = 1u << PlanAction.FileRename,
    FileLink = 1u << PlanAction.FileLink,
    FileTruncate = 1u << PlanAction.FileTruncate,
    FileMetadata = 1u << PlanAction.FileMetadata,
    DirCreate = 1u << PlanAction.DirCreate,
    DirDelete = 1u << PlanAction.DirDelete,
    FileMknod = 1u << PlanAction.FileMknod,
    UnixConnect = 1u << PlanAction.UnixConnect,
    ProcessExec = 1u << PlanAction.ProcessExec,
    ProcessTrace = 1u << PlanAction.ProcessTrace,
    ProcessSignal = 1u << PlanAction.ProcessSignal,
    NetworkConnect = 1u << PlanAction.NetworkConnect,
    NetworkListen = 1u << PlanAction.NetworkListen,
    DnsQuery = 1u << PlanAction.DnsQuery,
    HttpRequest = 1u << PlanAction.HttpRequest,
    HttpRewrite = 1u << PlanAction.HttpRewrite,

    /// <summary>The write-open and every mutation.</summary>
    FileWrite = FileOpenReadWrite | FileCreate | FileDelete | FileRename | FileLink | FileTruncate | FileMetadata
        | DirCreate | DirDelete | FileMknod,

    /// <summary>Reading and writing.</summary>
    File = FileOpenReadOnly | FileWrite,

    /// <summary>Everything whose resource is a path.</summary>
    Path = File | UnixConnect | ProcessExec,

    /// <summary>Everything whose resource is a process of the session.</summary>
    Process = ProcessTrace | ProcessSignal,

    /// <summary>Everything whose resource is an endpoint.</summary>
    Network = NetworkConnect | NetworkListen,

    /// <summary>What the gateway decides about requests that it has read; nothing else is ever asked about it.</summary>
    Http = HttpRequest | HttpRewrite,

    All = Path | Process | Network | DnsQuery | Http,
}

/// <summary>Conversions between one action and sets of them.</summary>
public static class PlanActions
{
    private const int Count = (int)PlanAction.HttpRewrite + 1;

    /// <summary>The set of just this action.</summary>
    public static PlanActionMask ToMask(this PlanAction action) => (PlanActionMask)(1u << (int)action);

    /// <summary>Whether the set has the action.</summary>
    public static bool Has(this PlanActionMask mask, PlanAction action) => (mask & action.ToMask()) != PlanActionMask.None;

    /// <summary>The members, in the order of the enum.</summary>
    public static IEnumerable<PlanAction> Members(this PlanActionMask mask)
    {
        for (var i = 0; i < Count; i++)
        {
            if (mask.Has((PlanAction)i))
            {
                yield return (PlanAction)i;
            }
        }
    }

    /// <summary>The name of the Cedar action.</summary>
    public static string Name(this PlanAction action) => action switch
    {
        PlanAction.FileOpenReadOnly => "FileOpenReadOnly",
        PlanAction.FileOpenReadWrite => "FileOpenReadWrite",
        PlanAction.FileCreate => "FileCreate",
        PlanAction.FileDelete => "FileDelete",
        PlanAction.FileRename => "FileRename",
        PlanAction.FileLink => "FileLink",
        PlanAction.FileTruncate => "FileTruncate",
        PlanAction.FileMetadata => "FileMetadata",
        PlanAction.DirCreate => "DirCreate",
        PlanAction.DirDelete => "DirDelete",
        PlanAction.FileMknod => "FileMknod",
        PlanAction.UnixConnect => "UnixConnect",
        PlanAction.ProcessExec => "ProcessExec",
        PlanAction.ProcessTrace => "ProcessTrace",
        PlanAction.ProcessSignal => "ProcessSignal",
        PlanAction.NetworkConnect => "NetworkConnect",
        PlanAction.NetworkListen => "NetworkListen",
        PlanAction.DnsQuery => "DnsQuery",
        PlanAction.HttpRequest => "HttpRequest",
        PlanAction.HttpRewrite => "HttpRewrite",
    };
}
