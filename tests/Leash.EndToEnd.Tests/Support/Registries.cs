using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>What package managers and git talk to, each with one thing in it.</summary>
internal static class Registries
{
    /// <summary>Adds <c>/…/npm</c>, <c>/…/pip</c>, <c>/…/nuget</c> and <c>/…/git</c>.</summary>
    public static void AddTo(WebServer server, string gitRoot)
    {
        var package = NpmPackage();
        server.Places["npm"] = context => Target(context).EndsWith(".tgz", StringComparison.Ordinal)
            ? context.Response.Body.WriteAsync(package).AsTask()
            : JsonAsync(context, $$$$$"""
                {"name":"@scope/thing","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"@scope/thing","version":"1.0.0","dist":{
                "tarball":"https://api.allowed.test:{{{{{server.Port}}}}}/v1/npm/@scope/thing/-/thing-1.0.0.tgz",
                "integrity":"sha512-{{{{{Convert.ToBase64String(SHA512.HashData(package))}}}}}"}}}}
                """);
        var wheel = Wheel();
        server.Places["pip"] = context => Target(context).EndsWith(".whl", StringComparison.Ordinal)
            ? context.Response.Body.WriteAsync(wheel).AsTask()
            : HtmlAsync(context, "<!DOCTYPE html><html><body><a href=\"thing-1.0-py3-none-any.whl\">thing-1.0-py3-none-any.whl</a></body></html>");
        server.Places["nuget"] = context => JsonAsync(context, Target(context).EndsWith("index.json", StringComparison.Ordinal)
            ? $$"""{"version":"3.0.0","resources":[{"@id":"https://api.allowed.test:{{server.Port}}{{Target(context).Replace("index.json", "query", StringComparison.Ordinal)}}","@type":"SearchQueryService/3.0.0-beta"}]}"""
            : """{"totalHits":1,"data":[{"id":"A.Thing","version":"1.0.0","versions":[{"version":"1.0.0","downloads":1}],"totalDownloads":1}]}""");
        server.Places["git"] = context => ServeGitAsync(context, gitRoot);
    }

    private static string Target(HttpContext context) => context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];

    private static Task JsonAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(text);
    }

    private static Task HtmlAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(text);
    }

    private static byte[] NpmPackage()
    {
        using MemoryStream bytes = new();
        using (GZipStream zip = new(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (TarWriter tar = new(zip))
        {
            foreach (var (name, text) in new[] { ("package.json", """{"name":"@scope/thing","version":"1.0.0"}"""), ("index.js", "module.exports = 'a thing';") })
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/" + name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Wheel()
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[]
            {
                ("thing.py", "name = 'a thing'\n"),
                ("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n"),
                ("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
                ("thing-1.0.dist-info/RECORD", "thing.py,,\nthing-1.0.dist-info/METADATA,,\nthing-1.0.dist-info/WHEEL,,\nthing-1.0.dist-info/RECORD,,\n"),
            })
            {
                using StreamWriter writer = new(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return bytes.ToArray();
    }

    // CGI (RFC 3875), as far as git's own server needs it.
    private static async Task ServeGitAsync(HttpContext context, string root)
    {
        var request = context.Request;
        ProcessStartInfo start = new("git", ["http-backend"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["GIT_PROJECT_ROOT"] = root;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = start.Environment["REMOTE_USER"] = "1";
        start.Environment["REQUEST_METHOD"] = request.Method;
        start.Environment["PATH_INFO"] = Target(context)[(Target(context).IndexOf("/git", StringComparison.Ordinal) + "/git".Length)..];
        start.Environment["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?');
        start.Environment["CONTENT_TYPE"] = request.ContentType;
        start.Environment["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding;
        start.Environment["GIT_PROTOCOL"] = request.Headers["Git-Protocol"];
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        start.Environment["GIT_CONFIG_VALUE_0"] = "*";
        using var backend = Process.Start(start)!;
        await request.Body.CopyToAsync(backend.StandardInput.BaseStream, context.RequestAborted);
        backend.StandardInput.Close();
        using MemoryStream whole = new();
        await backend.StandardOutput.BaseStream.CopyToAsync(whole, context.RequestAborted);
        var bytes = whole.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status")
            {
                context.Response.StatusCode = int.Parse(value[..3], System.Globalization.CultureInfo.InvariantCulture);
            }
            else
            {
                context.Response.Headers[name] = value;
            }
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory(end + 4), context.RequestAborted);
    }
}
