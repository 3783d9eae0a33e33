using Leash.Gateway.Hosts;
using Leash.Http.Canonical;

namespace Leash.Gateway.Http;

/// <summary>A request as it is decided about and forwarded.</summary>
/// <param name="Request">In its one form, without what is between the client and the gateway only.</param>
/// <param name="Host">Whom it names; see <see cref="HostText"/>.</param>
/// <param name="IsProxied">Whether it is spelled for a proxy (absolute-form, RFC 9112 §3.2.2), so that its connection's address is not its host's.</param>
/// <param name="IsUpgrade">Whether another protocol is to follow.</param>
internal readonly record struct RequestHead(CanonicalRequest Request, string Host, bool IsProxied, bool IsUpgrade);
