using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Http;

namespace Leash.Gateway.Splicing;

/// <summary>
/// Passes bytes between a client and a destination untouched, for as long as either has any: the end of one direction is passed on by itself, a break ends
/// both. Memory per connection is bounded by one buffer and what the client's pipe holds back.
/// </summary>
internal sealed class Splicer
{
    /// <summary>What is read from a destination at once.</summary>
    public const int BufferLength = 64 << 10;

    private readonly PipeReader _fromClient;
    private readonly Socket _client;
    private readonly DialedConnection _destination;

    /// <summary>Splices.</summary>
    /// <param name="fromClient">What the client sent and sends, with what was only looked at.</param>
    /// <param name="client">The client's socket; nothing else writes to it.</param>
    /// <param name="destination">The other end.</param>
    public Splicer(PipeReader fromClient, Socket client, DialedConnection destination)
    {
        _fromClient = fromClient;
        _client = client;
        _destination = destination;
    }

    public TransferCount Count { get; } = new();

    /// <summary>Runs until both directions have ended.</summary>
    /// <param name="first">What the destination is already being asked for.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task RunAsync(FirstBytes? first, CancellationToken cancellationToken)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Reads on sockets that are gone end by themselves; those on ones that are silent only so.
        await using var closing = broken.Token.Register(Break).ConfigureAwait(false);
        await Task.WhenAll(Guard(SendAsync(broken.Token), broken), Guard(ReceiveAsync(first, broken.Token), broken)).ConfigureAwait(false);
    }

    private static async Task Guard(Task direction, CancellationTokenSource broken)
    {
        try
        {
            await direction.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever's fault it was: the other direction has no use any more.
            await broken.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Break()
    {
        // A reset tells both ends that this was no ordinary end.
        Reset(_client);
        Reset(_destination.Socket);
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return;
        }

        socket.Close();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _fromClient.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var segment in result.Buffer)
            {
                await _destination.Stream.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
                Count.AddSent(segment.Length);
            }

            await _destination.Stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            _fromClient.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        if (_destination.IsPlain)
        {
            _destination.Socket.Shutdown(SocketShutdown.Send);
        }
        else if (_destination.Stream is System.Net.Security.SslStream tls)
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(FirstBytes? first, CancellationToken cancellationToken)
    {
        if (first is not null)
        {
            var bytes = await first.GetAsync().ConfigureAwait(false);
            if (bytes.IsEmpty)
            {
                _client.Shutdown(SocketShutdown.Send);
                return;
            }

            await DeliverAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int length;
            while ((length = await _destination.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await DeliverAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _client.Shutdown(SocketShutdown.Send);
    }

    private async ValueTask DeliverAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var sent = await _client.SendAsync(bytes, cancellationToken).ConfigureAwait(false);
            Count.AddReceived(sent);
            bytes = bytes[sent..];
        }
    }
}
