using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Hosts;

/// <summary>
/// Asks the session's own resolver, in its own words: a name has for the gateway exactly the addresses that it has for the session's programs, internal
/// ones removed by the same rule, and both remember them in one table.
/// </summary>
public sealed class ResolverHostNames : IHostNames
{
    private readonly NameTable _names;
    private readonly DnsResolver _resolver;

    /// <summary>Names resolved as <see cref="DnsServer"/> with these options would.</summary>
    public ResolverHostNames(DnsServerOptions options)
        : this(options.Names, DnsServer.CreateResolver(options))
    {
    }

    internal ResolverHostNames(NameTable names, DnsResolver resolver)
    {
        _names = names;
        _resolver = resolver;
    }

    public async ValueTask<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(host, out var name))
        {
            return [];
        }

        // Both at once, as a client would.
        var v4 = AskAsync(name, DnsType.A, cancellationToken).AsTask();
        var v6 = AskAsync(name, DnsType.AAAA, cancellationToken).AsTask();
        var answers = await Task.WhenAll(v4, v6).ConfigureAwait(false);
        return [.. answers[0], .. answers[1]];
    }

    public ImmutableArray<string> NamesFor(IPAddress address) => _names.NamesFor(address);

    private async ValueTask<List<IPAddress>> AskAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var query = DnsWriter.WriteQuery(0, new DnsQuestion(name, type, DnsQuestion.ClassIn), edns: false);
        var reply = await _resolver.AnswerAsync(query, overTcp: true, cancellationToken).ConfigureAwait(false);
        var addresses = new List<IPAddress>();
        if (reply is null || DnsMessage.Parse(reply) is not { } message)
        {
            return addresses;
        }

        foreach (var record in message.Answers)
        {
            if (record.Type == type)
            {
                addresses.Add(AddressRanges.Canonical(record.Address));
            }
        }

        return addresses;
    }
}
