using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Leash.Gateway.Intercepting;

/// <summary>Kestrel's transport for <see cref="InterceptionEndPoint"/>.</summary>
internal sealed class InterceptionTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Dictionary<InterceptedProtocol, InterceptionListener> _listeners = new()
    {
        [InterceptedProtocol.Tls] = new(new InterceptionEndPoint(InterceptedProtocol.Tls)),
        [InterceptedProtocol.Http1] = new(new InterceptionEndPoint(InterceptedProtocol.Http1)),
        [InterceptedProtocol.Http2] = new(new InterceptionEndPoint(InterceptedProtocol.Http2)),
    };

    public bool CanBind(EndPoint endpoint) => endpoint is InterceptionEndPoint;

    public InterceptionListener For(InterceptedProtocol protocol) => _listeners[protocol];

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(For(((InterceptionEndPoint)endpoint).Protocol));
}
