using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Leash.Gateway.Intercepting;

/// <summary>
/// Hears of what breaks HTTP/2 (RFC 9113), which Kestrel ends with a GOAWAY or a reset, and of what breaks Kestrel, so that both are recorded. Kestrel tells
/// of them in its log only, with the number of the connection.
/// </summary>
internal sealed class ProtocolErrors(Action<InterceptedConnection> onError) : ILoggerProvider, ISupportExternalScope, ILogger
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";
    private const string ConnectionId = "ConnectionId";

    private readonly ConcurrentDictionary<string, InterceptedConnection> _connections = new(StringComparer.Ordinal);
    private IExternalScopeProvider? _scopes;

    /// <summary>Has what matters here logged, and nothing else.</summary>
    public void AddTo(ILoggingBuilder logging) => logging.AddProvider(this)
        .AddFilter<ProtocolErrors>(null, LogLevel.None)
        .AddFilter<ProtocolErrors>(Kestrel, LogLevel.Warning)
        .AddFilter<ProtocolErrors>(Kestrel + ".Http2", LogLevel.Debug);

    /// <summary>Knows a connection by its number for as long as it is served.</summary>
    public ConnectionDelegate Watch(ConnectionDelegate next) => async context =>
    {
        _connections[context.ConnectionId] = context.Features.Get<InterceptedConnection>()!;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(context.ConnectionId, out _);
        }
    };

    public ILogger CreateLogger(string categoryName) => this;

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _scopes?.Push(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var id = eventId.Name switch
        {
            "Http2ConnectionError" or "HPackDecodingError" or "Http2StreamError" => Find(state, ConnectionId),
            // Other codes are for requests that the gateway itself breaks off. A stream is called after its connection.
            "Http2StreamResetAbort" when Find(state, "error") == "PROTOCOL_ERROR" => Find(state, "TraceIdentifier")?.Split(':')[0],
            // An exception that nobody expected, such as that for an HPACK index of 0; the event has no name.
            null when logLevel == LogLevel.Warning => FindInScope(ConnectionId),
            _ => null,
        };
        if (id is not null && _connections.TryGetValue(id, out var connection))
        {
            onError(connection);
        }
    }

    public void Dispose()
    {
    }

    private string? FindInScope(string name)
    {
        var found = new StrongBox<string?>();
        _scopes?.ForEachScope((scope, found) => found.Value ??= Find(scope, name), found);
        return found.Value;
    }

    private static string? Find(object? state, string name) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> values ? values.FirstOrDefault(value => value.Key == name).Value?.ToString() : null;
}
