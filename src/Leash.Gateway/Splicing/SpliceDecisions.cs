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

    /// <summary>Whether the same connection may go to another address of its name.</summary>
    public bool Permits(ConnectionFacts facts, IPAddress address)
    {
        try
        {
            return current.Decider.DecideConnection(facts with { Address = address, KnownNames = names.NamesFor(address) }).IsAllowed;
        }
        catch (Exception)
        {
            // FAIL-CLOSED: this address is not tried.
            return false;
        }
    }

    private static ConnectionRecord Refused(ConnectionRecord record, GatewayRefusal refusal) =>
        record with { Treatment = ConnectionTreatment.Refused, Refusal = refusal };
}
