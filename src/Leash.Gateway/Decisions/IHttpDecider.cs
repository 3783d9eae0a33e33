namespace Leash.Gateway.Decisions;

/// <summary>
/// The session's policy as the gateway sees it. Pure: one answer for one question, on any thread, at any time; a new policy is another decider
/// (<see cref="SessionGateway.Exchange"/>). An exception is a denial.
/// </summary>
public interface IHttpDecider
{
    /// <summary>Decides one request.</summary>
    GatewayVerdict DecideRequest(HttpRequestFacts request);

    /// <summary>As <see cref="DecideRequest"/>, about a request that was sent: what is put into requests is not looked up again.</summary>
    GatewayVerdict ReviewRequest(HttpRequestFacts request) => DecideRequest(request);

    /// <summary>
    /// Decides a connection whose bytes go through untouched. Where statements about requests could apply to the host, what is not HTTP has to be denied
    /// here: a server may read as a request what the gateway did not recognise as one.
    /// </summary>
    GatewayVerdict DecideConnection(ConnectionFacts connection);

    /// <summary>Whether TLS to a host stays closed, so that it is decided by its name only (<see cref="DecideConnection"/>).</summary>
    /// <param name="host">Canonical.</param>
    /// <param name="port">The port of the destination.</param>
    bool IsPassthrough(string host, int port);
}
