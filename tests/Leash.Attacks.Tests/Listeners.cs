using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Leash.Attacks.Tests;

/// <summary>Servers outside of the session, each on a port or path of its own, that remember whether anything reached them.</summary>
internal sealed class Listeners : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly ConcurrentDictionary<string, int> _arrived = new(StringComparer.Ordinal);

    public int Arrived(string name) => _arrived.GetValueOrDefault(name);

    /// <summary>A TCP and a UDP server on one port of both loopback addresses.</summary>
    public int Port(string name)
    {
        for (var attempt = 0; ; attempt++)
        {
            List<Socket> sockets = [];
            try
            {
                var first = Inet(IPAddress.Loopback, SocketType.Stream, 0);
                sockets.Add(first);
                var port = ((IPEndPoint)first.LocalEndPoint!).Port;
                sockets.Add(Inet(IPAddress.Loopback, SocketType.Dgram, port));
                sockets.Add(Inet(IPAddress.IPv6Loopback, SocketType.Stream, port));
                sockets.Add(Inet(IPAddress.IPv6Loopback, SocketType.Dgram, port));
                sockets.ForEach(socket => Serve(socket, name));
                return port;
            }
            catch (SocketException) when (attempt < 20)
            {
                sockets.ForEach(socket => socket.Dispose());
            }
        }
    }

    /// <summary>A port that nobody uses now.</summary>
    public static int Free()
    {
        using var socket = Inet(IPAddress.Loopback, SocketType.Stream, 0);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A stream or datagram server on a path, or on an abstract name that begins with <c>@</c>.</summary>
    public void Local(string path, SocketType type, string name)
    {
        Socket socket = new(AddressFamily.Unix, type, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        if (path[0] != '@')
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        }

        Serve(socket, name);
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    public static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static Socket Inet(IPAddress address, SocketType type, int port)
    {
        Socket socket = new(address.AddressFamily, type, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private void Serve(Socket socket, string name)
    {
        _sockets.Add(socket);
        if (socket.SocketType == SocketType.Stream)
        {
            socket.Listen(16);
        }

        Thread thread = new(() => Loop(socket, name)) { IsBackground = true };
        thread.Start();
    }

    private void Loop(Socket socket, string name)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                if (socket.SocketType == SocketType.Stream)
                {
                    using var connection = socket.Accept();
                    _arrived.AddOrUpdate(name, 1, (_, count) => count + 1);
                    // Whoever connected still wants to send.
                    connection.ReceiveTimeout = 1000;
                    try
                    {
                        connection.Receive(buffer);
                    }
                    catch (SocketException)
                    {
                        // It sent nothing.
                    }
                }
                else
                {
                    socket.Receive(buffer);
                    _arrived.AddOrUpdate(name, 1, (_, count) => count + 1);
                }
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
