using System.Collections.Immutable;
using Leash.Audit;
using Leash.Cli.Daemon;
using Leash.Plan;
using Leash.Policy;
using Leash.Sessions;

namespace Leash.Cli.Running;

/// <summary>What <c>leash policy apply</c> reaches in a running session: exchanges its policies, all or none.</summary>
/// <param name="facts">What policies are compiled with.</param>
/// <param name="enforced">The actions that the session enforces.</param>
/// <param name="exchange">Exchanges their plan.</param>
/// <param name="holder">Holds the kernel side, when this process does not.</param>
/// <param name="log">The session's.</param>
internal sealed class PolicySwitch(SessionFacts facts, PlanActionMask enforced, PlanExchange exchange, DaemonHolder holder, SessionLog log)
{
    private volatile EnforcementPlan? _plan;

    /// <summary>The plan of the last exchange; null before the first.</summary>
    public EnforcementPlan? Plan => _plan;

    /// <summary>The origin of each policy, for the log.</summary>
    public static ImmutableArray<PolicyOrigin> OriginsOf(ImmutableArray<PolicyDocument> documents) =>
        [.. documents.Select(document => new PolicyOrigin(document.Layer, document.Name, document.Text))];

    public ControlReply Apply(ImmutableArray<PolicyDocument> documents)
    {
        var compiled = PolicyCompiler.Compile(documents, facts, enforced);
        if (compiled.Plan is not { } plan)
        {
            return new ControlReply("the policies have errors; those before are in force")
            {
                Details = [.. compiled.Diagnostics.Select(diagnostic => diagnostic.ToString())],
            };
        }

        try
        {
            var unknown = exchange.Apply(plan, pages => holder.Apply(documents, pages.ToArray()));
            log.Exchanged(OriginsOf(documents));
            _plan = plan;
            return new ControlReply { Unknown = unknown };
        }
        catch (SessionException e)
        {
            return new ControlReply(e.Message) { Details = e.Help is { } help ? [help] : [] };
        }
    }
}
