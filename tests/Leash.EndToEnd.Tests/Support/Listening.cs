using System.Net;
using System.Net.Sockets;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A socket that waits for connections, so that permitted connects succeed. Whoever may search its directory may connect.</summary>
internal sealed class Listening : IDisposable
{
    private readonly Socket _socket;

    public Listening(EndPoint endPoint)
    {
        _socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(endPoint);
        _socket.Listen(4096);
        if (endPoint is UnixDomainSocketEndPoint unix)
        {
            File.SetUnixFileMode(unix.ToString()!, (UnixFileMode)0b110_110_110);
        }
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
