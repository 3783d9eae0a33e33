using System.Net;

namespace Leash.Gateway.Intercepting;

/// <summary>Where Kestrel listens for one kind of intercepted connection: nowhere but in this process.</summary>
internal sealed class InterceptionEndPoint(InterceptedProtocol protocol) : EndPoint
{
    public InterceptedProtocol Protocol { get; } = protocol;

    public override string ToString() => $"intercepted-{Protocol}";
}
