using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Leash.Gateway.Dns;

namespace Leash.Gateway.Tests.Dns;

internal sealed class FakePolicy(params string[] hosts) : IDnsPolicy
{
    public HashSet<IPAddress> Addresses { get; } = [];

    public bool PermitsName(string host, DnsType type) => hosts.Contains(host);

    public bool PermitsAddress(IPAddress address) => Addresses.Contains(address);
}

internal sealed class FakeLog : IDnsLog
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public void Permitted(string host, DnsType type) => Lines.Enqueue($"permitted {host} {type.ToMnemonic()}");

    public void Refused(string name, DnsType type, DnsRefusal reason) => Lines.Enqueue($"refused {name} {type.ToMnemonic()} {reason}");
}

internal sealed class FakeUpstream(Func<DnsQuestion, byte[]?> answer) : IDnsUpstream
{
    public List<DnsQuestion> Asked { get; } = [];

    public ValueTask<DnsMessage?> QueryAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        Asked.Add(question);
        return ValueTask.FromResult(answer(question) is { } bytes ? DnsMessage.Parse(bytes) : null);
    }
}

/// <summary>A name server on loopback whose every reply is written by the test, over UDP and TCP.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp = new(IPAddress.Loopback, 0);
    private readonly Func<byte[], bool, byte[][]> _answer;

    public FakeServer(Func<byte[], bool, byte[][]> answer)
    {
        _answer = answer;
        _tcp.Start();
        EndPoint = (IPEndPoint)_tcp.LocalEndpoint;
        _udp.Bind(EndPoint);
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public IPEndPoint EndPoint { get; }

    public ConcurrentQueue<byte[]> Queries { get; } = [];

    public ConcurrentQueue<int> Ports { get; } = [];

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[2048];
        while (true)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                var query = buffer[..received.ReceivedBytes];
                Queries.Enqueue(query);
                Ports.Enqueue(((IPEndPoint)received.RemoteEndPoint).Port);
                foreach (var reply in _answer(query, false))
                {
                    await _udp.SendToAsync(reply, SocketFlags.None, received.RemoteEndPoint);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeTcpAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _tcp.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var header = new byte[2];
                await stream.ReadExactlyAsync(header);
                var query = new byte[(header[0] << 8) | header[1]];
                await stream.ReadExactlyAsync(query);
                foreach (var reply in _answer(query, true))
                {
                    await stream.WriteAsync(new Wire().U16(reply.Length).Raw(reply).ToArray());
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
