namespace Leash.Gateway.Dns;

/// <summary>Asks someone who knows.</summary>
internal interface IDnsUpstream
{
    /// <summary>The validated response, or null when no server gave a usable one.</summary>
    ValueTask<DnsMessage?> QueryAsync(DnsQuestion question, CancellationToken cancellationToken);
}
