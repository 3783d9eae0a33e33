using System.Collections.Immutable;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>Actions whose requests have the same shape: type of resource, attributes, context.</summary>
internal enum RequestShape
{
    File,
    UnixConnect,
    ProcessExec,
    Process,
    Network,
    Dns,
    Http,
    HttpRewrite,
}

/// <summary>The kind of value that an attribute or context key has.</summary>
internal enum FactType
{
    String,
    StringSet,
    Long,
    Bool,
    IPAddress,
    Headers,
}

/// <summary>The actions, entity types, attributes and context keys that Leash's policies can use.</summary>
internal static class Vocabulary
{
    public const string ActionType = "Action";

    /// <summary>
    /// What something in this build enforces: a statement that is only about other actions is refused. The actions of MCP are in no mask, so
    /// they never are.
    /// </summary>
    public static PlanActionMask Enforced => PlanActionMask.All;

    public static RequestShape[] Shapes { get; } =
    [
        RequestShape.File, RequestShape.UnixConnect, RequestShape.ProcessExec, RequestShape.Process, RequestShape.Network, RequestShape.Dns,
        RequestShape.Http, RequestShape.HttpRewrite,
    ];

    /// <summary>The name that an alias stands for, or the name itself.</summary>
    public static string CanonicalAction(string name) => name switch
    {
        "FileRead" => "FileOpenReadOnly",
        "FileWrite" => "FileOpenReadWrite",
        "McpToolCall" => "McpCall",
        _ => name,
    };

    public static bool IsGroup(string action) => action is "FileOpen" or "FileOpenReadWrite";

    /// <summary>The action and its members; none of an action that plans do not have.</summary>
    public static PlanActionMask MembersOf(string action) => action switch
    {
        "FileOpen" => PlanActionMask.File,
        "FileOpenReadWrite" => PlanActionMask.FileWrite,
        _ => LeafOf(action),
    };

    private static PlanActionMask LeafOf(string name)
    {
        foreach (var action in PlanActionMask.All.Members())
        {
            if (action.Name() == name)
            {
                return action.ToMask();
            }
        }

        return PlanActionMask.None;
    }

    /// <summary>The groups that an action is in, nearest first.</summary>
    public static ImmutableArray<string> GroupsOf(PlanAction action) => action switch
    {
        PlanAction.FileOpenReadOnly or PlanAction.FileOpenReadWrite => ["FileOpen"],
        _ when PlanActionMask.FileWrite.Has(action) => ["FileOpenReadWrite", "FileOpen"],
        _ => [],
    };

    public static EntityUid UidOf(PlanAction action) => new(ActionType, action.Name());

    /// <summary>Another name of a type, or the type itself.</summary>
    public static string CanonicalType(string type) => type switch
    {
        "McpServer" => "MCP::Server",
        "McpTool" => "MCP::Tool",
        _ => type,
    };

    public static PlanActionMask ActionsOf(RequestShape shape) => shape switch
    {
        RequestShape.File => PlanActionMask.File,
        RequestShape.UnixConnect => PlanActionMask.UnixConnect,
        RequestShape.ProcessExec => PlanActionMask.ProcessExec,
        RequestShape.Process => PlanActionMask.Process,
        RequestShape.Network => PlanActionMask.Network,
        RequestShape.Dns => PlanActionMask.DnsQuery,
        RequestShape.Http => PlanActionMask.HttpRequest,
        RequestShape.HttpRewrite => PlanActionMask.HttpRewrite,
    };

    public static string ResourceTypeOf(RequestShape shape) => shape switch
    {
        RequestShape.File or RequestShape.UnixConnect or RequestShape.ProcessExec => "File",
        RequestShape.Process => "Process",
        RequestShape.Network or RequestShape.Dns or RequestShape.Http or RequestShape.HttpRewrite => "Host",
    };

    /// <summary>Whether the address and the port of the host are known.</summary>
    public static bool HasEndpoint(RequestShape shape) => shape is RequestShape.Network or RequestShape.Http or RequestShape.HttpRewrite;

    public static bool HasPath(RequestShape shape) => ResourceTypeOf(shape) == "File";

    public static FactType? PrincipalAttribute(string name) => name switch
    {
        "exe" => FactType.String,
        "lineage" => FactType.StringSet,
        "uid" => FactType.Long,
        _ => null,
    };

    public static FactType? ResourceAttribute(RequestShape shape, string name) => name switch
    {
        "path" when HasPath(shape) => FactType.String,
        "name" when shape != RequestShape.Process => FactType.String,
        _ => null,
    };

    public static FactType? ContextKey(RequestShape shape, string name) => (shape, name) switch
    {
        (RequestShape.UnixConnect, "abstract") => FactType.Bool,
        (RequestShape.ProcessExec, "args") => FactType.StringSet,
        (RequestShape.ProcessExec, "argv0" or "interpreter") => FactType.String,
        (_, "port") when HasEndpoint(shape) => FactType.Long,
        (_, "ip") when HasEndpoint(shape) => FactType.IPAddress,
        (RequestShape.Network, "protocol") => FactType.String,
        (RequestShape.Dns, "type") => FactType.String,
        (RequestShape.Http, "method" or "path" or "query" or "scheme") => FactType.String,
        (RequestShape.Http, "headers") => FactType.Headers,
        (RequestShape.HttpRewrite, "header" or "value" or "operation") => FactType.String,
        _ => null,
    };
}
