using System.Collections.Immutable;
using System.Net;
using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;
using Leash.Http.Canonical;
using Leash.Plan;
using Leash.Policy;
using Leash.Sessions.Http;

namespace Leash.Sessions.Tests.Http;

/// <summary>Deciders of policy texts, and what they are asked.</summary>
internal static class HttpDeciders
{
    public static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    public static SessionFacts Facts { get; } = new() { Workspace = "/srv/app", Home = "/home/alice", User = "alice", Uid = 1000, Agent = "claude", SessionId = "s1" };

    public static CompileResult Compile(string text) =>
        PolicyCompiler.Compile([new PolicyDocument("user", "test.cedar", text)], Facts, PlanActionMask.All);

    public static PolicyHttpDecider Decider(string text, bool isEnforced = true, HttpOptions? options = null)
    {
        var compiled = Compile(text);
        Assert.False(compiled.HasErrors, string.Join('\n', compiled.Diagnostics));
        return new PolicyHttpDecider(compiled.Plan!, new PlanDecider(compiled.Plan!), isEnforced, options ?? new HttpOptions());
    }

    public static GatewayProcess Process(int principal = 0) => new(1, "/usr/bin/curl", principal);

    /// <summary>A request of <c>GET https://x.com/a</c> and so on.</summary>
    public static HttpRequestFacts Request(string text, params HttpField[] fields)
    {
        var method = text[..text.IndexOf(' ', StringComparison.Ordinal)];
        var url = text[(method.Length + 1)..];
        var scheme = url[..url.IndexOf(':', StringComparison.Ordinal)];
        var rest = url[(scheme.Length + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (request, refusal) = RequestCanonicalizer.Canonicalize(new RawRequest
        {
            Version = RequestVersion.Http11,
            Method = method,
            Scheme = scheme,
            Target = rest[slash..],
            Fields = [new HttpField("host", rest[..slash]), .. fields],
        });
        Assert.Equal(RequestRefusal.None, refusal);
        return new HttpRequestFacts(request!, Address, Process());
    }

    public static ConnectionFacts Connection(string? name, string address = "192.0.2.1", int port = 443, params ImmutableArray<string> known) =>
        new(name is null ? SplicedProtocol.Opaque : SplicedProtocol.Tls, name, IPAddress.Parse(address), port, known, Process());

    /// <summary>What leaves: each rewritten header as <c>Kind name=value</c>.</summary>
    public static string[] Show(GatewayVerdict verdict) => [.. verdict.Rewrites.Select(rewrite => $"{rewrite}={rewrite.Value}")];
}
