using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Gateway.Splicing;

/// <summary>From a connection that stays closed to a verdict.</summary>
internal sealed class SpliceDecisions(CurrentDecider current, IHostNames names, GatewayJournal journal)
{
    /// <summary>A connection that was decided about.</summary>
    /// <param name="Facts">What was asked.</param>
    /// <param name="Record">What there is to record.</param>
    /// <param name="Decider">Who decided.</param>
    public sealed record Decided(ConnectionFacts Facts, ConnectionRecord Record, IHttpDecider Decider)
    {
        public bool IsAllowed => Record.Refusal is null;
    }

    /// <summary>Asks the policy; records nothing.</summary>
    public Decided Decide(ConnectionRoute route, SplicedProtocol protocol, string? name)
    {
        ImmutableArray<string> known = route.Address is null ? [] : names.NamesFor(route.Address);
        var facts = new ConnectionFacts(protocol, name, route.Address, route.Port, known, route.Process);
        var treatment = protocol == SplicedProtocol.Tls ? ConnectionTreatment.Passthrough : ConnectionTreatment.Spliced;
        var record = new ConnectionRecord(journal.NextId(), treatment, name, route.EndPoint, route.Process);
        var decider = current.Decider;
        try
        {
            var verdict = decider.DecideConnection(facts);
            record = record with
            {
                PolicyIds = verdict.PolicyIds, Reason = verdict.Reason, Help = verdict.Help, IsDeniedUnenforced = verdict.Effect == GatewayEffect.WouldDeny,
            };
            return new Decided(facts, verdict.IsAllowed ? record : Refused(record, GatewayRefusal.Denied), decider);
        }
        catch (Exception)
        {
            // FAIL-CLOSED: and without the exception's text, which may hold whatever the decider held.
            return new Decided(facts, Refused(record, GatewayRefusal.DeciderFailed), decider);
        }
    }

    /// <summary>The same connection to another address of its name; null when it may not go there.</summary>
    public ConnectionFacts? ForAddress(ConnectionFacts facts, IPAddress address)
    {
        try
        {
            var other = facts with { Address = address, KnownNames = names.NamesFor(address) };
            return current.Decider.DecideConnection(other).IsAllowed ? other : null;
        }
        catch (Exception)
        {
            // FAIL-CLOSED: this address is not tried.
            return null;
        }
    }

    private static ConnectionRecord Refused(ConnectionRecord record, GatewayRefusal refusal) =>
        record with { Treatment = ConnectionTreatment.Refused, Refusal = refusal };
}
