using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Leash.EndToEnd.Tests.Support;
using Leash.Gateway.Tests.Functional;

namespace Leash.EndToEnd.Tests;

/// <summary>What policies on requests do in sessions that run.</summary>
public sealed class GatewayPolicyTests
{
    private const string Connect = """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test") when { [{tls}, {plain}].contains(context.port) };

        """;

    private const string JustV1 = Connect + """
        @id("just-v1") permit (principal, action == Action::"HttpRequest", resource in Host::"*.allowed.test") when { context.path like "/v1/*" };

        """;

    public static TheoryData<string> Enforcers => [.. WebWorld.Enforcers];

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Applied_DecidesTheNextRequest_AndClosesWhatIsOpenAndDenied(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1);
        var other = world.Write("other", Connect + """
            @id("just-v2") permit (principal, action == Action::"HttpRequest", resource in Host::"api.allowed.test") when { context.path like "/v2/*" };
            permit (principal, action == Action::"HttpRequest", resource in Host::"other.allowed.test") when { context.path like "/v1/*" };
            """);
        await using var session = await ClientSession.StartAsync(world);
        Assert.Equal("200 403", await StatusesAsync());

        var begun = await session.TextAsync(Begin(world, "api.allowed.test", "ended", "GET /v1/events", "data: first"));
        Assert.Contains("data: first", begun, StringComparison.Ordinal);
        Assert.Contains("101 Switching", await session.TextAsync(Socket(world, "api.allowed.test", "closed")), StringComparison.Ordinal);
        Assert.Contains("101 Switching", await session.TextAsync(Socket(world, "other.allowed.test", "kept")), StringComparison.Ordinal);

        var applied = await world.Place.LeashAsync(["policy", "apply", "--session", session.Id, other], seconds: 90);
        Assert.True(applied.Exit == 0, applied.ToString());
        Assert.Equal("closed", await session.TextAsync(new { @do = "end", keep = "ended" }));
        Assert.Equal("closed", await session.TextAsync(new { @do = "end", keep = "closed" }));
        Assert.EndsWith("hello", await session.TextAsync(new { @do = "say", keep = "kept", data = "\u0081\u0085\0\0\0\0hello", until = "hello" }), StringComparison.Ordinal);
        Assert.Equal("403 200", await StatusesAsync());
        Assert.Contains("101 Switching", await session.TextAsync(Socket(world, "other.allowed.test", "another")), StringComparison.Ordinal);
        await session.EndAsync();
        Assert.Contains(world.Requests(), line => line.StartsWith("deny GET /v1/thing", StringComparison.Ordinal));

        async Task<string> StatusesAsync() =>
            $"{(await session.AskAsync(Get(world, "/v1/thing", keep: "same")))[0]} {(await session.AskAsync(Get(world, "/v2/thing", keep: "same")))[0]}";
    }

    [Fact]
    public async Task Authority_IsShown_Exported_AndReplaced()
    {
        using Place place = new(Account.Ordinary);
        Assert.Contains("there is no authority yet", (await place.LeashAsync(["ca", "show"])).Out, StringComparison.Ordinal);
        var exported = (await place.LeashAsync(["ca", "export"])).Out;
        using var first = X509Certificate2.CreateFromPem(exported);
        Assert.DoesNotContain("PRIVATE", exported, StringComparison.Ordinal);
        Assert.Contains(first.GetCertHashString(HashAlgorithmName.SHA256), (await place.LeashAsync(["ca", "show"])).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await place.LeashAsync(["ca", "rotate"])).Exit);
        var file = Path.Join(place.Workspace, "authority.pem");
        Assert.Equal(0, (await place.LeashAsync(["ca", "export", "--out", file])).Exit);
        using var second = X509Certificate2.CreateFromPem(File.ReadAllText(file));
        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.Contains(second.GetCertHashString(HashAlgorithmName.SHA256), (await place.LeashAsync(["ca", "show"])).Out, StringComparison.Ordinal);
    }

    /// <summary>As programs ask for it, and as much of it as they have room for.</summary>
    [Theory, MemberData(nameof(Enforcers))]
    public async Task Peer_IsWhoWasAskedFor(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1);
        var ran = await world.RunAsync("""
            python3 - <<'END'
            import ctypes, os, socket
            libc = ctypes.CDLL(None, use_errno=True)
            def name(sock, room):
                buffer, length = ctypes.create_string_buffer(b"x" * 32, 32), ctypes.c_int(room)
                error = ctypes.get_errno() if libc.getpeername(sock.fileno(), buffer, ctypes.byref(length)) else 0
                return error, length.value, buffer.raw
            v4 = socket.create_connection(("api.allowed.test", {plain}))
            v6 = socket.socket(socket.AF_INET6)
            v6.connect(("::ffff:127.0.0.1", {plain}))
            print(v4.getpeername(), v6.getpeername()[:2])
            full, short, none = name(v4, 32), name(v4, 4), name(v4, 0)
            print(full[1], short[1], short[2][:4] == full[2][:4], short[2][4:] == b"x" * 28, none[1], none[2] == b"x" * 32, name(v4, -1)[0])
            try: socket.socket().getpeername()
            except OSError as e: print(e.errno)
            END
            """);
        Assert.Equal(
            $"""
            ('127.0.0.1', {world.Server.PlainPort}) ('::ffff:127.0.0.1', {world.Server.PlainPort})
            16 16 True True 16 True 22
            107

            """,
            ran.Out);
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task AuthoritiesAndQueries_AreAsTheFlagsSay(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1);
        var ask = $"curl -s -o answer -w '%{{http_code}}' https://api.allowed.test:{world.Server.Port}/v1/thing?key=value";
        Assert.Equal("502 /v1/thing?key=***", await AskAsync());
        Assert.Equal("200 /v1/thing?key=***", await AskAsync("--trust", world.Roots));
        Assert.Equal("200 /v1/thing?key=value", await AskAsync("--trust", world.Roots, "--log-queries"));

        async Task<string> AskAsync(params string[] options)
        {
            var session = world.Session(options, ["bash", "-c", ask]);
            var ran = await world.Place.RunAsync(["env", "-u", "SSL_CERT_FILE", .. session[2..]]);
            return $"{ran.Out.Trim()} {world.Place.Log().Single(entry => entry.Action == "HttpRequest").Target}";
        }
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Denied_IsAProblemWithPolicyAndHelp(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1 + """
            @id("no-secrets") @reason("secrets are not for agents") forbid (principal, action == Action::"HttpRequest", resource)
            when { context.path like "/v1/secret*" };
            """);
        await using var session = await ClientSession.StartAsync(world);
        var answer = await session.AskAsync(Get(world, "/v1/secret"));
        Assert.Equal(403, answer[0].GetInt32());
        Assert.Equal("application/problem+json", answer[1].GetString());
        var problem = JsonDocument.Parse(answer[2].GetString()!).RootElement;
        Assert.Equal(["no-secrets"], problem.GetProperty("policies").EnumerateArray().Select(id => id.GetString()));
        Assert.Contains("secrets are not for agents", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);

        var unpermitted = JsonDocument.Parse((await session.AskAsync(Get(world, "/v2/thing")))[2].GetString()!).RootElement;
        Assert.Contains("""context.path == "/v2/thing" """.TrimEnd(), unpermitted.GetProperty("help").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v1/thing")))[0].GetInt32());
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Rewriting_ChangesHeadersOverTlsOnly(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1 + """
            permit (principal, action == Action::"HttpRewrite", resource in Host::"*.allowed.test") when { context.header == "X-Set" && context.value == "a \"quoted\" value, ü €" };
            permit (principal, action == Action::"HttpRewrite", resource in Host::"*.allowed.test") when { context.header == "X-More" && context.value == "second" && context.operation == "add" };
            permit (principal, action == Action::"HttpRewrite", resource in Host::"*.allowed.test") when { context.header == "X-Gone" && context.operation == "remove" };
            permit (principal, action == Action::"HttpRewrite", resource == Host::"other.allowed.test") when { context.header == "X-Other" && context.value == "other" };
            """);
        await using var session = await ClientSession.StartAsync(world);
        Dictionary<string, string> headers = new(StringComparer.Ordinal) { ["X-Set"] = "own", ["X-More"] = "first", ["X-Gone"] = "here", ["X-Left"] = "left" };
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v1/tls", headers: headers)))[0].GetInt32());
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v1/plain", headers: headers, scheme: "http")))[0].GetInt32());

        var tls = world.Server.Arrived.Single(arrived => arrived.Target == "/v1/tls").Headers;
        Assert.Equal(["a \"quoted\" value, ü €"], tls["X-Set"].Select(FromUtf8));
        Assert.Equal("first,second", string.Join(',', tls["X-More"]).Replace(" ", "", StringComparison.Ordinal));
        Assert.DoesNotContain("X-Gone", tls.Keys);
        Assert.DoesNotContain("X-Other", tls.Keys);
        Assert.Equal(["left"], tls["X-Left"]);
        var plain = world.Server.Arrived.Single(arrived => arrived.Target == "/v1/plain").Headers;
        Assert.Equal(["own", "first", "here", "left"], new[] { "X-Set", "X-More", "X-Gone", "X-Left" }.Select(name => string.Join(',', plain[name])));
        await session.EndAsync();
        var log = world.Place.Log();
        Assert.Contains("X-Set", log.Single(entry => entry.Target == "/v1/tls").Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("not changed without https", log.Single(entry => entry.Target == "/v1/plain").Detail, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task ProgramsAreToldApart(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", Connect + """
            forbid (principal, action == Action::"HttpRequest", resource in Host::"*.allowed.test") unless { principal in Exe::"/usr/bin/curl" };
            """);
        var ran = await world.RunAsync("""
            U=https://api.allowed.test:{tls}/v1
            curl -sS -m 60 -o /dev/null -w '%{http_code}\n' $U/curl
            /usr/bin/python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' $U/python 2>&1 | grep -o 'Error 403'
            """);
        Assert.True(ran.Out == "200\nError 403\n", $"{ran}\n{world.Place.Denials()}");
        Assert.Equal(["/v1/curl"], world.Server.Arrived.Select(arrived => arrived.Target));
        Assert.Equal(["allow GET /v1/curl 200", "deny GET /v1/python"], world.Requests());
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task ShadowMode_SendsAndRecordsWhatItWouldDeny(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1);
        await using var session = await ClientSession.StartAsync(world, ["--mode", "shadow"]);
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v1/thing")))[0].GetInt32());
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v2/thing")))[0].GetInt32());
        await session.EndAsync();
        Assert.Equal(["allow GET /v1/thing 200", "would_deny GET /v2/thing 200"], world.Requests());
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task LoopbackWithoutStatementsOnRequests_StaysAsItIs(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        const string Loopback = """
            permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1:{plain}");

            """;
        // A target that the gateway would refuse arrives when nobody reads it.
        var odd = new { @do = "raw", to = new object[] { "127.0.0.1", world.Server.PlainPort }, data = "GET /v1//%2e%2e/x HTTP/1.1\r\nHost: whatever\r\nConnection: close\r\n\r\n" };
        world.Write("policy", Loopback);
        await using (var session = await ClientSession.StartAsync(world))
        {
            Assert.StartsWith("HTTP/1.1 200", await session.TextAsync(odd), StringComparison.Ordinal);
            var applied = await world.Place.LeashAsync(["policy", "apply", "--session", session.Id, world.Write("with", Loopback + """
                forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/v2/*" };
                """)], seconds: 90);
            Assert.True(applied.Exit == 0, applied.ToString());
            Assert.StartsWith("HTTP/1.1 4", await session.TextAsync(odd), StringComparison.Ordinal);
            await session.EndAsync();
        }

        Assert.Single(world.Server.Arrived);
        Assert.DoesNotContain(world.Place.Log(), entry => entry.Action == "HttpRequest" && entry.Verdict == "allow");
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task ThroughConnect_IsDecidedInside(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        world.Write("policy", JustV1);
        await using var session = await ClientSession.StartAsync(world);
        object Tunnel(string to, string path) => new
        {
            @do = "raw", to = new object[] { "api.allowed.test", world.Server.PlainPort },
            tunnel = $"CONNECT {to}:{world.Server.Port} HTTP/1.1\r\nHost: {to}:{world.Server.Port}\r\n\r\n", inner = to,
            data = $"GET {path} HTTP/1.1\r\nHost: {to}:{world.Server.Port}\r\nConnection: close\r\n\r\n",
        };
        Assert.StartsWith("HTTP/1.1 200", await session.TextAsync(Tunnel("api.allowed.test", "/v1/inside")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", await session.TextAsync(Tunnel("api.allowed.test", "/v2/inside")), StringComparison.Ordinal);
        Assert.DoesNotContain(" 200", await session.TextAsync(Tunnel("denied.test", "/v1/inside")), StringComparison.Ordinal);
        Assert.Equal(["/v1/inside"], world.Server.Arrived.Select(arrived => arrived.Target));
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task BehindASocksProxy_RequestsAreDecided_AndTheProxyIsAskedByName(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        using FakeSocks proxy = new();
        world.Write("policy", JustV1);
        await using var session = await ClientSession.StartAsync(
            world, variables: new Dictionary<string, string>(StringComparer.Ordinal) { ["ALL_PROXY"] = $"socks5h://127.0.0.1:{proxy.Port}", ["X_KEPT"] = "1" });
        Assert.StartsWith("HTTP/1.1 403", await AskAsync("/v2/a"), StringComparison.Ordinal);
        Assert.Empty(proxy.Asked);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("/v1/a"), StringComparison.Ordinal);
        Assert.Equal(["methods 0", world.Expand("1 distant.allowed.test {plain}")], proxy.Asked);

        // A program that found it would ask the proxy itself, and the gateway would not know for what.
        var variables = await session.TextAsync(new { @do = "read", path = "/proc/self/environ" });
        Assert.Contains("X_KEPT=1", variables, StringComparison.Ordinal);
        Assert.DoesNotContain("ALL_PROXY", variables, StringComparison.Ordinal);

        async Task<string> AskAsync(string path) => await session.TextAsync(new
        {
            @do = "raw", to = new object[] { "distant.allowed.test", world.Server.PlainPort },
            data = world.Expand($"GET {path} HTTP/1.1\r\nHost: distant.allowed.test:{{plain}}\r\nConnection: close\r\n\r\n"),
        });
    }

    [Fact]
    public async Task GatewayOff_RefusesPoliciesOnRequests_AndRunsOthers()
    {
        await using var world = await WebWorld.CreateAsync("seccomp");
        world.Write("policy", JustV1);
        var refused = await world.Place.RunAsync(world.Session(["--gateway", "off"], ["true"]));
        Assert.Equal(2, refused.Exit);
        Assert.Contains("HttpRequest", refused.Error, StringComparison.Ordinal);
        world.Write("policy", Connect);
        await using var session = await ClientSession.StartAsync(world, ["--gateway", "off"]);
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v2/thing")))[0].GetInt32());
        Assert.Equal(200, (await session.AskAsync(Get(world, "/v2/thing", scheme: "http")))[0].GetInt32());
        await session.EndAsync();
        Assert.Empty(world.Requests());
    }

    private static object Get(WebWorld world, string path, Dictionary<string, string>? headers = null, string scheme = "https", string? keep = null) => new
    {
        @do = "get", scheme, path, keep, headers = headers ?? [],
        to = new object[] { "api.allowed.test", scheme == "https" ? world.Server.Port : world.Server.PlainPort },
    };

    private static object Begin(WebWorld world, string host, string keep, string line, string until, string headers = "") => new
    {
        @do = "begin", keep, until, to = new object[] { host, world.Server.Port }, sni = host, data = $"{line} HTTP/1.1\r\nHost: {host}:{world.Server.Port}\r\n{headers}\r\n",
    };

    private static object Socket(WebWorld world, string host, string keep) => Begin(
        world, host, keep, "GET /v1/socket", "\r\n\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n");

    private static string FromUtf8(string header) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(header)) is { } decoded && !decoded.Contains('\uFFFD', StringComparison.Ordinal) ? decoded : header;
}
