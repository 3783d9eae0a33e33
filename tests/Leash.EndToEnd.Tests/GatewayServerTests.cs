using System.Security.Cryptography;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>Servers that people use, behind the gateway.</summary>
public sealed class GatewayServerTests
{
    public static TheoryData<string> Enforcers => [.. WebWorld.Enforcers];

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Nginx_ServesLargeBodiesBothWays_OnConnectionsThatStay(string enforcer)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/nginx"), "nginx is not installed");
        await using var world = await WebWorld.CreateAsync(enforcer);
        using Place place = new(Account.Ordinary);
        var address = ServerProcess.UnusedAddresses(1)[0].ToString();
        world.Names["nginx.allowed.test"] = address;
        var large = RandomNumberGenerator.GetBytes(8_000_000);
        var content = place.Write("v1/large", "");
        await File.WriteAllBytesAsync(content, large, TestContext.Current.CancellationToken);
        File.Copy(content, Path.Join(world.Place.Workspace, "large"));
        await using (await ServerProcess.StartAsync(place, "start worker process", "nginx", "-e", "stderr", "-p", place.Root, "-c", Configure(world, place, address)))
        {
            world.Write("policy", $$"""
                permit (principal, action == Action::"NetworkConnect", resource in Host::"{{address}}:1");
                permit (principal, action == Action::"NetworkConnect", resource in Host::"nginx.allowed.test") when { [8080, 8443].contains(context.port) };
                permit (principal, action == Action::"HttpRequest", resource in Host::"nginx.allowed.test") when { context.path like "/v1/*" };
                """);
            var ran = await world.RunAsync("""
                U=https://nginx.allowed.test:8443
                for version in http1.1 http2; do
                  curl -sS -m 60 --$version -w '%{stderr}%{http_code}:%{num_connects}\n' $U/v1/large $U/v1/large 2>&1 >twice
                  cat large large | cmp - twice && echo same
                done
                for version in http1.1 http2 http2-prior-knowledge; do
                  if [ $version = http2-prior-knowledge ]; then U=http://nginx.allowed.test:8080; fi
                  for request in "-T large $U/v1/up-$version" "-T large $U/v2/up-$version" $U/v1/large $U/v2/large; do
                    curl -sS -m 60 --$version -o /dev/null -w '%{http_code} ' $request
                  done
                done
                """);
            Assert.True(ran.Out == "200:1\n200:0\nsame\n200:1\n200:0\nsame\n201 403 200 403 201 403 200 403 201 403 200 403 ", $"{ran}\n{world.Place.Denials()}");
        }

        Assert.All(["http1.1", "http2", "http2-prior-knowledge"], version => Assert.Equal(large, File.ReadAllBytes(Path.Join(place.Workspace, "v1/up-" + version))));

        // The last number is that of the request on its connection.
        Assert.Equal(
            [
                "GET /v1/large HTTP/1.1 200 1", "GET /v1/large HTTP/1.1 200 2", "GET /v1/large HTTP/2.0 200 1", "GET /v1/large HTTP/2.0 200 2",
                "PUT /v1/up-http1.1 HTTP/1.1 201 3", "GET /v1/large HTTP/1.1 200 4", "PUT /v1/up-http2 HTTP/2.0 201 3", "GET /v1/large HTTP/2.0 200 4",
                "PUT /v1/up-http2-prior-knowledge HTTP/2.0 201 1", "GET /v1/large HTTP/2.0 200 2",
            ],
            File.ReadAllLines(Path.Join(place.Root, "access")));
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Node_AnswersInBothVersions_PieceByPiece(string enforcer)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/node"), "node is not installed");
        await using var world = await WebWorld.CreateAsync(enforcer);
        using Place place = new(Account.Ordinary);
        var address = ServerProcess.UnusedAddresses(1)[0].ToString();
        world.Names["node.allowed.test"] = address;
        world.Server.Authority.WriteIdentity(place, "node.allowed.test");
        var program = place.Write("server.js", $$"""
            const identity = require("fs").readFileSync("identity.pem");
            const server = require("http2").createSecureServer({ key: identity, cert: identity, allowHTTP1: true }, async (request, answer) => {
              let length = 0;
              for await (const piece of request) length += piece.length;
              answer.setHeader("X-Version", request.httpVersion);
              answer.write(`${request.method} ${request.url} `);
              answer.end(`${length}`);
            });
            server.listen(8443, "{{address}}", () => console.log("ready"));
            process.on("SIGINT", () => process.exit());
            """);
        await using (await ServerProcess.StartAsync(place, "ready", "node", program))
        {
            world.Write("policy", $$"""
                permit (principal, action == Action::"NetworkConnect", resource in Host::"{{address}}:1");
                permit (principal, action == Action::"NetworkConnect", resource in Host::"node.allowed.test:8443");
                permit (principal, action == Action::"HttpRequest", resource in Host::"node.allowed.test") when { context.path like "/v1/*" };
                """);
            var ran = await world.RunAsync("""
                U=https://node.allowed.test:8443
                head -c 1000000 /dev/zero >zeros
                for version in http1.1 http2; do
                  curl -sS -m 60 --$version -w ' %{http_code} %header{x-version}\n' -T zeros $U/v1/up
                  curl -sS -m 60 --$version -o /dev/null -w '%{http_code}\n' $U/v2/up
                done
                """);
            Assert.True(ran.Out == "PUT /v1/up 1000000 200 1.1\n403\nPUT /v1/up 1000000 200 2.0\n403\n", $"{ran}\n{world.Place.Denials()}");
        }
    }

    private static string Configure(WebWorld world, Place place, string address) => place.Write("nginx.conf", $$"""
        daemon off;
        pid {{place.Root}}/pid;
        error_log stderr notice;
        events {}
        http {
          log_format simple '$request_method $request_uri $server_protocol $status $connection_requests';
          access_log {{place.Root}}/access simple;
          client_max_body_size 0;
          client_body_temp_path {{place.Root}}/body;
          proxy_temp_path {{place.Root}}/proxy;
          fastcgi_temp_path {{place.Root}}/fastcgi;
          uwsgi_temp_path {{place.Root}}/uwsgi;
          scgi_temp_path {{place.Root}}/scgi;
          server {
            listen {{address}}:8443 ssl http2;
            listen {{address}}:8080 http2;
            ssl_certificate {{world.Server.Authority.WriteIdentity(place, "*.allowed.test")}};
            ssl_certificate_key {{place.Workspace}}/identity.pem;
            root {{place.Workspace}};
            dav_methods PUT;
          }
        }
        """);
}
