using System.Net;

namespace Leash.Gateway.Forwarding;

/// <summary>Where to dial, as it was decided.</summary>
/// <param name="Host">The name, canonical; null when only the address is known.</param>
/// <param name="Address">The address that was decided about; null when only an upstream proxy resolves the name.</param>
/// <param name="Port">The port.</param>
internal sealed record DialTarget(string? Host, IPAddress? Address, int Port);
