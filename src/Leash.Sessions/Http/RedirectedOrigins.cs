using System.Net;
using Leash.Enforcement.Sockets;
using Leash.Gateway.Connections;
using Leash.Interop;

namespace Leash.Sessions.Http;

/// <summary>What connections were that the supervisor made for the session.</summary>
internal sealed class RedirectedOrigins(GatewayRedirect redirect) : IConnectionOrigins
{
    public ValueTask<ConnectionOrigin?> FindAsync(IPEndPoint peer, IPEndPoint local, CancellationToken cancellationToken) => ValueTask.FromResult(
        redirect.Take(peer) is { } found && !redirect.IsGateway(found.Destination)
            ? new ConnectionOrigin(found.Destination, new GatewayProcess(found.Pid, Leash.Audit.ByteText.Decode(found.Exe), found.Principal))
            : null);
}
