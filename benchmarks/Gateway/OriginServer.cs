using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Leash.Benchmarks.Gateway;

/// <summary>The destination of every column, a process of its own: HTTPS with HTTP/1.1 and HTTP/2.</summary>
internal static class OriginServer
{
    private const int Chunk = 64 << 10;

    private static readonly byte[] Kilobyte = new byte[1024];
    private static readonly byte[] Zeros = new byte[Chunk];

    public static async Task RunAsync(string directory)
    {
        var files = Certificates.At(directory);
        using var pem = X509Certificate2.CreateFromPemFile(files.Leaf, files.Key);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(pem));
        });
        await using var application = builder.Build();
        application.Run(ServeAsync);
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine(new Uri(address).Port);
        await Task.Delay(Timeout.Infinite);
    }

    private static Task ServeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/1k" => SendKilobyteAsync(context),
        "/download" => SendAsync(context),
        "/upload" => ReceiveAsync(context),
        "/events" => SendEventsAsync(context),
        _ => Task.FromResult(context.Response.StatusCode = StatusCodes.Status404NotFound),
    };

    private static async Task SendKilobyteAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            await DrainAsync(context);
        }

        context.Response.ContentLength = Kilobyte.Length;
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(Kilobyte);
    }

    private static async Task SendAsync(HttpContext context)
    {
        var left = long.Parse(context.Request.Query["length"].ToString(), CultureInfo.InvariantCulture);
        context.Response.ContentLength = left;
        for (; left > 0; left -= Chunk)
        {
            await context.Response.Body.WriteAsync(Zeros.AsMemory(0, (int)Math.Min(left, Chunk)));
        }
    }

    private static async Task ReceiveAsync(HttpContext context)
    {
        var total = await DrainAsync(context);
        await context.Response.WriteAsync(total.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<long> DrainAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var total = 0L;
        while (true)
        {
            var result = await reader.ReadAsync();
            total += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return total;
            }
        }
    }

    /// <summary>Events that say when they were sent, by the clock that all processes share.</summary>
    private static async Task SendEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        for (var left = int.Parse(context.Request.Query["count"].ToString(), CultureInfo.InvariantCulture); left > 0; left--)
        {
            await Task.Delay(10);
            await context.Response.WriteAsync($"data: {Stopwatch.GetTimestamp()}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
