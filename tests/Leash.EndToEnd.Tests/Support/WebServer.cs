using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A request as it arrived.</summary>
internal sealed record Arrived(string Method, string Host, string Target, string Scheme, IReadOnlyDictionary<string, string[]> Headers)
{
    public override string ToString() => $"{Method} {Scheme}://{Host}{Target}";
}

/// <summary>
/// The other side: HTTPS and HTTP on loopback ports, which remember what arrived. A path's first component is for policies; the second says what is served, and
/// what nothing else serves is answered with the request itself.
/// </summary>
internal sealed class WebServer : IAsyncDisposable
{
    /// <summary>Shows what its script gets, by requests and by WebSockets. The image is not there before the script says go: until then the page is not complete.</summary>
    private const string Page = """
        <!DOCTYPE html><body><img src="events"><script>
          const show = text => document.body.append(Object.assign(document.createElement('p'), { textContent: text }));
          for (const version of '12') {
            const request = new XMLHttpRequest();
            request.open('GET', `/v${version}/thing`, false);
            request.send();
            show(request.status);
          }
          const echo = version => new Promise(done => {
            const socket = new WebSocket(`wss://${location.host}/v${version}/socket`);
            socket.onopen = () => socket.send('echoed');
            socket.onmessage = message => done(message.data);
            socket.onerror = () => done('refused');
          });
          (async () => {
            for (const version of '12') { show(await echo(version)); }
            await fetch('go');
          })();
        </script></body>
        """;

    private readonly WebApplication _application;
    private readonly ConcurrentQueue<Arrived> _arrived = [];
    private readonly TaskCompletionSource _go = new();

    private WebServer(WebApplication application) => _application = application;

    public TestAuthority Authority { get; } = new();

    public int Port { get; private set; }

    public int PlainPort { get; private set; }

    /// <summary>HTTP/2 without TLS.</summary>
    public int PlainHttp2Port { get; private set; }

    public IReadOnlyList<Arrived> Arrived => [.. _arrived];

    /// <summary>What is served below a second component besides what there is anyway.</summary>
    public Dictionary<string, RequestDelegate> Places { get; } = new(StringComparer.Ordinal);

    public static async Task<WebServer> StartAsync()
    {
        WebServer? server = null;
        System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate));
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var application = builder.Build();
        application.UseWebSockets();
        application.Run(context => server!.ServeAsync(context));
        server = new WebServer(application);
        certificate = server.Authority.Sign("localhost", "127.0.0.1", "*.allowed.test", "pinned.test");
        await application.StartAsync();
        var ports = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(text => new Uri(text).Port).ToArray();
        (server.Port, server.PlainPort, server.PlainHttp2Port) = (ports[0], ports[1], ports[2]);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
        Authority.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        _arrived.Enqueue(new Arrived(
            context.Request.Method, context.Request.Host.Value ?? "", target, context.Request.Scheme,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.Select(value => value ?? "").ToArray(), StringComparer.OrdinalIgnoreCase)));
        var place = target.Split('?')[0].Split('/').ElementAtOrDefault(2) ?? "";
        if (Places.TryGetValue(place, out var serve))
        {
            await serve(context);
            return;
        }

        switch (place)
        {
            case "events":
                await ServeEventsAsync(context);
                break;
            case "go":
                _go.TrySetResult();
                await context.Response.WriteAsync("went");
                break;
            case "socket" when context.WebSockets.IsWebSocketRequest:
                await ServeSocketAsync(context);
                break;
            case "trailers":
                context.Response.ContentType = "application/grpc";
                context.Response.DeclareTrailer("grpc-status");
                await context.Response.WriteAsync("message");
                context.Response.AppendTrailer("grpc-status", "0");
                break;
            case "grpc":
                await ServeGrpcAsync(context, isStream: target.EndsWith("/stream", StringComparison.Ordinal));
                break;
            case "page":
                // Who believes it goes where no gateway is.
                context.Response.Headers.AltSvc = $"h3=\":{Port}\"";
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync(Page);
                break;
            case "redirect":
                context.Response.Redirect(context.Request.Query["to"].ToString());
                break;
            default:
                await EchoAsync(context, target);
                break;
        }
    }

    private static async Task EchoAsync(HttpContext context, string target)
    {
        StringBuilder text = new($"{context.Request.Method} {target}\n");
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                text.Append(name).Append(": ").Append(value).Append('\n');
            }
        }

        using StreamReader body = new(context.Request.Body);
        text.Append('\n').Append(await body.ReadToEndAsync(context.RequestAborted));
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private async Task ServeEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("data: first\n\n");
        await context.Response.Body.FlushAsync();
        await _go.Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("data: second\n\n");
    }

    // Messages go back in the frames that they came in, when they come; in a stream, all of them once more when somebody says go.
    private async Task ServeGrpcAsync(HttpContext context, bool isStream)
    {
        context.Response.ContentType = "application/grpc";
        using MemoryStream frames = new();
        var buffer = new byte[1024];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var length)
        {
            frames.Write(buffer, 0, length);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, length), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        if (isStream)
        {
            await _go.Task.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(frames.ToArray(), context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", "0");
        context.Response.AppendTrailer("echoed", "all");
    }

    private static async Task ServeSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
            {
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The other side went away.
        }
    }
}
