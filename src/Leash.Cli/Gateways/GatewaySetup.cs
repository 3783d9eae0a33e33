using Leash.Gateway.Certificates;
using Leash.Gateway.Forwarding;
using Leash.Sessions;
using Leash.Sessions.Http;
using Leash.Sessions.Native;

namespace Leash.Cli.Gateways;

/// <summary>Makes what a session's gateway needs of this installation and of whoever runs leash.</summary>
internal static class GatewaySetup
{
    /// <summary>Where a session of this process finds what it trusts: <c>${trust}</c>.</summary>
    public static string TrustOf(string sessionId) => Path.Join(SessionTemp.PathOf(sessionId), "trust");

    /// <param name="options">As on the command line.</param>
    /// <param name="sessionId">The session's id.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Null for a session without a gateway.</returns>
    /// <exception cref="SessionException">The authority or the proxy cannot be used.</exception>
    public static HttpGateway? Of(HttpOptions options, string sessionId, TimeProvider time)
    {
        if (!options.IsOn)
        {
            return null;
        }

        var proxy = UpstreamProxy.FromEnvironment(Environment.GetEnvironmentVariable, out var problem);
        if (problem is not null)
        {
            throw new SessionException($"the proxy in the environment cannot be used: {problem}", "HTTPS_PROXY and ALL_PROXY take http://HOST:PORT and socks5://HOST:PORT; `--gateway off` leaves it to the command");
        }

        try
        {
            return new HttpGateway
            {
                Options = options,
                Authority = new AuthorityFile(CaCommands.Place(), time).LoadOrCreate(),
                Trust = new SessionTrust(TrustOf(sessionId)),
                Proxy = proxy,
                Environment = [.. UpstreamProxy.SocksVariables(Environment.GetEnvironmentVariable).Select(name => new EnvironmentEdit(name, null))],
            };
        }
        catch (AuthorityFileException e)
        {
            throw new SessionException(e.Message, "`leash ca rotate` makes a new one; `--gateway off` does without");
        }
    }
}
