using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Hosts;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Names as the test gives them; the resolver has told the session all of them.</summary>
internal sealed class FakeNames : IHostNames
{
    private readonly ConcurrentDictionary<string, ImmutableArray<IPAddress>> _addresses = new(StringComparer.Ordinal);

    /// <summary>Whether names can't be asked.</summary>
    public bool IsBroken { get; set; }

    public void Add(string host, params ImmutableArray<IPAddress> addresses) => _addresses[host] = addresses;

    public ValueTask<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IsBroken ? throw new InvalidOperationException("s3cr3t") : ValueTask.FromResult(_addresses.TryGetValue(host, out var found) ? found : []);

    public ImmutableArray<string> NamesFor(IPAddress address) => IsBroken ? throw new InvalidOperationException("s3cr3t") : [.. _addresses.Where(entry => entry.Value.Contains(address)).Select(entry => entry.Key)];
}
