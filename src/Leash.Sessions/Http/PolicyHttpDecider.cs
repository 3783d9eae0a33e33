using System.Collections.Immutable;
using System.Net;
using Leash.Enforcement.Seccomp;
using Leash.Gateway.Decisions;
using Leash.Http.Canonical;
using Leash.Http.Rewriting;
using Leash.Http.Secrets;
using Leash.Plan;
using Leash.Policy.Http;

namespace Leash.Sessions.Http;

/// <summary>
/// A session's policies as its gateway asks them: <see cref="HttpPolicy"/>, with the secrets put in. Pure but for the lookup of secrets. Another plan is another
/// one of these, with the same secrets.
/// </summary>
internal sealed class PolicyHttpDecider : IHttpDecider
{
    private readonly HttpPolicy _policy;
    private readonly HttpOptions _options;
    private readonly bool _isEnforced;
    private readonly bool _testsAddresses;

    /// <param name="plan">The plan.</param>
    /// <param name="decider">Decides by it.</param>
    /// <param name="isEnforced">False in shadow and record mode.</param>
    /// <param name="options">Passthrough hosts and secrets.</param>
    public PolicyHttpDecider(EnforcementPlan plan, PlanDecider decider, bool isEnforced, HttpOptions options)
    {
        _policy = new HttpPolicy(decider, isEnforced);
        _options = options;
        _isEnforced = isEnforced;
        _testsAddresses = plan.Statements.Any(TestsAddresses);
    }

    public GatewayVerdict DecideRequest(HttpRequestFacts request)
    {
        if (AddressOf(request.Address) is not { } address)
        {
            return UnknownAddress(request.Host);
        }

        // The engine sends nothing over https before it has verified the certificate for the host.
        var isVerifiedTls = request.Scheme == "https";
        var decision = _policy.Decide(request.Process.Principal, request.Request, address, isVerifiedTls);
        return decision.IsSent ? WithHeaders(request.Request, decision, isVerifiedTls) : ToVerdict(decision);
    }

    public GatewayVerdict ReviewRequest(HttpRequestFacts request) => AddressOf(request.Address) is { } address
        ? ToVerdict(_policy.Decide(request.Process.Principal, request.Request, address, request.Scheme == "https"))
        : UnknownAddress(request.Host);

    public GatewayVerdict DecideConnection(ConnectionFacts connection)
    {
        if (AddressOf(connection.Address) is not { } address)
        {
            return UnknownAddress(connection.Name);
        }

        // Where the connection names an address, there is nothing but the address to decide by.
        ImmutableArray<string> names = connection.Name is not { } name ? connection.KnownNames : IsName(name) ? [name] : [];
        return ToVerdict(_policy.DecideConnection(connection.Process.Principal, names.AsSpan(), address, connection.Port));
    }

    public bool IsPassthrough(string host, int port) => _options.Passthrough.Any(passthrough => passthrough.Covers(host));

    private static bool TestsAddresses(PlanStatement statement) =>
        (statement.Actions & (PlanActionMask.NetworkConnect | PlanActionMask.Http)) != PlanActionMask.None
        && statement.Atoms.Any(atom => atom.Tests.Any(test => test is PlanTest.AddressIn or PlanTest.AddressPortIs));

    private static bool IsName(string host) => HostReader.IsName(host) && !HostReader.EndsInNumber(host);

    /// <summary>Null when it is not known and statements ask for it. FAIL-CLOSED: what an upstream proxy makes of the name may be an address that is forbidden.</summary>
    private IPAddress? AddressOf(IPAddress? address) => address ?? (_testsAddresses ? null : IPAddress.Any);

    private GatewayVerdict UnknownAddress(string? host) => Deny(
        $"the address of {host ?? "the destination"} is not known, and policies ask for it",
        "the session's name servers do not know the host, only the proxy in front of it does; `--dns` names servers that do", []);

    private GatewayVerdict WithHeaders(CanonicalRequest request, HttpDecision decision, bool isVerifiedTls)
    {
        RequestSecrets secrets = new(_options.Secrets.Store);
        if (HeaderEdits.Apply(request.Fields, decision.Edits.Select(planned => planned.Edit), secrets.Find, out var missing) is not { } edited)
        {
            return MissingSecret(missing!, secrets);
        }

        var swapped = PlaceholderSwap.Apply(edited, request.Host, isVerifiedTls, _options.Secrets.Placeholders, secrets.Find);
        return swapped.Fields is not { } fields
            ? MissingSecret(swapped.Missing!, secrets)
            : ToVerdict(decision) with
            {
                Rewrites = HeaderChanges.Between(request.Fields, fields),
                WithheldHeaders = [.. decision.Withheld.Select(planned => planned.Edit.Header).Distinct(StringComparer.Ordinal)],
                MisplacedSecrets = swapped.Misplaced,
            };
    }

    /// <summary>FAIL-CLOSED: in every mode, since there is no request to send. A half-made one would be another.</summary>
    private static GatewayVerdict MissingSecret(string name, RequestSecrets secrets) => GatewayVerdict.Deny(
        $"a header needs what is not there: {secrets.ProblemOf(name)}", $"`leash --secret {name}=env:VARIABLE …` says where a session finds the secret `{name}`", []);

    private GatewayVerdict Deny(string reason, string? help, ImmutableArray<string> policyIds) =>
        _isEnforced ? GatewayVerdict.Deny(reason, help, policyIds) : GatewayVerdict.WouldDeny(reason, help, policyIds);

    private static GatewayVerdict ToVerdict(HttpDecision decision) => decision.Outcome switch
    {
        HttpOutcome.Denied => GatewayVerdict.Deny(TextOf(decision), decision.Help, decision.PolicyIds),
        HttpOutcome.WouldDeny => GatewayVerdict.WouldDeny(TextOf(decision), decision.Help, decision.PolicyIds),
        HttpOutcome.Allowed => GatewayVerdict.Allow(decision.PolicyIds, []),
    };

    private static string TextOf(HttpDecision decision) => decision.PolicyReason ?? decision.Reason switch
    {
        HttpReason.Undecidable => "the process or the address is not one that can be decided about",
        HttpReason.NoPermit => "no policy permits it",
        HttpReason.Forbidden => $"forbidden by {string.Join(", ", decision.PolicyIds)}",
        HttpReason.AmbiguousReading => "permitted as it is written, but not as some servers read it",
        HttpReason.ContradictingRewrites => "policies change its headers in different ways",
        HttpReason.NotReadable => "policies restrict requests to the host, and the connection is not read as requests",
        HttpReason.Permitted => "permitted",
    };
}
