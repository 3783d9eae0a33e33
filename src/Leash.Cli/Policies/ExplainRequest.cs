using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Cedar.Diagnostics;
using Leash.Cli.CommandLine;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Cli.Policies;

/// <summary>The request that <c>leash policy explain</c> was asked about, from its words.</summary>
internal sealed record ExplainRequest
{
    private const int DefaultPort = 443;

    /// <summary>Stands for any address when only a name was given (RFC 5737, documentation).</summary>
    private const string AssumedAddress = "192.0.2.1";

    public required string Action { get; init; }

    public required string Resource { get; init; }

    /// <summary>Executables from the session's first to the current one.</summary>
    public ImmutableArray<string> Lineage { get; init; } = [];

    public ImmutableArray<string> Arguments { get; init; } = [];

    public string? Interpreter { get; init; }

    public string? Address { get; init; }

    public string Protocol { get; init; } = "tcp";

    /// <summary>Headers of a request, or the change of one: <c>NAME: VALUE</c>, or <c>NAME</c> for its removal.</summary>
    public ImmutableArray<string> Headers { get; init; } = [];

    /// <summary>The actions that can be asked about.</summary>
    public PlanActionMask Enforced { get; init; } = PolicyCompiler.Enforced;

    /// <summary>The facts; null, with what is wrong, when the words make none.</summary>
    /// <param name="note">What was assumed, or null.</param>
    /// <param name="error">What is wrong, or null.</param>
    public RequestFacts? ToFacts(out string? note, out UsageError? error)
    {
        note = null;
        error = null;
        if (FindAction() is not { } action)
        {
            var names = Enforced.Members().Select(member => member.Name()).ToList();
            error = new UsageError(
                $"unknown action `{Action}`", Suggestion.DidYouMean(Action, names) ?? $"there are: {string.Join(", ", names)}");
            return null;
        }

        var lineage = Lineage.Select(Encoding.UTF8.GetBytes).ToImmutableArray();
        var principal = lineage.IsEmpty ? PrincipalFacts.Initial : new PrincipalFacts(lineage[^1], lineage);
        if (PlanActionMask.Network.Has(action))
        {
            return EndpointOf(principal, action, Resource, out note, out error);
        }

        if (PlanActionMask.Http.Has(action))
        {
            return action == PlanAction.HttpRequest ? RequestOf(principal, out note, out error) : RewriteOf(principal, out note, out error);
        }

        if (action == PlanAction.DnsQuery)
        {
            return new DnsFacts(principal, Resource.ToLowerInvariant().TrimEnd('.'), "A");
        }

        return PlanActionMask.Process.Has(action) ? new ProcessFacts(principal, action) : PathOf(principal, action, out error);
    }

    private PlanAction? FindAction()
    {
        foreach (var action in Enforced.Members())
        {
            if (string.Equals(action.Name(), Action, StringComparison.Ordinal))
            {
                return action;
            }
        }

        return Action switch
        {
            "FileRead" or "FileOpen" => PlanAction.FileOpenReadOnly,
            "FileWrite" => PlanAction.FileOpenReadWrite,
            _ => null,
        };
    }

    private RequestFacts? PathOf(PrincipalFacts principal, PlanAction action, out UsageError? error)
    {
        var path = Encoding.UTF8.GetBytes(Resource.StartsWith('@') ? Resource : CanonicalPath.Of(Resource));
        error = PathText.IsCanonical(path) ? null : new UsageError($"`{Resource}` is not a path", "give a path, or `@name` for an abstract socket");
        return error is not null ? null : action == PlanAction.ProcessExec
            ? new ExecFacts(
                principal, path, Encoding.UTF8.GetBytes(Path.GetFileName(Resource)), [.. Arguments.Select(Encoding.UTF8.GetBytes)],
                Encoding.UTF8.GetBytes(Interpreter ?? ""))
            : new FileFacts(principal, action, path);
    }

    private HttpFacts? RequestOf(PrincipalFacts principal, out string? note, out UsageError? error)
    {
        note = null;
        if (HttpQuestion.Read(Resource, Headers, out error) is not { } request)
        {
            return null;
        }

        var endpoint = EndpointOf(
            principal, PlanAction.NetworkConnect, string.Create(CultureInfo.InvariantCulture, $"{request.Host}:{request.Port}"), out note, out error);
        return endpoint is null ? null : new HttpFacts(endpoint, request.ToMessage());
    }

    private HttpRewriteFacts? RewriteOf(PrincipalFacts principal, out string? note, out UsageError? error)
    {
        var endpoint = EndpointOf(principal, PlanAction.NetworkConnect, Resource, out note, out error);
        if (endpoint is null)
        {
            return null;
        }

        error = Headers is [_] ? null : new UsageError("which header?", "give one `--header \"NAME: VALUE\"`, or `--header NAME` for its removal");
        return error is null ? new HttpRewriteFacts(endpoint, HttpQuestion.EditOf(Headers[0])) : null;
    }

    private EndpointFacts? EndpointOf(PrincipalFacts principal, PlanAction action, string resource, out string? note, out UsageError? error)
    {
        note = null;
        error = null;
        var (host, port) = SplitPort(resource);
        var name = IPAddress.TryParse(host, out var address) ? null : host.ToLowerInvariant().TrimEnd('.');
        if (name is not null)
        {
            note = Address is null ? $"the address is assumed to be {AssumedAddress}; give the real one by --address when policies look at it" : null;
            if (!IPAddress.TryParse(Address ?? AssumedAddress, out address))
            {
                error = new UsageError($"`{Address}` is not an address", "give an IPv4 or IPv6 address to `--address`");
                return null;
            }
        }

        if (port is < 0 or > 65535 || Protocol is not ("tcp" or "udp"))
        {
            error = new UsageError($"`{resource}` with `{Protocol}` is not an endpoint", "write `HOST:PORT`, and `--protocol tcp` or `udp`");
            return null;
        }

        var protocol = Protocol == "udp" ? TransportProtocol.Udp : TransportProtocol.Tcp;
        var endpoint = new Endpoint(address!, port, protocol, []);
        return new EndpointFacts(principal, action, name, endpoint.IsV4, endpoint.Address, port, protocol);
    }

    private static (string Host, int Port) SplitPort(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']') is > 0 and var close)
        {
            return (text[1..close], close + 1 < text.Length && text[close + 1] == ':' ? Port(text[(close + 2)..]) : DefaultPort);
        }

        var colon = text.LastIndexOf(':');
        return colon > 0 && text.IndexOf(':') == colon ? (text[..colon], Port(text[(colon + 1)..])) : (text, DefaultPort);
    }

    private static int Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : -1;
}
