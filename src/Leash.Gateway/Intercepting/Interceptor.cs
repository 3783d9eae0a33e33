using Leash.Gateway.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Leash.Gateway.Intercepting;

/// <summary>Starts the HTTP server with the first connection that needs it, and gives it connections.</summary>
internal sealed class Interceptor(Func<Task<InterceptingServer>> start) : IAsyncDisposable
{
    private readonly Lazy<Task<InterceptingServer>> _server = new(start);

    public async Task ServeAsync(ClientConnection client, InterceptedConnection connection, InterceptedProtocol protocol)
    {
        var server = await _server.Value.ConfigureAwait(false);
        client.Context.Features.Set(connection);
        client.Context.Features.Set<IMemoryPoolFeature>(RecordMemoryPool.Instance);
        if (!server.TryServe(client.Context, protocol))
        {
            await client.AbortAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
