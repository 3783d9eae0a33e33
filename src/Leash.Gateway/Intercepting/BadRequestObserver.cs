using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.Gateway.Intercepting;

/// <summary>Hears of requests that Kestrel's parser answers by itself with 400, so that they are recorded too.</summary>
internal sealed class BadRequestObserver : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private readonly Action<InterceptedConnection> _onBadRequest;

    private BadRequestObserver(Action<InterceptedConnection> onBadRequest) => _onBadRequest = onBadRequest;

    public static IDisposable Subscribe(DiagnosticListener listener, Action<InterceptedConnection> onBadRequest) =>
        listener.Subscribe(new BadRequestObserver(onBadRequest), name => name == BadRequest);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == BadRequest && value.Value is IFeatureCollection features && features.Get<InterceptedConnection>() is { } connection)
        {
            _onBadRequest(connection);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
