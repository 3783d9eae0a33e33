using System.Net.Sockets;

namespace Leash.Gateway.Forwarding;

/// <summary>A connection to a destination, perhaps through a proxy.</summary>
/// <param name="Stream">Its bytes; owns the socket.</param>
/// <param name="Socket">What it runs on.</param>
/// <param name="IsPlain">Whether the stream's bytes are the socket's, so that one direction can be closed by itself.</param>
internal sealed record DialedConnection(Stream Stream, Socket Socket, bool IsPlain);
