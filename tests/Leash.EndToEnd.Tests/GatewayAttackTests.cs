using System.Text;
using Leash.Audit;
using Leash.EndToEnd.Tests.Support;
using Leash.Gateway.Tests.Functional;
using Leash.Gateway.Tests.Prefaces;

namespace Leash.EndToEnd.Tests;

/// <summary>
/// What a program that knows about the gateway may try. Each row is denied and recorded with its cause, and has a twin that differs only in what makes it an
/// attack and gets through; one session for each enforcer takes them all, as one that is attacked would.
/// </summary>
public sealed class GatewayAttackTests(GatewayAttackTests.Sessions sessions) : IClassFixture<GatewayAttackTests.Sessions>
{
    private const string Api = "api.allowed.test";
    private const int EncryptedClientHello = 0xFE0D;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary><c>{tls}</c>, <c>{plain}</c> and <c>{h2c}</c> are ports, <c>H</c> is the line that names the host, <c>END</c> ends a request and the connection after it.</summary>
    private const string Policy = """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test") when { [{tls}, {plain}, {h2c}].contains(context.port) };
        permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.2:{plain}");
        // Policies cannot open the gateway itself.
        permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1") when { ![{tls}, {plain}, {h2c}].contains(context.port) };
        permit (principal, action == Action::"HttpRequest", resource in Host::"*.allowed.test") when { context.path like "/v1/*" };
        permit (principal, action == Action::"NetworkConnect", resource == Host::"pinned.test") when { context.port == {tls} && context.protocol == "tcp" };
        @id("closed") forbid (principal, action == Action::"HttpRequest", resource in Host::"*.allowed.test") when { context.path like "/v1/closed*" };
        @id("not-other") forbid (principal, action == Action::"HttpRequest", resource in Host::"other.allowed.test");
        """;

    private static object Pinned => new { @do = "raw", to = new object[] { "pinned.test", "{tls}" }, sni = "pinned.test", data = "GET /v1/a HTTP/1.1\r\nHost: pinned.test:{tls}\r\nConnection: close\r\n\r\n" };

    private static readonly Attack[] s_attacks =
    [
        // Two requests for a server that are one for the gateway, or the other way round.
        Plain("two lengths", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nEND0\r\n\r\nGET /v1/closed HTTP/1.1\r\nH\r\nEND", "POST /v1/a HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nEND0\r\n\r\n", "HttpRequest structural the length of the body is not clear"),
        Plain("two different lengths", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 1\r\nContent-Length: 2\r\nENDab", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2\r\nENDab", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("another coding than chunked", "POST /v1/a HTTP/1.1\r\nH\r\nTransfer-Encoding: xchunked\r\nEND0\r\n\r\n", "POST /v1/a HTTP/1.1\r\nH\r\nTransfer-Encoding: chunked\r\nEND0\r\n\r\n", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("a length that is no number", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2x\r\nENDab", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2\r\nENDab", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("bare line feeds", "GET /v1/a HTTP/1.1\nH\nConnection: close\n\n", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "NetworkConnect structural the request line is not that of HTTP"),
        Plain("a bare line feed between headers", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\nZ: w\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\r\nZ: w\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("a folded header", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\r\n z\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nX: y z\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("a space before the colon", "GET /v1/a HTTP/1.1\r\nH\r\nX : y\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nX: y\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("a second request that is denied", "GET /v1/closed HTTP/1.1\r\nH\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest forbid closed forbidden by closed"),

        Plain("a length with a sign", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: +2\r\nENDab", "POST /v1/a HTTP/1.1\r\nH\r\nContent-Length: 2\r\nENDab", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("more headers than anyone sends", $"GET /v1/a HTTP/1.1\r\nH\r\nX: {new string('x', 200_000)}\r\nEND", $"GET /v1/a HTTP/1.1\r\nH\r\nX: {new string('x', 20_000)}\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("after one that is permitted", "GET /v1/a HTTP/1.1\r\nH\r\n\r\nGET /v1/closed HTTP/1.1\r\nH\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\n\r\nGET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest forbid closed forbidden by closed") with { Through = 1 },
        new("after one that is permitted, on HTTP/2 without TLS", Http2("http", (Api, "/v1/a", ""), (Api, "/v1/closed", "")), Http2("http", (Api, "/v1/a", ""), (Api, "/v1/a", "")), "HttpRequest forbid closed forbidden by closed") { Through = 1 },
        new("after one that is permitted, on HTTP/2", Http2("https", (Api, "/v1/a", ""), (Api, "/v1/closed", "")), Http2("https", (Api, "/v1/a", ""), (Api, "/v1/a", "")), "HttpRequest forbid closed forbidden by closed") { Through = 1 },
        new("to another host after one that is permitted, on HTTP/2", Http2("https", (Api, "/v1/a", ""), ("other.allowed.test", "/v1/a", "")), Http2("https", (Api, "/v1/a", ""), (Api, "/v1/a", "")), "HttpRequest structural the request names another host than its TLS connection") { Through = 1 },
        new("a header that ends early, on HTTP/2", Http2("https", (Api, "/v1/a", "y\r\nhost: other.allowed.test")), Http2("https", (Api, "/v1/a", "y")), "HttpRequest structural the request breaks HTTP's syntax"),

        // Two hosts.
        Plain("two hosts", "GET /v1/a HTTP/1.1\r\nH\r\nHost: other.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("another host", "GET /v1/a HTTP/1.1\r\nHost: other.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest forbid not-other forbidden by not-other"),
        Plain("no host", "GET /v1/a HTTP/1.1\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("another host in the target", "GET http://other.allowed.test:{plain}/v1/a HTTP/1.1\r\nH\r\nEND", "GET http://api.allowed.test:{plain}/v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("a host with a user's name", "GET /v1/a HTTP/1.1\r\nHost: x@api.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the request breaks HTTP's syntax"),
        Plain("an address in place of the name", "GET /v1/a HTTP/1.1\r\nHost: 127.0.0.1:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest no_permit no policy permits it"),
        Plain("an address in an odd notation", "GET /v1/a HTTP/1.1\r\nHost: 0x7f.1:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the host is an address in an unusual notation"),
        Plain("another port", "GET /v1/a HTTP/1.1\r\nHost: api.allowed.test:{tls}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the request names another port than that of its connection"),
        Plain("a name that leads to another address", "GET /v1/a HTTP/1.1\r\nHost: metadata.allowed.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest unresolvable the host does not have the address that was connected to"),
        Plain("a name that nobody asked for", "GET /v1/a HTTP/1.1\r\nHost: denied.test:{plain}\r\nEND", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest unresolvable the host does not have the address that was connected to"),
        new("another host than that of TLS", Tls(Api, "other.allowed.test"), Tls(Api, Api), "HttpRequest structural the request names another host than its TLS connection"),
        new("TLS for another host", Tls("other.allowed.test", Api), Tls(Api, Api), "HttpRequest structural the request names another host than its TLS connection"),
        new("TLS for a name that nobody may ask for", Tls("denied.test", "denied.test"), Tls(Api, Api), "HttpRequest unresolvable the host does not have the address that was connected to"),

        new("another host in the target, in TLS", InTls("GET https://other.allowed.test:{tls}/v1/a HTTP/1.1\r\nHost: other.allowed.test:{tls}"), InTls("GET https://api.allowed.test:{tls}/v1/a HTTP/1.1\r\nHost: api.allowed.test:{tls}"), "HttpRequest structural the request names another host than its TLS connection"),
        new("another host in the target than in Host, in TLS", InTls("GET https://other.allowed.test:{tls}/v1/a HTTP/1.1\r\nHost: api.allowed.test:{tls}"), InTls("GET https://api.allowed.test:{tls}/v1/a HTTP/1.1\r\nHost: api.allowed.test:{tls}"), "HttpRequest structural the request breaks HTTP's syntax"),
        new("a tunnel in TLS", InTls("CONNECT other.allowed.test:{tls} HTTP/1.1\r\nHost: other.allowed.test:{tls}"), Tls(Api, Api), "HttpRequest structural this method is not served here"),
        new("an encrypted name, where TLS stays closed", RawHello(Hello.ServerName("pinned.test"), Hello.Extension(EncryptedClientHello, [0, 1, 2])), Pinned, "NetworkConnect structural an encrypted ClientHello can name another host than the one decided about"),
        new("a name for a server's backend", RawHello(Hello.ServerName(Api), Hello.Extension(EncryptedClientHello, [1])), Tls(Api, Api), "NetworkConnect structural an encrypted ClientHello can name another host than the one decided about"),
        new("TLS for a name with a dot at its end", RawHello(Hello.ServerName(Api + ".")), Tls(Api, Api), "NetworkConnect structural the TLS server name is not a host name"),
        new("TLS for a name with a null", RawHello(Hello.ServerName(Api + "\0.denied.test")), Tls(Api, Api), "NetworkConnect structural the TLS server name is not a host name"),
        new("TLS for two names", RawHello(Hello.ServerName(Api), Hello.ServerName("other.allowed.test")), Tls(Api, Api), "NetworkConnect structural the TLS ClientHello cannot be read"),
        new("TLS that stays closed, for a name of another address", RawHello(Hello.Alpn("imap"), Hello.ServerName("metadata.allowed.test")), Pinned, "NetworkConnect unresolvable the host does not have the address that was connected to"),

        // Paths that servers read otherwise.
        Path("dot segments", "/v1/a/../closed", "/v1/a/closed", "HttpRequest structural the path has a segment `.` or `..`"),
        Path("encoded dots", "/v1/%2e%2e/v2/a", "/v1/%2ea/a", "HttpRequest structural the path has a segment `.` or `..`"),
        Path("encoded dots and slash", "/v1/a%2f%2e%2e%2fclosed", "/v1/a%2fb", "HttpRequest structural the path has a segment `.` or `..`"),
        Path("an encoded slash", "/v1%2fclosed", "/v1/a%2fclosed", "HttpRequest no_permit no policy permits it"),
        Path("two slashes", "/v1//closed", "/v1//a", "HttpRequest forbid closed permitted as it is written, but not as some servers read it"),
        Path("a parameter", "/v1/closed;x", "/v1/a;x", "HttpRequest forbid closed forbidden by closed"),
        Path("a parameter in between", "/v1;x/closed", "/v1/a;x/closed", "HttpRequest no_permit no policy permits it"),
        Path("an encoded letter", "/v1/%63losed", "/v1/%63a", "HttpRequest forbid closed forbidden by closed"),
        Path("encoded twice", "/v1/%2563losed", "/v1/%63a", "HttpRequest structural the path is percent-encoded twice"),
        Path("a backslash", "/v1\\closed", "/v1/a", "HttpRequest structural the path has a backslash"),
        Path("overlong UTF-8", "/v1/%c0%ae%c0%ae/closed", "/v1/%c3%a9", "HttpRequest structural the path has encoded bytes that are not UTF-8"),
        Path("a null", "/v1/a%00", "/v1/a", "HttpRequest structural the request breaks HTTP's syntax"),

        // What goes through and is decided inside, or is something else then.
        new("a tunnel to a host that is denied", Tunnel("other.allowed.test"), Tunnel(Api), "HttpRequest forbid not-other forbidden by not-other"),
        new("a tunnel to another name", Tunnel("denied.test"), Tunnel(Api), "NetworkConnect unresolvable the host has no address that may be connected to"),
        Plain("HTTP/2 without TLS by upgrade, then another path", "GET /v1/closed HTTP/1.1\r\nH\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n", "GET /v1/a HTTP/1.1\r\nH\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n", "HttpRequest forbid closed forbidden by closed"),
        Plain("HTTP/2 after an upgrade without TLS", "GET /v1/a HTTP/1.1\r\nH\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n" + Text([.. RawHttp2.Begin, .. RawHttp2.Get(3, "http", Api + ":{h2c}", "/v1/closed")]), "GET /v1/a HTTP/1.1\r\nH\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\nGET /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural the request breaks HTTP's syntax") with { Through = 1 },
        Plain("another protocol by upgrade", "GET /v1/closed HTTP/1.1\r\nH\r\nUpgrade: any\r\nConnection: Upgrade, close\r\n\r\n", "GET /v1/a HTTP/1.1\r\nH\r\nUpgrade: any\r\nConnection: Upgrade, close\r\n\r\n", "HttpRequest forbid closed forbidden by closed"),
        Plain("a trace", "TRACE /v1/a HTTP/1.1\r\nH\r\nEND", "OPTIONS /v1/a HTTP/1.1\r\nH\r\nEND", "HttpRequest structural this method is not served here"),
        Plain("HTTP/0.9", "GET /v1/a\r\n", "GET /v1/a HTTP/1.0\r\nH\r\n\r\n", "NetworkConnect structural the request line is not that of HTTP"),
        Plain("not HTTP", "SSH-2.0-x\r\n", "GET /v1/a HTTP/1.1\r\nH\r\nEND", "NetworkConnect no_permit policies restrict requests to the host, and the connection is not read as requests"),

        // Sockets.
        new("fast open", new { @do = "fastopen", to = To("127.0.0.1"), data = Request("other.allowed.test", "/v1/a") }, new { @do = "fastopen", to = To("127.0.0.1"), data = Request(Api, "/v1/a") }, "HttpRequest forbid not-other forbidden by not-other"),
        new("a socket that is connected twice", new { @do = "reconnect", first = To("127.0.0.2"), to = To("127.0.0.1"), data = Request(Api, "/v1/closed") }, new { @do = "reconnect", first = To("127.0.0.2"), to = To("127.0.0.1"), data = Request(Api, "/v1/a") }, "HttpRequest forbid closed forbidden by closed"),
        new("the gateway's own port", new { @do = "raw", to = new object[] { "127.0.0.1", "{gateway}" }, data = Request(Api, "/v1/a") }, new { @do = "raw", to = To("127.0.0.1"), data = Request(Api, "/v1/a") }, "structural the session's gateway takes connections that go somewhere else"),
        new("a datagram to a host whose requests are decided", new { @do = "udp", to = new object[] { "127.0.0.1", "{tls}" }, data = "\xc0" }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }, "NetworkConnect structural statements on HttpRequest apply to the host, and datagrams (HTTP/3) are not read as requests"),
        new("QUIC", new { @do = "udp", to = new object[] { "192.0.2.1", 443 }, data = "\xc0" }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }, "NetworkConnect no_permit"),
        new("a name that leads to the metadata address", new { @do = "raw", to = To("metadata.allowed.test"), data = Request("metadata.allowed.test", "/v1/a") }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }, "DnsQuery rebinding the name points at internal addresses only"),
        new("a name that leads inside", new { @do = "raw", to = To("rebound.allowed.test"), data = Request("rebound.allowed.test", "/v1/a") }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }, "DnsQuery rebinding the name points at internal addresses only"),
        new("an IPv4 address as an IPv6 address", new { @do = "raw", to = To("::ffff:127.0.0.1"), data = Request(Api, "/v1/closed") }, new { @do = "raw", to = To("::ffff:127.0.0.1"), data = Request(Api, "/v1/a") }, "HttpRequest forbid closed forbidden by closed"),
        new("a socket that is bound to a device", new { @do = "raw", device = "lo", to = To("127.0.0.1"), data = Request(Api, "/v1/closed") }, new { @do = "raw", device = "lo", to = To("127.0.0.1"), data = Request(Api, "/v1/a") }, "HttpRequest forbid closed forbidden by closed"),
        new("a name server over TLS", new { @do = "raw", to = new object[] { "192.0.2.1", 853 }, data = "" }, new { @do = "raw", to = To(Api), data = Request(Api, "/v1/a") }, "NetworkConnect no_permit"),
    ];

    public static TheoryData<string, string> Rows() => WebWorld.Rows(s_attacks.Select(attack => attack.Name));

    [Theory, MemberData(nameof(Rows))]
    public async Task Attack_DoesNotReachTheServer(string name, string enforcer)
    {
        var attack = s_attacks.Single(attack => attack.Name == name);
        var (world, session) = await sessions.OfAsync(enforcer);
        var (before, recorded) = (world.Server.Arrived.Count, world.Place.Log().Count);
        var answer = await session.TextAsync(sessions.Expand(world, attack.Order));
        var arrived = world.Server.Arrived.Skip(before).ToArray();
        Assert.True(arrived.Length == attack.Through, $"{answer}\n{string.Join('\n', arrived.Select(request => request.ToString()))}");
        Assert.False(attack.Through == 0 && answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal), answer);
        Assert.NotEqual("sent", answer);
        await AssertDeniedAsync(world, recorded, attack.Because);

        var allowed = await session.TextAsync(sessions.Expand(world, attack.Twin));
        Assert.True(allowed.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || RawHttp2.CountOk(allowed) == attack.Through + 1, $"the twin: {allowed}");
        Assert.Equal(before + (2 * attack.Through) + 1, world.Server.Arrived.Count);
    }

    /// <summary>Lines are in the log before the answer is sent, or soon after a connection was closed.</summary>
    private static async Task AssertDeniedAsync(WebWorld world, int recorded, string because)
    {
        using CancellationTokenSource limit = new(s_patience);
        while (true)
        {
            string[] denials = [.. world.Place.Log().Skip(recorded).Where(entry => entry.Verdict == "deny").Select(Describe)];
            if (denials.Contains(because, StringComparer.Ordinal))
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"not among what was denied: {because}\n{string.Join('\n', denials)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static string Describe(AuditEntry entry) => $"{entry.Action} {entry.Reason} {string.Join(' ', [.. entry.Policies, entry.Detail])}".Trim();

    private static string Request(string host, string path) => $"GET {path} HTTP/1.1\r\nHost: {host}:{{plain}}\r\nConnection: close\r\n\r\n";

    private static object[] To(string host) => [host, "{plain}"];

    private static object Tls(string sni, string host) => new
    {
        @do = "raw", to = new object[] { Api, "{tls}" }, sni, data = $"GET /v1/a HTTP/1.1\r\nHost: {host}:{{tls}}\r\nConnection: close\r\n\r\n",
    };

    private static object InTls(string head) => new { @do = "raw", to = new object[] { Api, "{tls}" }, sni = Api, data = head + "\r\nConnection: close\r\n\r\n" };

    /// <summary>Requests on one connection. A placeholder is as long as the port that takes its place, which has five digits.</summary>
    private static object Http2(string scheme, params (string Host, string Path, string Header)[] requests)
    {
        var port = scheme == "https" ? "{tls}" : "{h2c}";
        var heads = requests.SelectMany((request, i) => RawHttp2.Get((byte)((2 * i) + 1), scheme, $"{request.Host}:{port}", request.Path, ("x", request.Header)));
        var data = Text([.. RawHttp2.Begin, .. heads, .. RawHttp2.End]);
        return scheme == "https"
            ? new { @do = "raw", to = new object[] { Api, port }, sni = Api, alpn = "h2", data }
            : new { @do = "raw", to = new object[] { Api, port }, data };
    }

    private static object RawHello(params byte[][] extensions) => new { @do = "raw", to = new object[] { Api, "{tls}" }, data = Text(Hello.Of(extensions)) };

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static object Tunnel(string host) => new
    {
        @do = "raw", to = To(Api), tunnel = $"CONNECT {host}:{{plain}} HTTP/1.1\r\nHost: {host}:{{plain}}\r\n\r\n", data = Request(host, "/v1/a"),
    };

    private static Attack Plain(string name, string data, string twin, string because) => new(name, Raw(data), Raw(twin), because);

    private static Attack Path(string name, string path, string twin, string because) =>
        Plain(name, $"GET {path} HTTP/1.1\r\nH\r\nEND", $"GET {twin} HTTP/1.1\r\nH\r\nEND", because);

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
                started = (world, await ClientSession.StartAsync(world, ["--passthrough", "pinned.test"]));
                _started.Add(enforcer, started);
            }

            return started;
        }

        /// <summary>Puts the ports of the world into an order.</summary>
        internal object Expand(WebWorld world, object order)
        {
            var text = System.Text.Json.JsonSerializer.Serialize(order);
            var gateway = text.Contains("\"{gateway}\"", StringComparison.Ordinal) ? GatewayPort(_started[world.Enforcer].Session) : "";
            text = text.Replace("\"{gateway}\"", gateway, StringComparison.Ordinal).Replace("\"{plain}\"", "{plain}", StringComparison.Ordinal).Replace("\"{tls}\"", "{tls}", StringComparison.Ordinal)
                .Replace("\"{h2c}\"", "{h2c}", StringComparison.Ordinal);
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

    /// <param name="Name">For people.</param>
    /// <param name="Order">What the program does.</param>
    /// <param name="Twin">What it may do.</param>
    /// <param name="Because">A line of the log that says so: action, reason, policies and detail.</param>
    private sealed record Attack(string Name, object Order, object Twin, string Because)
    {
        /// <summary>How many requests are permitted before what is not; the twin has as many.</summary>
        public int Through { get; init; }
    }
}
