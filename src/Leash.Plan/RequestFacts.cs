using System.Collections.Immutable;

namespace Leash.Plan;

/// <summary>What is known of the process that asks.</summary>
/// <param name="Exe">The path of its executable; empty before the first exec of a session.</param>
/// <param name="Lineage">The executables and scripts that it runs and descends from, <paramref name="Exe"/> included.</param>
public sealed record PrincipalFacts(byte[] Exe, ImmutableArray<byte[]> Lineage)
{
    /// <summary>The first process of a session before it has run anything.</summary>
    public static PrincipalFacts Initial { get; } = new([], []);
}

/// <summary>One request with all facts spelt out, for the reference interpreter and for explanations.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">For what.</param>
public abstract record RequestFacts(PrincipalFacts Principal, PlanAction Action);

/// <summary>A request about a path (<see cref="PlanActionMask.File"/> and <see cref="PlanAction.UnixConnect"/>).</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">For what.</param>
/// <param name="Path">Canonical and absolute, or <c>@name</c> of an abstract unix socket.</param>
public sealed record FileFacts(PrincipalFacts Principal, PlanAction Action, byte[] Path) : RequestFacts(Principal, Action);

/// <summary>A <see cref="PlanAction.ProcessExec"/>.</summary>
/// <param name="Principal">Who asks, before the exec.</param>
/// <param name="Path">The file named by the exec; a script itself, not its interpreter.</param>
/// <param name="Argv0">The first argument.</param>
/// <param name="Arguments">The other arguments.</param>
/// <param name="Interpreter">What its <c>#!</c> line names, or empty.</param>
public sealed record ExecFacts(
    PrincipalFacts Principal, byte[] Path, byte[] Argv0, ImmutableArray<byte[]> Arguments, byte[] Interpreter)
    : RequestFacts(Principal, PlanAction.ProcessExec);

/// <summary>A request about a process of the session.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">For what.</param>
public sealed record ProcessFacts(PrincipalFacts Principal, PlanAction Action) : RequestFacts(Principal, Action);

/// <summary>A request about an endpoint, known by one name or by number only.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">For what.</param>
/// <param name="Name">The canonical name, or null.</param>
/// <param name="IsV4">The family of the address.</param>
/// <param name="Address">The address as a number.</param>
/// <param name="Port">The port.</param>
/// <param name="Protocol">The transport.</param>
public sealed record EndpointFacts(
    PrincipalFacts Principal, PlanAction Action, string? Name, bool IsV4, UInt128 Address, int Port, TransportProtocol Protocol)
    : RequestFacts(Principal, Action);

/// <summary>A <see cref="PlanAction.DnsQuery"/> by itself, without the rule that ties it to <see cref="PlanAction.NetworkConnect"/>.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Name">The canonical name.</param>
/// <param name="Type">The record type, upper case.</param>
public sealed record DnsFacts(PrincipalFacts Principal, string Name, string Type) : RequestFacts(Principal, PlanAction.DnsQuery);

/// <summary>
/// A <see cref="PlanAction.HttpRequest"/> by itself, without the rule that ties it to <see cref="PlanAction.NetworkConnect"/>.
/// </summary>
/// <param name="Endpoint">The host that it is for: the connection that it would be sent over.</param>
/// <param name="Message">The request in its canonical form.</param>
public sealed record HttpFacts(EndpointFacts Endpoint, HttpMessage Message) : RequestFacts(Endpoint.Principal, PlanAction.HttpRequest);

/// <summary>A <see cref="PlanAction.HttpRewrite"/>: one change of the headers of a request to a host.</summary>
/// <param name="Endpoint">The host that the request is for.</param>
/// <param name="Edit">The change.</param>
public sealed record HttpRewriteFacts(EndpointFacts Endpoint, HeaderEdit Edit) : RequestFacts(Endpoint.Principal, PlanAction.HttpRewrite);
