using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Leash.Gateway.Tests.Functional;

/// <summary>A proxy that knows CONNECT and resolves every name to this machine.</summary>
internal sealed class FakeProxy : IDisposable
{
    private readonly TcpUpstream _listener;

    public FakeProxy(int status = 200) => _listener = new TcpUpstream(stream => ServeAsync(stream, status));

    /// <summary>One that is spoken to over TLS.</summary>
    public FakeProxy(SslStreamCertificateContext identity) => _listener = new TcpUpstream(async stream =>
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = identity });
        await ServeAsync(tls, 200);
    });

    public int Port => _listener.Port;

    public ConcurrentQueue<string> Heads { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Stream client, int status)
    {
        var head = await RawHttp.ReadUntilAsync(client, "\r\n\r\n");
        Heads.Enqueue(head);
        await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Answer\r\n\r\n"));
        if (status != 200)
        {
            return;
        }

        var target = head.Split(' ')[1];
        await RelayAsync(client, int.Parse(target[(target.LastIndexOf(':') + 1)..]));
    }

    /// <summary>Between a client and a port of this machine, until one of them ends.</summary>
    public static async Task RelayAsync(Stream client, int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var destination = new NetworkStream(socket);
        await Task.WhenAny(client.CopyToAsync(destination), destination.CopyToAsync(client));
    }
}
