using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A name server that knows a few names and a web server, both on loopback.</summary>
internal sealed class FakeInternet : IDisposable
{
    public const string Body = "hello from the other side\n";

    private readonly Socket _dns = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _web = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, string> _names;

    /// <param name="names">IPv4 addresses by lower-case name; other names do not exist.</param>
    public FakeInternet(Dictionary<string, string> names)
    {
        _names = names;
        _dns.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _web.Start();
        _ = ServeNamesAsync();
        _ = ServeWebAsync();
    }

    public string NameServer => _dns.LocalEndPoint!.ToString()!;

    public int WebPort => ((IPEndPoint)_web.LocalEndpoint).Port;

    /// <summary>What was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    public void Dispose()
    {
        _dns.Dispose();
        _web.Dispose();
    }

    private async Task ServeNamesAsync()
    {
        var query = new byte[2048];
        try
        {
            while (true)
            {
                var received = await _dns.ReceiveFromAsync(query, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                await _dns.SendToAsync(Answer(query), SocketFlags.None, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private byte[] Answer(byte[] query)
    {
        var labels = new List<string>();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        var name = string.Join('.', labels).ToLowerInvariant();
        lock (Asked)
        {
            Asked.Add(name);
        }

        var isAddress = query[at + 2] == 1;
        var isKnown = _names.TryGetValue(name, out var address);
        byte[] answer = isKnown && isAddress ? [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, .. IPAddress.Parse(address!).GetAddressBytes()] : [];
        return [query[0], query[1], 0x81, (byte)(isKnown ? 0x80 : 0x83), 0, 1, 0, (byte)(answer.Length > 0 ? 1 : 0), 0, 0, 0, 0, .. query[12..(at + 5)], .. answer];
    }

    private async Task ServeWebAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _web.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[4096];
                if (await stream.ReadAsync(buffer) > 0)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The test is over.
        }
    }
}
