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
}

/// <summary>The kind of value that an attribute or context key has.</summary>
internal enum FactType
{
    String,
    StringSet,
    Long,
    Bool,
    IPAddress,
}

/// <summary>The actions, entity types, attributes and context keys that Leash's policies can use.</summary>
internal static class Vocabulary
{
    public const string ActionType = "Action";

    /// <summary>Actions that the language has and that nothing in this build enforces.</summary>
    public static ImmutableArray<string> UnenforcedActions { get; } =
        ["HttpRequest", "HttpRewrite", "McpCall", "McpList", "McpRead", "McpPrompt"];

    private static readonly string[] s_actionAliases = ["FileRead", "FileWrite", "McpToolCall"];

    public static ImmutableArray<string> EntityTypes { get; } =
    [
        "File", "Dir", "Host", "Cidr", "Process", "Exe", "Agent", "Session", "User", "Team", ActionType, "MCP::Server", "MCP::Tool",
    ];

    public static RequestShape[] Shapes { get; } =
    [
        RequestShape.File, RequestShape.UnixConnect, RequestShape.ProcessExec, RequestShape.Process, RequestShape.Network, RequestShape.Dns,
    ];

    /// <summary>For suggestions.</summary>
    public static IEnumerable<string> ActionNames =>
        [.. PlanActionMask.All.Members().Select(action => action.Name()), "FileOpen", .. UnenforcedActions, .. s_actionAliases];

    /// <summary>The name that an alias stands for, or the name itself.</summary>
    public static string CanonicalAction(string name) => name switch
    {
        "FileRead" => "FileOpenReadOnly",
        "FileWrite" => "FileOpenReadWrite",
        "McpToolCall" => "McpCall",
        _ => name,
    };

    public static bool IsKnownAction(string name) => MembersOf(name) != PlanActionMask.None || UnenforcedActions.Contains(name);

    public static bool IsGroup(string action) => action is "FileOpen" or "FileOpenReadWrite";

    /// <summary>The action and its members, as far as something enforces them.</summary>
    public static PlanActionMask MembersOf(string action) => action switch
    {
        "FileOpen" => PlanActionMask.File,
        "FileOpenReadWrite" => PlanActionMask.FileWrite,
        _ => LeafOf(action),
    };

    private static PlanActionMask LeafOf(string name)
    {
        for (var action = PlanAction.FileOpenReadOnly; action <= PlanAction.DnsQuery; action++)
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
    };

    public static string ResourceTypeOf(RequestShape shape) => shape switch
    {
        RequestShape.File or RequestShape.UnixConnect or RequestShape.ProcessExec => "File",
        RequestShape.Process => "Process",
        RequestShape.Network or RequestShape.Dns => "Host",
    };

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
        (RequestShape.Network, "port") => FactType.Long,
        (RequestShape.Network, "protocol") => FactType.String,
        (RequestShape.Network, "ip") => FactType.IPAddress,
        (RequestShape.Dns, "type") => FactType.String,
        _ => null,
    };

    /// <summary>Context keys by the actions that have them, for suggestions and help.</summary>
    public static IEnumerable<string> ContextKeysOf(RequestShape shape) => shape switch
    {
        RequestShape.UnixConnect => ["abstract"],
        RequestShape.ProcessExec => ["args", "argv0", "interpreter"],
        RequestShape.Network => ["port", "protocol", "ip"],
        RequestShape.Dns => ["type"],
        RequestShape.File or RequestShape.Process => [],
    };

    /// <summary>Context keys of actions that nothing enforces yet; a statement may name them beside others.</summary>
    public static bool IsUnenforcedContextKey(string name) =>
        name is "method" or "path" or "query" or "scheme" or "headers" or "header" or "value" or "server" or "tool" or "args" or "transport";
}
