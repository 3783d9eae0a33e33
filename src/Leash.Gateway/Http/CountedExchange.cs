using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.Gateway.Http;

/// <summary>Puts counters between the client's side of an exchange and whoever forwards it.</summary>
internal static class CountedExchange
{
    public static TransferCount Attach(HttpContext context)
    {
        var count = new TransferCount();
        var features = context.Features;
        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            features.Set<IHttpUpgradeFeature>(new CountedUpgrade(upgrade, count));
        }

        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            features.Set<IHttpExtendedConnectFeature>(new CountedConnect(connect, count));
        }

        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            context.Request.Body = new CountingStream(context.Request.Body, count);
        }

        context.Response.Body = new CountingStream(context.Response.Body, count);
        return count;
    }

    private sealed class CountedUpgrade(IHttpUpgradeFeature inner, TransferCount count) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => new CountingStream(await inner.UpgradeAsync().ConfigureAwait(false), count);
    }

    private sealed class CountedConnect(IHttpExtendedConnectFeature inner, TransferCount count) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync() => new CountingStream(await inner.AcceptAsync().ConfigureAwait(false), count);
    }
}
