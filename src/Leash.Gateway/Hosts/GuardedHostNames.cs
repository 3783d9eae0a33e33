using System.Collections.Immutable;
using System.Net;

namespace Leash.Gateway.Hosts;

/// <summary>Names that never throw: what cannot be asked has no address and no name, and is refused for that.</summary>
internal sealed class GuardedHostNames(IHostNames inner) : IHostNames
{
    public async ValueTask<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // FAIL-CLOSED: no address, so nothing to agree with and nothing to dial.
            return [];
        }
    }

    public ImmutableArray<string> NamesFor(IPAddress address)
    {
        try
        {
            return inner.NamesFor(address);
        }
        catch (Exception)
        {
            // FAIL-CLOSED: decided by the address alone.
            return [];
        }
    }
}
