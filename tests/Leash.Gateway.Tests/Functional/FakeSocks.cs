using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Leash.Gateway.Tests.Functional;

/// <summary>A SOCKS proxy (RFC 1928) that leads every name and address to this machine.</summary>
internal sealed class FakeSocks : IDisposable
{
    private readonly TcpUpstream _listener;
    private readonly byte _method;
    private readonly byte _authentication;
    private readonly byte[] _answer;

    /// <param name="method">The method that it chooses: 0 for none, 2 for a password.</param>
    /// <param name="authentication">What it says to a password: 0 for yes.</param>
    /// <param name="answer">What it answers to a request; 5 and 0 begin a yes.</param>
    public FakeSocks(byte method = 0, byte authentication = 0, byte[]? answer = null)
    {
        (_method, _authentication, _answer) = (method, authentication, answer ?? [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        _listener = new TcpUpstream(ServeAsync);
    }

    public int Port => _listener.Port;

    /// <summary>What it was asked: methods, name and password, target.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(NetworkStream client)
    {
        var greeting = await ReadAsync(client, 2);
        Asked.Enqueue("methods " + string.Join(' ', await ReadAsync(client, greeting[1])));
        await client.WriteAsync((byte[])[5, _method]);
        if (_method == 2 && greeting[1] == 2)
        {
            await ReadAsync(client, 1);
            Asked.Enqueue($"{await ReadTextAsync(client)} {await ReadTextAsync(client)}");
            await client.WriteAsync((byte[])[1, _authentication]);
        }

        var head = await ReadAsync(client, 4);
        var host = head[3] == 3 ? await ReadTextAsync(client) : new IPAddress(await ReadAsync(client, head[3] == 1 ? 4 : 16)).ToString();
        var port = await ReadAsync(client, 2);
        Asked.Enqueue($"{head[1]} {host} {(port[0] << 8) + port[1]}");
        await client.WriteAsync(_answer);
        if (_answer is [5, 0, _, 1 or 3 or 4, ..])
        {
            await FakeProxy.RelayAsync(client, (port[0] << 8) + port[1]);
        }
    }

    private static async Task<string> ReadTextAsync(NetworkStream stream) => Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0]));

    private static async Task<byte[]> ReadAsync(NetworkStream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, Deadline.Token);
        return bytes;
    }
}
