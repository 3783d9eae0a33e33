using System.Net;

namespace Leash.Gateway.Dns;

/// <summary>The questions that the resolver asks of the session's policy. Implementations are thread-safe and decide for any principal of the session.</summary>
public interface IDnsPolicy
{
    /// <summary>Whether a query for a name is answered at all.</summary>
    /// <param name="host">Lower case, without trailing dot.</param>
    /// <param name="type">The record type asked for.</param>
    bool PermitsName(string host, DnsType type);

    /// <summary>Whether the policy permits a connection to the bare address, so that an internal address in an answer is the policy's own wish.</summary>
    bool PermitsAddress(IPAddress address);
}

/// <summary>Why a query was refused.</summary>
public enum DnsRefusal
{
    /// <summary>The policy does not permit the name.</summary>
    NotPermitted,

    /// <summary>The name holds bytes that no host name has.</summary>
    InvalidName,

    /// <summary>A permitted name pointed only at internal addresses that the policy does not permit by themselves.</summary>
    Rebinding,

    /// <summary>The query kind is never served (ANY, zone transfers, other classes).</summary>
    Unsupported,
}

/// <summary>Receives what the resolver decided; called on any thread.</summary>
public interface IDnsLog
{
    /// <summary>A permitted query was sent on; <paramref name="host"/> is canonical.</summary>
    void Permitted(string host, DnsType type);

    /// <summary>A query was refused; <paramref name="name"/> is escaped for display.</summary>
    void Refused(string name, DnsType type, DnsRefusal reason);
}
