using System.Net;
using Leash.Audit;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;
using Leash.Gateway.Records;
using Leash.Plan;

namespace Leash.Sessions.Http;

/// <summary>Writes what the gateway decided, and what became of it, into the session's log.</summary>
internal sealed class GatewayAudit(IAuditSink audit) : IGatewayRecords
{
    public void RequestDecided(RequestRecord record) => audit.Record(new AuditRecord
    {
        Verdict = VerdictOf(record.Effect),
        Reason = ReasonOf(record.Effect, record.Refusal, record.PolicyIds.Length > 0),
        Action = PlanAction.HttpRequest.Name(),
        Policies = record.PolicyIds.AsSpan(),
        Resource = ByteText.Encode(record.Host),
        Address = AddressOf(record.Address, record.Host),
        Port = record.Port,
        Protocol = record.Scheme,
        Request = record.Id,
        Method = record.Method,
        Target = record.Path + record.Query,
        Exe = ExeOf(record.Process),
        Pid = record.Process?.Id ?? 0,
        Principal = record.Process?.Principal ?? -1,
        Detail = record.Refusal is { } refusal ? record.Reason ?? refusal.ToText() : Changes(record),
    });

    public void RequestEnded(RequestRecord record, FlowOutcome outcome) => Ended(record.Id, outcome);

    public void ConnectionDecided(ConnectionRecord record) => audit.Record(new AuditRecord
    {
        Verdict = VerdictOf(record.Effect),
        Reason = ReasonOf(record.Effect, record.Refusal, record.PolicyIds.Length > 0),
        Action = PlanAction.NetworkConnect.Name(),
        Policies = record.PolicyIds.AsSpan(),
        Resource = ByteText.Encode(record.Name ?? HostOf(record.Destination)),
        Address = record.Name is null ? [] : AddressOf((record.Destination as IPEndPoint)?.Address, record.Name),
        Port = record.Destination switch { IPEndPoint address => address.Port, DnsEndPoint name => name.Port, _ => 0 },
        Protocol = record.Treatment == ConnectionTreatment.Passthrough ? "tls" : "tcp",
        Request = record.Id,
        Exe = ExeOf(record.Process),
        Pid = record.Process?.Id ?? 0,
        Principal = record.Process?.Principal ?? -1,
        Detail = record.Refusal is { } refusal ? record.Reason ?? refusal.ToText() : null,
    });

    public void ConnectionEnded(ConnectionRecord record, FlowOutcome outcome) => Ended(record.Id, outcome);

    private void Ended(long id, FlowOutcome outcome) => audit.Record(new AuditRecord
    {
        Verdict = AuditVerdict.Allow,
        Reason = AuditReason.Permit,
        Request = id,
        Outcome = new AuditOutcome(outcome.Status, outcome.SentBytes, outcome.ReceivedBytes, (long)outcome.Duration.TotalMilliseconds),
        Detail = outcome.Refusal?.ToText(),
    });

    private static AuditVerdict VerdictOf(GatewayEffect effect) => effect switch
    {
        GatewayEffect.Deny => AuditVerdict.Deny,
        GatewayEffect.WouldDeny => AuditVerdict.WouldDeny,
        GatewayEffect.Allow => AuditVerdict.Allow,
    };

    private static AuditReason ReasonOf(GatewayEffect effect, GatewayRefusal? refusal, bool hasPolicies) => refusal switch
    {
        null when effect == GatewayEffect.Allow => AuditReason.Permit,
        null or GatewayRefusal.Denied or GatewayRefusal.RevokedByPolicy => hasPolicies ? AuditReason.Forbid : AuditReason.NoPermit,
        GatewayRefusal.DeciderFailed or GatewayRefusal.UnknownOrigin => AuditReason.EnforcementError,
        GatewayRefusal.NameNotResolved or GatewayRefusal.AddressMismatch => AuditReason.Unresolvable,
        _ => AuditReason.Structural,
    };

    private static string? Changes(RequestRecord record)
    {
        (string What, IReadOnlyCollection<string> Names)[] changes =
        [
            ("headers changed", record.RewrittenHeaders), ("headers not changed without https", record.WithheldHeaders),
            ("placeholders sent where they are not replaced", record.MisplacedSecrets),
        ];
        string[] texts = [.. changes.Where(change => change.Names.Count > 0).Select(change => $"{change.What}: {string.Join(", ", change.Names)}")];
        return texts.Length > 0 ? string.Join("; ", texts) : record.Reason;
    }

    private static byte[] AddressOf(IPAddress? address, string host) =>
        address is null || address.ToString() == host ? [] : ByteText.Encode(address.ToString());

    private static byte[] ExeOf(GatewayProcess? process) => process?.Executable is { } exe ? ByteText.Encode(exe) : [];

    private static string HostOf(EndPoint? destination) => destination switch
    {
        IPEndPoint address => address.Address.ToString(),
        DnsEndPoint name => name.Host,
        _ => "",
    };
}
