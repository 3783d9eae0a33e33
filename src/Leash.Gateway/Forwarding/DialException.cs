using Leash.Gateway.Records;

namespace Leash.Gateway.Forwarding;

/// <summary>The destination was not reached.</summary>
internal sealed class DialException(GatewayRefusal refusal, Exception? inner = null) : IOException(refusal.ToText(), inner)
{
    public GatewayRefusal Refusal { get; } = refusal;
}
