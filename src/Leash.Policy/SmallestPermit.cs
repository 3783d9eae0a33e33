using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>
/// The smallest statement that permits what was denied for lack of a permit. What a forbid denied, no permit can allow: then the forbid is to
/// be named instead.
/// </summary>
public static class SmallestPermit
{
    /// <summary>The statement for a path, also of an exec or a unix socket; for a process the resource does not matter.</summary>
    /// <param name="action">What was denied.</param>
    /// <param name="resource">The path, decoded by <see cref="PathText.Decode"/>.</param>
    /// <param name="secondResource">The other end of a rename or link, or empty.</param>
    /// <returns>Null when no policy text can name the path: not UTF-8, or not canonical.</returns>
    public static string? ForPath(PlanAction action, string resource, string secondResource = "")
    {
        if (PlanActionMask.Process.Has(action))
        {
            return $"permit (principal, {ActionText(action)}, resource);";
        }

        if (Name(resource) is not { } first)
        {
            return null;
        }

        if (secondResource.Length == 0 || secondResource == resource)
        {
            return $"permit (principal, {ActionText(action)}, resource == {first});";
        }

        return Name(secondResource) is { } second
            ? $"permit (principal, {ActionText(action)}, resource) when {{ resource in [{first}, {second}] }};"
            : null;
    }

    /// <summary>The statement for a connection, a listener or a query.</summary>
    /// <param name="action">What was denied.</param>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port; 0 when there is none.</param>
    /// <returns>Null when it is not the name of a host.</returns>
    public static string? ForHost(PlanAction action, string host, int port)
    {
        if (EntityIds.ReadHost(host).Host is not { Form: HostForm.Name or HostForm.Address } id)
        {
            return null;
        }

        // Names are answered when connecting to them is permitted.
        var permitted = action == PlanAction.DnsQuery ? PlanAction.NetworkConnect : action;
        var isPortKnown = port > 0 && action != PlanAction.DnsQuery;
        var named = !isPortKnown ? id : id with { Form = id.Form == HostForm.Name ? HostForm.NameAndPort : HostForm.AddressAndPort, Port = port };
        return $"permit (principal, {ActionText(permitted)}, resource in {new EntityUid("Host", named.ToString())});";
    }

    /// <summary>The statements for a request.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">In canonical form.</param>
    /// <param name="isConnectPermitted">Whether connecting to the host is permitted already; else a statement for that comes first.</param>
    /// <returns>Null when it is not the name of a host.</returns>
    public static string? ForRequest(string host, int port, string method, string path, bool isConnectPermitted)
    {
        if (ForHost(PlanAction.HttpRequest, host, port) is not { } statement)
        {
            return null;
        }

        var request =
            $"{statement[..^1]} when {{ context.method == {CedarString.Quote(method)} && context.path == {CedarString.Quote(path)} }};";
        return isConnectPermitted ? request : $"{ForHost(PlanAction.NetworkConnect, host, port)}\n{request}";
    }

    private static string ActionText(PlanAction action) => $"action == Action::{CedarString.Quote(action.Name())}";

    private static string? Name(string path)
    {
        var isText = !path.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);
        return isText && !path.Contains("${", StringComparison.Ordinal) && EntityIds.ReadPath("File", path).Path == path
            ? new EntityUid("File", path).ToString()
            : null;
    }
}
