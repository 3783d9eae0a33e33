using Leash.Gateway.Decisions;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Allows everything but what the test says.</summary>
internal sealed class FakeDecider : IHttpDecider
{
    public Func<HttpRequestFacts, GatewayVerdict> Request { get; init; } = _ => GatewayVerdict.Allow();

    public Func<ConnectionFacts, GatewayVerdict> Connection { get; init; } = _ => GatewayVerdict.Allow();

    public Func<string, bool> Passthrough { get; init; } = _ => false;

    public static FakeDecider DenyAll { get; } = new()
    {
        Request = _ => GatewayVerdict.Deny("no policy permits this", null, []),
        Connection = _ => GatewayVerdict.Deny("no policy permits this", null, []),
    };

    public GatewayVerdict DecideRequest(HttpRequestFacts request) => Request(request);

    public GatewayVerdict DecideConnection(ConnectionFacts connection) => Connection(connection);

    public bool IsPassthrough(string host, int port) => Passthrough(host);
}
