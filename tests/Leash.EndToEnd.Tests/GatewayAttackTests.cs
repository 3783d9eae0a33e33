using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>
/// What a program that knows about the gateway may try. Each row has a twin that differs only in what makes it an attack and gets through; one session for each
/// enforcer takes them all, as one that is attacked would.
/// </summary>
public sealed class GatewayAttackTests(GatewayAttackTests.Sessions sessions) : IClassFixture<GatewayAttackTests.Sessions>
{
    private const string Api = "api.allowed.test";

    /// <summary><c>{tls}</c> and <c>{plain}</c> are ports, <c>H</c> is the line that names the host, <c>END</c> ends a request and the connection after it.</summary>
    private const string Policy = """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test") when { [{tls}, {plain}].contains(context.port) };
        permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.2:{plain}");
        // Policies cannot open the gateway itself.
        permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1") when { ![{tls}, {plain}].contains(context.port) };
        permit (principal, action == Action::"HttpRequest", resource in Host::"*.allowed.test") when { context.path like "/v1/*" };
        @id("closed") forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/v1/closed*" };
        @id("not-other") forbid (principal, action == Action::"HttpRequest", resource in Host::"other.allowed.test");
        """;

    private static readonly Attack[] s_attacks =
    [
        // Two requests for a server that are one for the gateway, or the other way round.
        Plain("two lengths", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nEND0\r\n\r\nGET /v1/closed HTTP/1.1\r\nH\r\nEND", "POST /v1/a HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nEND0\r\n\r\n"),
        Plain("two different lengths", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 1\r\nContent-Length: 2\r\nENDab", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2\r\nENDab"),
        Plain("another coding than chunked", "POST /v1/a HTTP/1.1\r\nH\r\nTransfer-Encoding: xchunked\r\nEND0\r\n\r\n", "POST /v1/a HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nEND0\r\n\r\n"),
        Plain("a length that is no number", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2x\r\nENDab", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2\r\nENDab"),
        Plain("bare line feeds", "GET /v1/a HTTP/1.1\nH\nConnection: close\n\n", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("a bare line feed between headers", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\nZ: w\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\r\nZ: w\r\nEND"),
        Plain("a folded header", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\r\n z\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nX: y z\r\nEND"),
        Plain("a space before the colon", "GET /v1/a HTTP/1.1\r\nH\r\nX : y\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\r\nEND"),
        Plain("a second request that is denied", "GET /v1/closed HTTP/1.1\r\nH\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),

        // Two hosts.
        Plain("two hosts", "GET /v1/a HTTP/1.1\r\nH\r\nHost: other.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("another host", "GET /v1/a HTTP/1.1\r\nHost: other.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("no host", "GET /v1/a HTTP/1.1\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("another host in the target", "GET http://other.allowed.test:{plain}/v1/a HTTP/1.1\r\nH\r\nEND", "GET http://api.allowed.test:{plain}/v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("a host with a user's name", "GET /v1/a HTTP/1.1\r\nHost: x@api.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("an address in place of the name", "GET /v1/a HTTP/1.1\r\nHost: 127.0.0.1:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("an address in an odd notation", "GET /v1/a HTTP/1.1\r\nHost: 0x7f.1:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("another port", "GET /v1/a HTTP/1.1\r\nHost: api.allowed.test:{tls}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("a name that leads to another address", "GET /v1/a HTTP/1.1\r\nHost: metadata.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("a name that nobody asked for", "GET /v1/a HTTP/1.1\r\nHost: denied.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),
        new("another host than that of TLS", Tls(Api, "other.allowed.test"), Tls(Api, Api)),
        new("TLS for another host", Tls("other.allowed.test", Api), Tls(Api, Api)),
        new("TLS for a name that nobody may ask for", Tls("denied.test", "denied.test"), Tls(Api, Api)),

        // Paths that servers read otherwise.
        Path("dot segments", "/v1/a/../closed", "/v1/a/closed"),
        Path("encoded dots", "/v1/%2e%2e/v2/a", "/v1/%2ea/a"),
        Path("encoded dots and slash", "/v1/a%2f%2e%2e%2fclosed", "/v1/a%2fb"),
        Path("an encoded slash", "/v1%2fclosed", "/v1/a%2fclosed"),
        Path("two slashes", "/v1//closed", "/v1//a"),
        Path("a parameter", "/v1/closed;x", "/v1/a;x"),
        Path("a parameter in between", "/v1;x/closed", "/v1/a;x/closed"),
        Path("an encoded letter", "/v1/%63losed", "/v1/%63a"),
        Path("encoded twice", "/v1/%2563losed", "/v1/%63a"),
        Path("a backslash", "/v1\\closed", "/v1/a"),
        Path("overlong UTF-8", "/v1/%c0%ae%c0%ae/closed", "/v1/%c3%a9"),
        Path("a null", "/v1/a%00", "/v1/a"),

        // What goes through and is decided inside, or is something else then.
        new("a tunnel to a host that is denied", Tunnel("other.allowed.test"), Tunnel(Api)),
        new("a tunnel to another name", Tunnel("denied.test"), Tunnel(Api)),
        Plain("HTTP/2 without TLS by upgrade, then another path", "GET /v1/closed HTTP/1.1\r\nH\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n", "GET /v1/a HTTP/1.1\r\nH\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n"),
        Plain("a trace", "TRACE /v1/a HTTP/1.1\r\nH\r\nEND", "OPTIONS /v1/a HTTP/1.1\r\nH\r\nEND"),
        Plain("HTTP/0.9", "GET /v1/a\r\n", "GET /v1/a HTTP/1.0\r\nH\r\n\r\n"),
        Plain("not HTTP", "SSH-2.0-x\r\n", "GET /v1/a HTTP/1.1\r\nH\r\nEND"),

        // Sockets.
        new("fast open", new { @do = "fastopen", to = To("127.0.0.1"), data = Request("other.allowed.test", "/v1/a") }, new { @do = "fastopen", to = To("127.0.0.1"), data = Request(Api, "/v1/a") }),
        new("a socket that is connected twice", new { @do = "reconnect", first = To("127.0.0.2"), to = To("127.0.0.1"), data = Request(Api, "/v1/closed") }, new { @do = "reconnect", first = To("127.0.0.2"), to = To("127.0.0.1"), data = Request(Api, "/v1/a") }),
        new("the gateway's own port", new { @do = "raw", to = new object[] { "127.0.0.1", "{gateway}" }, data = Request(Api, "/v1/a") }, new { @do = "raw", to = To("127.0.0.1"), data = Request(Api, "/v1/a") }),
        new("a datagram to a host whose requests are decided", new { @do = "udp", to = new object[] { "127.0.0.1", "{tls}" }, data = "\xc0" }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }),
        new("QUIC", new { @do = "udp", to = new object[] { "192.0.2.1", 443 }, data = "\xc0" }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }),
        new("a name that leads to the metadata address", new { @do = "raw", to = To("metadata.allowed.test"), data = Request("metadata.allowed.test", "/v1/a") }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }),
        new("a name that leads inside", new { @do = "raw", to = To("rebound.allowed.test"), data = Request("rebound.allowed.test", "/v1/a") }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }),
    ];

    public static TheoryData<string, string> Rows()
    {
        TheoryData<string, string> rows = [];
        foreach (var enforcer in WebWorld.Enforcers)
        {
            foreach (var attack in s_attacks)
            {
                rows.Add(attack.Name, enforcer);
            }
        }

        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Attack_DoesNotReachTheServer(string name, string enforcer)
    {
        var attack = s_attacks.Single(attack => attack.Name == name);
        var (world, session) = await sessions.OfAsync(enforcer);
        var before = world.Server.Arrived.Count;
        var answer = await session.TextAsync(sessions.Expand(world, attack.Order));
        var arrived = world.Server.Arrived.Skip(before).ToArray();
        Assert.True(arrived.Length == 0, $"{answer}\n{string.Join('\n', arrived.Select(request => request.ToString()))}");
        Assert.False(answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal), answer);
        Assert.NotEqual("sent", answer);

        var allowed = await session.TextAsync(sessions.Expand(world, attack.Twin));
        Assert.True(allowed.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), $"the twin: {allowed}");
        Assert.Equal(before + 1, world.Server.Arrived.Count);
    }

    private static string Request(string host, string path) => $"GET {path} HTTP/1.1\r\nHost: {host}:{{plain}}\r\nConnection: close\r\n\r\n";

    private static object[] To(string host) => [host, "{plain}"];

    private static object Tls(string sni, string host) => new
    {
        @do = "raw", to = new object[] { Api, "{tls}" }, sni, data = $"GET /v1/a HTTP/1.1\r\nHost: {host}:{{tls}}\r\nConnection: close\r\n\r\n",
    };

    private static object Tunnel(string host) => new
    {
        @do = "raw", to = To(Api), tunnel = $"CONNECT {host}:{{plain}} HTTP/1.1\r\nHost: {host}:{{plain}}\r\n\r\n", data = Request(host, "/v1/a"),
    };

    private static Attack Plain(string name, string data, string twin) => new(name, Raw(data), Raw(twin));

    private static Attack Path(string name, string path, string twin) => Plain(name, $"GET {path} HTTP/1.1\r\nH\r\nEND", $"GET {twin} HTTP/1.1\r\nH\r\nEND");

    private static object Raw(string data) => new
    {
        @do = "raw", to = To(Api),
        data = data.Replace("\r\nEND", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)
            .Replace("\nH\r", $"\nHost: {Api}:{{plain}}\r", StringComparison.Ordinal).Replace("\nH\n", $"\nHost: {Api}:{{plain}}\n", StringComparison.Ordinal),
    };

    /// <summary>One session for each enforcer, started when the first row needs it.</summary>
    public sealed class Sessions : IAsyncLifetime
    {
        private readonly Dictionary<string, (WebWorld World, ClientSession Session)> _started = new(StringComparer.Ordinal);

        public ValueTask InitializeAsync() => default;

        internal async Task<(WebWorld World, ClientSession Session)> OfAsync(string enforcer)
        {
            if (!_started.TryGetValue(enforcer, out var started))
            {
                var world = await WebWorld.CreateAsync(enforcer);
                world.Write("policy", Policy);
                started = (world, await ClientSession.StartAsync(world));
                _started.Add(enforcer, started);
            }

            return started;
        }

        /// <summary>Puts the ports of the world into an order.</summary>
        internal object Expand(WebWorld world, object order)
        {
            var text = System.Text.Json.JsonSerializer.Serialize(order);
            var gateway = text.Contains("\"{gateway}\"", StringComparison.Ordinal) ? GatewayPort(_started[world.Enforcer].Session) : "";
            text = text.Replace("\"{gateway}\"", gateway, StringComparison.Ordinal).Replace("\"{plain}\"", "{plain}", StringComparison.Ordinal).Replace("\"{tls}\"", "{tls}", StringComparison.Ordinal);
            return System.Text.Json.JsonDocument.Parse(world.Expand(text)).RootElement;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (world, session) in _started.Values)
            {
                await session.DisposeAsync();
                await world.DisposeAsync();
            }
        }

        // What leash listens on besides its name server, which is on the same port by UDP; a program in the session cannot look, but may guess.
        private static string GatewayPort(ClientSession session)
        {
            var sockets = Directory.GetFiles($"/proc/{session.LeashPid}/fd").Select(fd => new FileInfo(fd).LinkTarget).ToHashSet(StringComparer.Ordinal);
            string[] Own(string protocol) =>
            [
                .. File.ReadLines("/proc/net/" + protocol).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Where(fields => fields.Length > 9 && (fields[3] is "0A" or "07") && sockets.Contains($"socket:[{fields[9]}]")).Select(fields => fields[1]),
            ];
            var ports = Own("tcp").Except(Own("udp")).Select(address => address.Split(':')[1]).Distinct(StringComparer.Ordinal).ToArray();
            Assert.Single(ports);
            return Convert.ToInt32(ports[0], 16).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private sealed record Attack(string Name, object Order, object Twin);
}
