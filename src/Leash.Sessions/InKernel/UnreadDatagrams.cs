using Leash.Plan;

namespace Leash.Sessions.InKernel;

/// <summary>
/// Statements on requests apply to TCP, which the gateway reads. Datagrams to the same hosts (HTTP/3) are denied by the supervisor; programs in the kernel alone
/// cannot tell which hosts those are, so with them no policy may permit datagrams besides. Port 53 is the resolver's and no matter.
/// </summary>
internal static class UnreadDatagrams
{
    public const string Reason = "statements on HttpRequest need that no datagrams are permitted besides, when all is enforced in the kernel";

    /// <summary>The permits that let datagrams be sent to hosts whose requests a plan may deny.</summary>
    public static IEnumerable<PlanStatement> PermittedBy(EnforcementPlan plan)
    {
        List<PlanStatement> requests = [.. plan.Statements.Where(statement => statement.Actions.Has(PlanAction.HttpRequest))];
        bool isForbidden = requests.Any(statement => statement.Effect == PlanEffect.Forbid);
        return requests.Count == 0 || (!isForbidden && requests.Any(IsOfAll))
            ? []
            : plan.Statements.Where(statement => statement.Effect == PlanEffect.Permit && statement.Actions.Has(PlanAction.NetworkConnect)
                && MayPermit(statement) && (isForbidden || !PermitsRequests(statement)));
    }

    /// <summary>How to say it in a policy.</summary>
    public static string Describe(PlanStatement statement) =>
        $"{(statement.Origin.Length > 0 ? statement.Origin + ": " : "")}`{statement.PolicyId}` permits datagrams; `context.protocol == \"tcp\"` in its condition takes them out";

    private static bool IsOfAll(PlanStatement statement) => statement.Effect == PlanEffect.Permit && statement.Atoms.IsEmpty && statement.Table[0];

    // Whoever may send datagrams by it may send any request there by it, too: to whichever name of the address, since a datagram does not say to which it is.
    private static bool PermitsRequests(PlanStatement statement) => statement.Actions.Has(PlanAction.HttpRequest)
        && !statement.Atoms.Any(atom => atom.Domain == TestDomain.Http
            || atom.Tests.Any(test => test is PlanTest.ProtocolIs or PlanTest.HostIs or PlanTest.HostPortIs or PlanTest.HostUnder));

    // Whatever else holds: the table is tried with every value of the other inputs.
    private static bool MayPermit(PlanStatement statement)
    {
        for (int row = 0; row < statement.Table.Rows; row++)
        {
            if (statement.Table[row] && Enumerable.Range(0, statement.Atoms.Length).All(i => CanBe(statement.Atoms[i], (row >> i & 1) != 0)))
            {
                return true;
            }
        }

        return false;
    }

    // An atom of protocols is known for a datagram; any other may be true or false.
    private static bool CanBe(PlanAtom atom, bool value) =>
        !atom.Tests.All(test => test is PlanTest.ProtocolIs)
        || atom.Tests.Any(test => test is PlanTest.ProtocolIs { Protocol: TransportProtocol.Udp }) == value;
}
