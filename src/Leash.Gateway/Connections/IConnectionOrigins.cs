using System.Net;

namespace Leash.Gateway.Connections;

/// <summary>Knows what redirected connections were. Whoever redirects them implements it. Thread-safe.</summary>
public interface IConnectionOrigins
{
    /// <summary>
    /// The origin of an accepted connection. An implementation may wait for a redirector that is still about to tell, within a limit of its own.
    /// </summary>
    /// <param name="peer">The client's end of the accepted socket.</param>
    /// <param name="local">The gateway's end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when it is not known: the connection is refused.</returns>
    ValueTask<ConnectionOrigin?> FindAsync(IPEndPoint peer, IPEndPoint local, CancellationToken cancellationToken);
}
