using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Leash.Gateway.Connections;

/// <summary>An accepted connection while the gateway itself holds it.</summary>
internal sealed class ClientConnection(ConnectionContext context)
{
    public ConnectionContext Context { get; } = context;

    public PipeReader Input => Context.Transport.Input;

    public Socket Socket => Context.Features.Get<IConnectionSocketFeature>()!.Socket;

    /// <summary>Sends the last bytes and closes.</summary>
    public async ValueTask CloseAsync(ReadOnlyMemory<byte> farewell)
    {
        try
        {
            if (!farewell.IsEmpty)
            {
                await Context.Transport.Output.WriteAsync(farewell).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or ConnectionAbortedException)
        {
            // The client is gone already.
        }

        await Context.Transport.Output.CompleteAsync().ConfigureAwait(false);
        await Context.Transport.Input.CompleteAsync().ConfigureAwait(false);
        await Context.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Breaks it off with a reset.</summary>
    public async ValueTask AbortAsync()
    {
        Context.Abort();
        await CloseAsync(default).ConfigureAwait(false);
    }
}
