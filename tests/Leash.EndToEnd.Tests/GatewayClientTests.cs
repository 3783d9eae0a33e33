using System.Net;
using System.Net.Sockets;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>Programs that people use, in sessions whose policy permits <c>/v1/</c> of a host: each gets what is permitted, and is told what is not.</summary>
public sealed class GatewayClientTests
{
    private const string Python = "/usr/lib/python3/dist-packages/";

    private const string Policy = """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"api.allowed.test");
        @id("just-v1") permit (principal, action == Action::"HttpRequest", resource in Host::"api.allowed.test")
        when { context.path like "/v1/*" && context.port == {tls} };
        @id("no-evil") forbid (principal, action == Action::"HttpRequest", resource) when { context.path like "/v1/npm/@scope/evil*" };
        """;

    private static readonly Client[] s_clients =
    [
        new("curl, HTTP/1.1", "curl", """
            curl -sS -m 60 --http1.1 -o /dev/null -w '%{http_code} %{http_version}\n' $U/v1/thing
            curl -sS -m 60 --http1.1 -o /dev/null -w '%{http_code} %{http_version}\n' $U/v2/thing
            """, "200 1.1", "403 1.1"),
        new("curl, HTTP/2", "curl", """
            curl -sS -m 60 --http2 -o /dev/null -w '%{http_code} %{http_version}\n' $U/v1/thing
            curl -sS -m 60 --http2 -o /dev/null -w '%{http_code} %{http_version}\n' $U/v2/thing
            """, "200 2", "403 2"),
        new("curl, trailers of HTTP/2", "curl", """
            curl -sS -m 60 --http2 -D - -o /dev/null $U/v1/trailers | tr -d '\r' | grep -E '^(HTTP|grpc)'
            curl -sS -m 60 --http2 -D - -o /dev/null $U/v2/trailers | tr -d '\r' | grep -E '^(HTTP|grpc)'
            """, "HTTP/2 200 ", "grpc-status: 0", "HTTP/2 403 "),
        new("curl, a large body up and down", "curl", """
            head -c 3000000 /dev/zero | tr '\0' x >body
            curl -sS -m 60 -T body $U/v1/thing | tail -1 | wc -c
            curl -sS -m 60 -o /dev/null -w '%{http_code}\n' -T body $U/v2/thing
            """, "3000000", "403") { Method = "PUT" },
        new("wget", "wget", """
            wget -q -O /dev/null $U/v1/thing; echo $?
            wget -S -q -O /dev/null $U/v2/thing 2>&1 | grep -o 'HTTP/1.1 403'
            """, "0", "HTTP/1.1 403"),
        new("python, urllib", "python3", """
            python3 - $U <<'END'
            import sys, urllib.error, urllib.request
            for version in "12":
                try: print(urllib.request.urlopen(f"{sys.argv[1]}/v{version}/thing").status)
                except urllib.error.HTTPError as e: print(e.code)
            END
            """, "200", "403"),
        new("node, fetch and https", "node", """
            cat >client.mjs <<'END'
            import https from 'node:https';
            const u = process.argv[2];
            for (const version of '12') {
              console.log((await fetch(`${u}/v${version}/thing`)).status);
              console.log(await new Promise((done, fail) => https.get(`${u}/v${version}/thing`, { agent: false }, r => { r.resume(); done(r.statusCode); }).on('error', fail)));
            }
            END
            node client.mjs $U
            """, "200", "200", "403", "403"),
        new("java", "java", """
            cat >Client.java <<'END'
            import java.net.URI;
            import java.net.http.*;
            public class Client {
              public static void main(String[] args) throws Exception {
                var client = HttpClient.newHttpClient();
                for (var version = 1; version <= 2; version++) {
                  var request = HttpRequest.newBuilder(URI.create(args[0] + "/v" + version + "/thing")).build();
                  System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
                }
              }
            }
            END
            java -XX:TieredStopAtLevel=1 Client.java $U
            """, "200", "403"),
        new("git", "git", """
            git clone -q $U/v1/git/repo.git cloned && cat cloned/file
            echo changed >cloned/file && git -C cloned -c user.name=A -c user.email=a@example.com commit -qam second && git -C cloned push -q origin HEAD:refs/heads/pushed; echo $?
            git -C cloned push -q $U/v2/git/repo.git HEAD:refs/heads/stolen 2>&1 | grep -o 'error: 403'
            """, "content", "0", "error: 403")
        {
            Before = """
                mkdir -p $R && git init -q --bare $R/repo.git && git -C $R/repo.git config http.receivepack true
                git init -q ../source && cd ../source && echo content >file && git add file && git commit -qm first && git push -q $R/repo.git HEAD:refs/heads/main
                """,
            Allowed = "/v1/git/repo.git/git-receive-pack", Method = "POST", Denied = "/v2/git/repo.git/info/refs", DeniedMethod = "GET",
        },
        new("npm", "npm", """
            npm config set registry $U/v1/npm/ --location=project
            npm install --no-audit --no-fund --no-update-notifier --loglevel=error @scope/thing >/dev/null && node -p 'require("@scope/thing")'
            npm install --no-audit --no-fund --no-update-notifier --loglevel=error @scope/evil 2>&1 | grep -om1 'code E403'
            """, "a thing", "code E403") { Allowed = "/v1/npm/@scope%2Fthing", Denied = "/v1/npm/@scope%2Fevil", Policy = "no-evil" },
        new("pip", "python3", """
            python3 -m venv venv
            venv/bin/pip install -q --disable-pip-version-check --no-cache-dir --index-url $U/v1/pip/ thing && venv/bin/python -c 'import thing; print(thing.name)'
            venv/bin/pip install -q --disable-pip-version-check --no-cache-dir --retries 0 --index-url $U/v2/pip/ other 2>&1 | grep -om1 'No matching distribution'
            """, "a thing", "No matching distribution") { Allowed = "/v1/pip/thing/", Denied = "/v2/pip/other/" },
        new("dotnet, NuGet", "dotnet", """
            export DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=1
            cd /tmp && dotnet package search thing --source $U/v1/nuget/index.json --format json | grep -o A.Thing
            dotnet package search thing --source $U/v2/nuget/index.json --format json 2>&1 | grep -q A.Thing || echo none
            """, "A.Thing", "none") { Allowed = "/v1/nuget/index.json", Denied = "/v2/nuget/index.json" },
        new("chromium, a page with requests and WebSockets", "chromium", """
            HOME=$PWD/browser chromium --headless --no-sandbox --no-zygote --disable-gpu --no-first-run --disable-background-networking --disable-component-update \
                --disable-sync --user-data-dir=$PWD/browser/data --dump-dom $U/v1/page | grep -oE '<p>[a-z0-9]+'
            """, "<p>200", "<p>403", "<p>echoed", "<p>refused")
        {
            // It reads no file of roots and no variable.
            Before = """
                mkdir -p browser/.pki/nssdb && certutil -d sql:browser/.pki/nssdb -N --empty-password
                $L ca export >ca.pem && certutil -d sql:browser/.pki/nssdb -A -t C,, -n leash -i ca.pem
                """,
        },
        new("events, each when it is sent", "python3", """
            python3 - $U <<'END'
            import sys, urllib.error, urllib.request
            events = urllib.request.urlopen(sys.argv[1] + "/v1/events", timeout=60)
            print(events.readline().decode().strip())
            urllib.request.urlopen(sys.argv[1] + "/v1/go").read()
            print(events.read().decode().strip())
            try: urllib.request.urlopen(sys.argv[1] + "/v2/events")
            except urllib.error.HTTPError as e: print(e.code)
            END
            """, "data: first", "data: second", "403") { Allowed = "/v1/events", Denied = "/v2/events" },
        new("go, HTTP/1.1 and HTTP/2", "go", "./client $U", "200 HTTP/1.1", "403 HTTP/1.1", "200 HTTP/2.0", "403 HTTP/2.0")
        {
            Before = """
                cat >client.go <<'END'
                package main
                import ("crypto/tls"; "fmt"; "io"; "net/http"; "os")
                func main() {
                  just1 := map[string]func(string, *tls.Conn) http.RoundTripper{}
                  for _, transport := range []*http.Transport{{TLSNextProto: just1}, {ForceAttemptHTTP2: true}} {
                    client := http.Client{Transport: transport}
                    for _, version := range "12" {
                      answer, err := client.Get(os.Args[1] + "/v" + string(version) + "/thing")
                      if err != nil { panic(err) }
                      io.Copy(io.Discard, answer.Body)
                      answer.Body.Close()
                      fmt.Println(answer.StatusCode, answer.Proto)
                    }
                  }
                }
                END
                GO111MODULE=off GOCACHE=$PWD/cache go build -o client client.go
                """,
        },
        new("python, requests", "python3", """
            /usr/bin/python3 - $U <<'END'
            import requests, sys
            with requests.Session() as session:
                for version in "12":
                    answer = session.get(f"{sys.argv[1]}/v{version}/thing", timeout=60)
                    print(answer.status_code, answer.headers.get("content-type"))
            END
            """, "200 None", "403 application/problem+json") { Library = Python + "requests" },
        new("python, httpx, HTTP/1.1 and HTTP/2", "python3", """
            /usr/bin/python3 - $U <<'END'
            import httpx, sys
            for both in (False, True):
                with httpx.Client(http2=both, timeout=60) as client:
                    for version in "12":
                        answer = client.get(f"{sys.argv[1]}/v{version}/thing")
                        print(answer.status_code, answer.http_version)
                        print(client.put(answer.url, content=bytes(3_000_000)).status_code)
            END
            """, "200 HTTP/1.1", "200", "403 HTTP/1.1", "403", "200 HTTP/2", "200", "403 HTTP/2", "403") { Library = Python + "httpx" },
        new("gRPC, one answer, a stream of them, and streams both ways", "python3", """
            /usr/bin/python3 - $U <<'END'
            import grpc, queue, sys, urllib.request
            with grpc.secure_channel(sys.argv[1].removeprefix("https://"), grpc.ssl_channel_credentials()) as channel:
                answer, call = channel.unary_unary("/v1/grpc/one").with_call(b"hello", timeout=60)
                print(answer.decode(), call.code().name, call.trailing_metadata()[0].value)
                stream = channel.unary_stream("/v1/grpc/stream")(b"again", timeout=60)
                print(next(stream).decode())
                urllib.request.urlopen(sys.argv[1] + "/v1/go").read()
                print(next(stream).decode(), stream.code().name, stream.trailing_metadata()[0].value)
                questions = queue.SimpleQueue()
                answers = channel.stream_stream("/v1/grpc/both")(iter(questions.get, None), timeout=60)
                for question in b"first", b"second":
                    questions.put(question)
                    print(next(answers).decode())
                questions.put(None)
                print(len(list(answers)), answers.code().name)
                try: channel.unary_unary("/v2/grpc/one")(b"hello", timeout=60)
                except grpc.RpcError as e: print(e.code().name)
            END
            """, "hello OK all", "again", "again OK all", "first", "second", "0 OK", "PERMISSION_DENIED") { Library = Python + "grpc", Method = "POST", Allowed = "/v1/grpc/stream", Denied = "/v2/grpc/one" },
        new("python, websockets", "python3", """
            /usr/bin/python3 - ${U/https/wss} <<'END'
            import asyncio, sys, websockets
            async def main():
                async with websockets.connect(f"{sys.argv[1]}/v1/socket") as socket:
                    for message in "hello", b"\0" * 100_000:
                        await socket.send(message)
                        print(await socket.recv() == message)
                try: await websockets.connect(f"{sys.argv[1]}/v2/socket")
                except websockets.InvalidHandshake as e: print(e.status_code if hasattr(e, "status_code") else e.response.status_code)
            asyncio.run(main())
            END
            """, "True", "True", "403") { Library = Python + "websockets", Allowed = "/v1/socket", Denied = "/v2/socket", Status = 101 },
        new("node, ws", "node", """
            NODE_PATH=/usr/share/nodejs node - ${U/https/wss} <<'END'
            const WebSocket = require("ws");
            const talk = path => new Promise(done => new WebSocket(process.argv[2] + path)
              .on("open", function () { this.send("hello"); })
              .on("message", function (text) { console.log(String(text)); this.close(); })
              .on("unexpected-response", (_, answer) => { console.log(answer.statusCode); answer.destroy(); done(); })
              .on("close", done));
            talk("/v1/socket").then(() => talk("/v2/socket"));
            END
            """, "hello", "403") { Library = "/usr/share/nodejs/ws", Allowed = "/v1/socket", Denied = "/v2/socket", Status = 101 },
        new("a WebSocket", "python3", """
            python3 - $U <<'END'
            import socket, ssl, sys
            host, port = sys.argv[1].removeprefix("https://").split(":")
            def read(f): return f.readline().decode().strip()
            for version in "12":
                with ssl.create_default_context().wrap_socket(socket.create_connection((host, port), 60), server_hostname=host) as s:
                    s.sendall(f"GET /v{version}/socket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
                    f = s.makefile("rb")
                    status = read(f)
                    print(status)
                    if " 101 " in status:
                        while read(f): pass
                        s.sendall(bytes([0x81, 0x85, 0, 0, 0, 0]) + b"hello")
                        print(f.read(7)[2:].decode())
            END
            """, "HTTP/1.1 101 Switching Protocols", "hello", "HTTP/1.1 403 Forbidden") { Allowed = "/v1/socket", Denied = "/v2/socket", Status = 101 },
    ];

    public static TheoryData<string, string> Rows() => WebWorld.Rows(s_clients.Select(client => client.Name));

    [Theory, MemberData(nameof(Rows))]
    public async Task Client_GetsWhatIsPermitted_AndIsToldWhatIsNot(string name, string enforcer)
    {
        var client = s_clients.Single(client => client.Name == name);
        Assert.SkipUnless(File.Exists("/usr/bin/" + client.Program), $"{client.Program} is not installed");
        Assert.SkipUnless(client.Library is null || Directory.Exists(client.Library), $"{client.Library} is not installed");
        await using var world = await WebWorld.CreateAsync(enforcer);
        var repositories = Path.Join(world.Place.Root, "repositories");
        Registries.AddTo(world.Server, repositories);
        var before = await world.Place.BareAsync($"set -e; R={repositories} L={Product.Program}\n" + client.Before);
        Assert.True(before.Exit == 0, before.ToString());
        world.Write("policy", Policy);
        var ran = await world.RunAsync("U=https://api.allowed.test:{tls}\n" + client.Script);

        var context = $"{ran}\n{string.Join('\n', world.Server.Arrived)}\n-- log\n{string.Join('\n', world.Requests())}\n{world.Place.Denials()}";
        Assert.True(client.Lines.SequenceEqual(ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)), context);
        Assert.All(world.Server.Arrived, arrived => Assert.StartsWith("/v1/", arrived.Target, StringComparison.Ordinal));
        Assert.DoesNotContain(world.Server.Arrived, arrived => arrived.Target.Split('?')[0] == client.Denied);
        var host = $"api.allowed.test:{world.Server.Port}";
        Assert.True(world.Server.Arrived.Any(arrived => (arrived.Method, arrived.Host, arrived.Target.Split('?')[0]) == (client.Method, host, client.Allowed)), context);
        var log = world.Requests().Select(line => line.Split('?')[0] + (line.Contains('?', StringComparison.Ordinal) ? line[line.LastIndexOf(' ')..] : "")).ToArray();
        Assert.True(log.Contains($"allow {client.Method} {client.Allowed} {client.Status}"), context);
        Assert.True(log.Any(line => line.StartsWith($"deny {client.DeniedMethod ?? client.Method} {client.Denied}", StringComparison.Ordinal)), context);
        Assert.Contains(world.Place.Log(), entry => entry.Action == "HttpRequest" && entry.Verdict == "deny" && entry.Resource == "api.allowed.test"
            && entry.Port == world.Server.Port && (client.Policy is null ? entry.Policies.Count == 0 : entry.Policies.SequenceEqual([client.Policy])));
    }

    [Theory]
    [InlineData("seccomp", true)]
    [InlineData("seccomp", false)]
    [InlineData("bpf-cgroup", true)]
    [InlineData("bpf-cgroup", false)]
    public async Task OtherProtocol_PassesWhereNothingRestrictsRequests(string enforcer, bool serverSpeaksFirst)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        using TcpListener free = new(IPAddress.Parse("127.0.0.2"), 0), restricted = new(IPAddress.Loopback, 0);
        int answered = 0, reached = 0;
        free.Start();
        restricted.Start();
        _ = AcceptAsync(free, async connection => answered += await AnswerAsync(connection, serverSpeaksFirst) ? 1 : 0);
        _ = AcceptAsync(restricted, _ => Task.FromResult(reached++));

        int freePort = ((IPEndPoint)free.LocalEndpoint).Port, restrictedPort = ((IPEndPoint)restricted.LocalEndpoint).Port;
        world.Write("policy", $$"""
            permit (principal, action == Action::"NetworkConnect", resource in Host::"localhost:{{restrictedPort}}");
            permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.2:{{freePort}}");
            permit (principal, action == Action::"HttpRequest", resource in Host::"localhost") when { context.path like "/v1/*" };
            """);
        var ran = await world.RunAsync($$"""
            /usr/bin/python3 - {{(serverSpeaksFirst ? 1 : 0)}} 127.0.0.2 {{freePort}} localhost {{restrictedPort}} <<'END'
            import socket, sys
            for host, port in zip(sys.argv[2::2], sys.argv[3::2]):
                try:
                    with socket.create_connection((host, int(port)), 60) as s:
                        f = s.makefile("rwb", buffering=0)
                        # Who only waits for a server is not told apart from who opens a connection early: it says something in the end.
                        greeting = f.readline() if sys.argv[1] == "1" and host != "localhost" else b""
                        f.write(b"world\n")
                        print((greeting + f.read()).decode().split())
                except OSError: print([])
            END
            """);
        Assert.True(ran.Out == "['hello', 'world']\n[]\n", $"{ran}\n{world.Place.Denials()}");
        Assert.Equal((1, 0), (answered, reached));
        Assert.Contains(world.Place.Log(), entry => entry.Action == "NetworkConnect" && entry.Verdict == "deny" && entry.Port == restrictedPort);
    }

    private static async Task AcceptAsync(TcpListener listener, Func<TcpClient, Task> serve)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                await serve(connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>Whether the other side said anything: a client that is slow to speak makes the gateway ask first whether the server does.</summary>
    private static async Task<bool> AnswerAsync(TcpClient connection, bool speaksFirst)
    {
        try
        {
            var stream = connection.GetStream();
            var buffer = new byte["world\n".Length];
            if (speaksFirst)
            {
                await stream.WriteAsync("hello\n"u8.ToArray());
            }

            await stream.ReadExactlyAsync(buffer);
            if (!speaksFirst)
            {
                await stream.WriteAsync("hello\n"u8.ToArray());
            }

            await stream.WriteAsync(buffer);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>A client: what it does, and what the script prints line by line.</summary>
    private sealed record Client(string Name, string Program, string Script, params string[] Lines)
    {
        /// <summary>What is done before, outside of the session; <c>$R</c> is where git's server looks for repositories, <c>$L</c> is leash.</summary>
        public string Before { get; init; } = "";

        /// <summary>The directory of a library that it needs, as Debian installs it.</summary>
        public string? Library { get; init; }

        public string Method { get; init; } = "GET";

        public string Allowed { get; init; } = Script.Contains("/trailers", StringComparison.Ordinal) ? "/v1/trailers" : "/v1/thing";

        public string Denied { get; init; } = Script.Contains("/trailers", StringComparison.Ordinal) ? "/v2/trailers" : "/v2/thing";

        public string? DeniedMethod { get; init; }

        /// <summary>What denies it; null where nothing permits it.</summary>
        public string? Policy { get; init; }

        public int Status { get; init; } = 200;
    }
}
