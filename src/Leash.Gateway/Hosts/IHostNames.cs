using System.Collections.Immutable;
using System.Net;

namespace Leash.Gateway.Hosts;

/// <summary>Names and addresses as the session's resolver knows them. Thread-safe.</summary>
public interface IHostNames
{
    /// <summary>The addresses of a name that may be dialed, best first; empty when there is none. Internal ones are there only by the policy's own wish.</summary>
    /// <param name="host">A canonical name, not an address.</param>
    /// <param name="cancellationToken">Ends the wait for name servers.</param>
    ValueTask<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>The names under which the resolver gave an address to the session.</summary>
    ImmutableArray<string> NamesFor(IPAddress address);
}
