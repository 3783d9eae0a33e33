using System.Globalization;
using System.Text;
using Leash.Gateway.Decisions;
using Leash.Plan;
using Leash.Policy;
using Leash.Policy.Http;

namespace Leash.Benchmarks.Gateway;

/// <summary>Decides by a compiled policy of 1,000 statements on requests, one of which permits the benchmark's.</summary>
internal sealed class PolicyDecider : IHttpDecider
{
    private const int Statements = 1_000;

    private readonly HttpPolicy _policy;

    public PolicyDecider()
    {
        var text = new StringBuilder("permit (principal, action == Action::\"NetworkConnect\", resource);\n");
        text.Append("permit (principal, action == Action::\"HttpRequest\", resource) when { context.path like \"/*\" };\n");
        for (var i = 0; i < Statements - 2; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"forbid (principal, action == Action::\"HttpRequest\", resource in Host::\"h{i}.example.com\") when {{ context.path like \"/no/*\" }};\n");
        }

        var facts = new SessionFacts { Workspace = "/home/alice/app", Home = "/home/alice" };
        var compiled = PolicyCompiler.Compile([new PolicyDocument("user", "bench.cedar", text.ToString())], facts, PlanActionMask.All);
        _policy = new HttpPolicy(new PlanDecider(compiled.Plan ?? throw new InvalidOperationException(compiled.Diagnostics[0].ToString())), isEnforced: true);
    }

    public GatewayVerdict DecideRequest(HttpRequestFacts request)
    {
        var decision = _policy.Decide(0, request.Request, request.Address!, isVerifiedTls: request.Scheme == "https");
        return decision.IsSent ? GatewayVerdict.Allow(decision.PolicyIds, []) : GatewayVerdict.Deny(decision.Reason.ToString(), decision.Help, decision.PolicyIds);
    }

    public GatewayVerdict DecideConnection(ConnectionFacts connection) => GatewayVerdict.Allow();

    public bool IsPassthrough(string host, int port) => false;
}
