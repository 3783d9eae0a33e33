using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Leash.Benchmarks.Gateway;

/// <summary>A client's connection over TLS with HTTP/1.1, written by hand so that it costs little. It trusts anybody: what it measures is not itself.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private const int BufferSize = 256 << 10;

    private readonly Column _column;
    private readonly string _host;
    private readonly SslStream _stream;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    private Connection(Column column, string host, SslStream stream, int bufferSize)
    {
        _column = column;
        _host = host;
        _stream = stream;
        _buffer = new byte[bufferSize];
    }

    public static async Task<Connection> OpenAsync(Column column, string host, int bufferSize = BufferSize)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, column.Port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            // Each connection is as of a client that was never there.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        });
        return new Connection(column, host, stream, bufferSize);
    }

    public ValueTask SendAsync(string method, string path, string headers = "") => _stream.WriteAsync(
        Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {_column.HostHeader(_host)}\r\nAccept: */*\r\n{headers}\r\n"));

    public ValueTask SendBodyAsync(ReadOnlyMemory<byte> body) => _stream.WriteAsync(body);

    /// <summary>Reads the head of an answer.</summary>
    /// <returns>Content-Length; null without one.</returns>
    public async Task<long?> ReadHeadAsync()
    {
        long? length = null;
        var status = await ReadLineAsync();
        if (!status.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{_column.Name} answered: {status}");
        }

        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
            {
                length = long.Parse(line.AsSpan(line.IndexOf(':') + 1), CultureInfo.InvariantCulture);
            }
        }

        return length;
    }

    public async Task SkipAsync(long length)
    {
        while (length > 0)
        {
            if (_start == _end)
            {
                await FillAsync();
            }

            var skipped = (int)Math.Min(length, _end - _start);
            _start += skipped;
            length -= skipped;
        }
    }

    public async Task<string> ReadLineAsync()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            await FillAsync();
        }
    }

    /// <summary>Asks for a kilobyte.</summary>
    public async Task AskAsync()
    {
        await SendAsync("GET", "/1k");
        await SkipAsync(await ReadHeadAsync() ?? throw new InvalidOperationException("no length"));
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task FillAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var length = await _stream.ReadAsync(_buffer.AsMemory(_end));
        _end += length > 0 ? length : throw new IOException($"{_column.Name} closed the connection");
    }
}
