using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Leash.Gateway.Intercepting;

/// <summary>Hands connections that were accepted and looked at elsewhere to Kestrel.</summary>
internal sealed class InterceptionListener(EndPoint endPoint) : IConnectionListener
{
    // Unbounded is bounded here: the accept loop keeps the number of connections within its limit.
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    public EndPoint EndPoint { get; } = endPoint;

    /// <returns>False when the listener has ended; the connection stays the caller's.</returns>
    public bool TryAdd(ConnectionContext connection) => _connections.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_connections.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
