using System.Net;
using System.Net.Sockets;

namespace Leash.Kernel.Tests.Networks;

/// <summary>Sockets outside of sessions.</summary>
internal static class Servers
{
    private const int Milliseconds = 2000;

    public static Socket Listen(IPAddress address)
    {
        Socket listener = Open(address, SocketType.Stream, ProtocolType.Tcp);
        listener.Listen();
        return listener;
    }

    public static Socket Receive(IPAddress address) => Open(address, SocketType.Dgram, ProtocolType.Udp);

    public static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static Socket Open(IPAddress address, SocketType type, ProtocolType protocol)
    {
        Socket socket = new(address.AddressFamily, type, protocol) { ReceiveTimeout = Milliseconds, SendTimeout = Milliseconds };
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
