using System.Collections.Concurrent;
using System.Net;
using Leash.Gateway.Connections;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Origins as the test registers them, by the client's port.</summary>
internal sealed class FakeOrigins : IConnectionOrigins
{
    public static readonly GatewayProcess Process = new(4711, "/usr/bin/client", 3);

    private readonly ConcurrentDictionary<int, IPEndPoint> _destinations = new();

    public void Register(int clientPort, IPEndPoint destination) => _destinations[clientPort] = destination;

    public ValueTask<ConnectionOrigin?> FindAsync(IPEndPoint peer, IPEndPoint local, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_destinations.TryRemove(peer.Port, out var destination) ? new ConnectionOrigin(destination, Process) : null);
}
