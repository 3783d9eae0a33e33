using System.Net;
using System.Text;
using Leash.Audit;
using Leash.Plan;

namespace Leash.Gateway.Dns;

/// <summary>
/// A session's plan as its resolver sees it. A packet does not say which process sent it, so a name is answered when any principal class
/// that the session has had so far may connect to it; the connect itself is then decided exactly, for its process.
/// </summary>
/// <param name="plan">Tells at which ports verdicts on an address can differ.</param>
/// <param name="decider">Decides, and knows the principal classes.</param>
/// <param name="audit">Receives what was refused, and in a mode that does not enforce what would have been.</param>
/// <param name="isEnforced">False in shadow and record mode: what is denied is recorded and answered.</param>
public sealed class SessionDnsPolicy(EnforcementPlan plan, PlanDecider decider, IAuditSink audit, bool isEnforced) : IDnsPolicy, IDnsLog
{
    private const int MaxCached = 4096;
    private const int MaxPorts = 512;
    private const string Action = "DnsQuery";

    private volatile Rules _rules = new(plan, decider);

    /// <summary>Decides by another plan from now on.</summary>
    public void Exchange(EnforcementPlan plan, PlanDecider decider) => _rules = new Rules(plan, decider);

    public bool PermitsName(string host, DnsType type)
    {
        var isPermitted = AnyPrincipalPermits(host, type);
        if (!isPermitted && !isEnforced)
        {
            Record(AuditVerdict.WouldDeny, Reason(host, type), host, type, null);
            return true;
        }

        return isPermitted;
    }

    public bool PermitsAddress(IPAddress address)
    {
        var isPermitted = AnyPrincipalPermits(address);
        if (!isPermitted && !isEnforced)
        {
            Record(AuditVerdict.WouldDeny, AuditReason.Rebinding, address.ToString(), null, "a name was answered with an internal address");
            return true;
        }

        return isPermitted;
    }

    public void Permitted(string host, DnsType type)
    {
        // What only the mode lets through has been recorded as such.
        if (isEnforced || AnyPrincipalPermits(host, type))
        {
            Record(AuditVerdict.Allow, AuditReason.Permit, host, type, null);
        }
    }

    public void Refused(string name, DnsType type, DnsRefusal reason)
    {
        switch (reason)
        {
            case DnsRefusal.NotPermitted:
                Record(AuditVerdict.Deny, Reason(name.ToLowerInvariant(), type), name, type, null);
                break;
            case DnsRefusal.InvalidName:
                Record(AuditVerdict.Deny, AuditReason.Structural, name, type, "the name holds bytes that host names don't have");
                break;
            case DnsRefusal.Rebinding:
                Record(AuditVerdict.Deny, AuditReason.Rebinding, name, type, "the name points at internal addresses only");
                break;
            case DnsRefusal.Unsupported:
                Record(AuditVerdict.Deny, AuditReason.Structural, name, type, "the resolver does not serve this kind of query");
                break;
        }
    }

    private bool AnyPrincipalPermits(string host, DnsType type)
    {
        var rules = _rules;
        var key = (host, type);
        int next;
        lock (rules.Gate)
        {
            rules.Asked.TryGetValue(key, out next);
        }

        var count = rules.Decider.PrincipalCount;
        var mnemonic = type.ToMnemonic();
        while (next < count)
        {
            if (rules.Decider.DecideDns(next, host, mnemonic).Allowed)
            {
                next = int.MaxValue;
                break;
            }

            next++;
        }

        lock (rules.Gate)
        {
            if (rules.Asked.Count >= MaxCached)
            {
                rules.Asked.Clear();
            }

            rules.Asked[key] = next;
        }

        return next == int.MaxValue;
    }

    private bool AnyPrincipalPermits(IPAddress address)
    {
        var rules = _rules;
        for (var principal = 0; principal < rules.Decider.PrincipalCount; principal++)
        {
            foreach (var port in rules.Ports.Value)
            {
                if (rules.Permits(principal, new Endpoint(address, port, TransportProtocol.Tcp, []))
                    || rules.Permits(principal, new Endpoint(address, port, TransportProtocol.Udp, [])))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Ports at which a verdict can change: between two neighbours it is the same everywhere.</summary>
    private static int[] FindPorts(EnforcementPlan plan)
    {
        var ports = new SortedSet<int> { 443 };
        foreach (var statement in plan.Statements)
        {
            if (!statement.Actions.Has(PlanAction.NetworkConnect))
            {
                continue;
            }

            foreach (var atom in statement.Atoms)
            {
                foreach (var test in atom.Tests)
                {
                    switch (test)
                    {
                        case PlanTest.PortIn range:
                            ports.UnionWith([range.First, range.Last, range.First - 1, range.Last + 1]);
                            break;
                        case PlanTest.HostPortIs host:
                            ports.Add(host.Port);
                            break;
                        case PlanTest.AddressPortIs host:
                            ports.Add(host.Port);
                            break;
                    }
                }
            }

            if (ports.Count > MaxPorts)
            {
                // FAIL-CLOSED: with more ports than this, some permits are not found and an address is removed.
                break;
            }
        }

        ports.RemoveWhere(port => port is < 1 or > ushort.MaxValue);
        return [.. ports];
    }

    private AuditReason Reason(string host, DnsType type)
    {
        var now = _rules.Decider;
        return now.DecideDns(now.InitialPrincipal, host, type.ToMnemonic()).Reason switch
        {
            VerdictReason.Forbidden => AuditReason.Forbid,
            VerdictReason.Undecidable => AuditReason.Unresolvable,
            VerdictReason.NoPermit or VerdictReason.Permitted => AuditReason.NoPermit,
        };
    }

    private void Record(AuditVerdict verdict, AuditReason reason, string name, DnsType? type, string? detail) => audit.Record(new AuditRecord
    {
        Verdict = verdict,
        Reason = reason,
        Action = Action,
        Resource = Encoding.UTF8.GetBytes(name),
        Principal = -1,
        Detail = detail ?? (type is { } known ? TypeDetail(known) : null),
    });

    // Details are kept by reference: a few constants, and the rest is rare.
    private static string TypeDetail(DnsType type) => type switch
    {
        DnsType.A => "type A",
        DnsType.AAAA => "type AAAA",
        _ => "type " + type.ToMnemonic(),
    };

    /// <summary>One plan, and what was found out about it.</summary>
    private sealed class Rules(EnforcementPlan plan, PlanDecider decider)
    {
        public PlanDecider Decider { get; } = decider;

        public Lazy<int[]> Ports { get; } = new(() => FindPorts(plan));

        public Lock Gate { get; } = new();

        /// <summary>
        /// Guarded by <see cref="Gate"/>. How many classes were asked without finding one that may; int.MaxValue when one may, since
        /// classes never go away.
        /// </summary>
        public Dictionary<(string Host, DnsType Type), int> Asked { get; } = [];

        public bool Permits(int principal, in Endpoint endpoint) =>
            Decider.DecideEndpoint(principal, endpoint, PlanAction.NetworkConnect).Allowed;
    }
}
