using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Leash.Gateway.Connections;

/// <summary>Accepts connections on one loopback address and hands each on.</summary>
internal sealed class AcceptLoop : IDisposable
{
    private const int Backlog = 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Socket _listener;
    private readonly SocketConnectionContextFactory _factory;
    private readonly SemaphoreSlim _free;

    private AcceptLoop(Socket listener, SocketConnectionContextFactory factory, SemaphoreSlim free)
    {
        _listener = listener;
        _factory = factory;
        _free = free;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Makes connections of sockets; an idle one holds no buffer.</summary>
    public static SocketConnectionContextFactory CreateFactory() =>
        new(new SocketConnectionFactoryOptions { WaitForDataBeforeAllocatingBuffer = true }, NullLogger.Instance);

    /// <summary>Listens; null when the machine has no such address, or the port is taken.</summary>
    public static AcceptLoop? TryListen(IPAddress address, int port, SocketConnectionContextFactory factory, SemaphoreSlim free)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return new AcceptLoop(socket, factory, free);
        }
        catch (SocketException)
        {
            socket?.Dispose();
            return null;
        }
    }

    /// <summary>Accepts until it is disposed or cancelled.</summary>
    /// <param name="serve">Serves a connection; throws nothing but what ends this one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<ClientConnection, Task> serve, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var socket = await AcceptAsync(cancellationToken).ConfigureAwait(false);
                if (!_free.Wait(0, CancellationToken.None))
                {
                    // One waits here, those after it in the listener's queue.
                    await WaitAsync(socket, cancellationToken).ConfigureAwait(false);
                }

                _ = ServeAsync(socket, serve);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The gateway ends.
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task WaitAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                socket.NoDelay = true;
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
            {
                // A client that left before it was accepted, or no descriptor for now: neither ends the loop, and the latter lasts.
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket, Func<ClientConnection, Task> serve)
    {
        ClientConnection? client = null;
        try
        {
            client = new ClientConnection(_factory.Create(socket));
            client.Context.ConnectionClosed.UnsafeRegister(static free => ((SemaphoreSlim)free!).Release(), _free);
            await serve(client).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // FAIL-CLOSED: whatever went wrong, nothing more goes through.
            if (client is null)
            {
                _free.Release();
                socket.Dispose();
            }
            else
            {
                await client.AbortAsync().ConfigureAwait(false);
            }
        }
    }
}
