using Leash.Gateway.Connections;

namespace Leash.Gateway.Intercepting;

/// <summary>What is known about a connection before its first request; found among the features of each.</summary>
/// <param name="route">Where it goes.</param>
/// <param name="serverName">The name in its ClientHello; null without one, or without TLS.</param>
/// <param name="isTls">Whether it is opened TLS.</param>
internal sealed class InterceptedConnection(ConnectionRoute route, string? serverName, bool isTls)
{
    private volatile string? _agreedHost;

    public ConnectionRoute Route { get; } = route;

    public string? ServerName { get; } = serverName;

    public bool IsTls { get; } = isTls;

    public string Scheme => IsTls ? "https" : "http";

    /// <summary>The host that the connection's address was last found to belong to: what later requests need not look up again.</summary>
    public string? AgreedHost
    {
        get => _agreedHost;
        set => _agreedHost = value;
    }

    /// <summary>For whom the certificate is: the name in the hello, the tunnel's, or the address that was connected to.</summary>
    public string CertificateHost => ServerName ?? Route.TunnelHost ?? Route.Address!.ToString();
}
