using Leash.Audit;
using Leash.Plan;
using Leash.Policy;

namespace Leash.Cli.Summaries;

/// <summary>The smallest statement that would permit what was denied.</summary>
internal static class SuggestedPermit
{
    /// <summary>A statement, or null when none can permit it.</summary>
    public static string? For(DenialSample sample)
    {
        foreach (var action in PlanActionMask.All.Members())
        {
            if (action.Name() == sample.Action && sample is { Method: { } method, Target: { } target })
            {
                return SmallestPermit.ForRequest(sample.Resource, sample.Port, method, target.Split('?')[0], isConnectPermitted: true);
            }

            if (action.Name() == sample.Action)
            {
                return (PlanActionMask.Network | PlanActionMask.DnsQuery | PlanActionMask.HttpRequest).Has(action)
                    ? SmallestPermit.ForHost(action, sample.Resource, sample.Port)
                    : SmallestPermit.ForPath(action, sample.Resource, sample.SecondResource);
            }
        }

        return null;
    }
}
