using System.Diagnostics;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>Real clients, by host name, through the session's resolver.</summary>
public sealed class NetworkTests
{
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["api.allowed.test"] = "127.0.0.1",
        ["rebound.allowed.test"] = "10.1.2.3",
        ["data.denied.test"] = "127.0.0.1",
    };

    private static async Task<Ran> RunAsync(Place place, FakeInternet internet, params string[] command)
    {
        var policy = place.Write("policy.cedar", $$"""
            permit (principal, action == Action::"FileOpen", resource in Dir::"{{place.Workspace}}");
            permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test") when { context.port == {{internet.WebPort}} };
            // What makes the stand-in on loopback acceptable as an address of a public name.
            permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1:1");
            """);
        return await place.LeashAsync(["--quiet", "--policy", policy, "--dns", internet.NameServer, "--", .. command], seconds: 60);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Curl_ByName_IsDecidedByTheName(Account account)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is not installed");
        using var place = new Place(account);
        using var internet = new FakeInternet(s_names);
        var allowed = await RunAsync(place, internet, "curl", "-sS", "-m", "10", $"http://api.allowed.test:{internet.WebPort}/");
        Assert.Equal(FakeInternet.Body, allowed.Out);
        Assert.Contains(place.Log(), entry => entry.Verdict == "allow" && entry.Action == "NetworkConnect" && entry.Resource == "api.allowed.test");

        var clock = Stopwatch.StartNew();
        var denied = await RunAsync(place, internet, "curl", "-sS", "-m", "20", $"http://data.denied.test:{internet.WebPort}/");
        Assert.Equal(6, denied.Exit);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), "a denied name hangs");
        Assert.Contains(place.Log(), entry => entry.Verdict == "deny" && entry.Action == "DnsQuery" && entry.Resource == "data.denied.test");
        Assert.DoesNotContain("data.denied.test", internet.Asked);

        var rebound = await RunAsync(place, internet, "curl", "-sS", "-m", "20", $"http://rebound.allowed.test:{internet.WebPort}/");
        Assert.Equal(6, rebound.Exit);
        Assert.Contains(place.Log(), entry => entry.Verdict == "deny" && entry.Reason == "rebinding");

        var otherPort = await RunAsync(place, internet, "curl", "-sS", "-m", "10", $"http://api.allowed.test:{internet.WebPort ^ 1}/");
        Assert.Equal(7, otherPort.Exit);
        var byAddress = await RunAsync(place, internet, "curl", "-sS", "-m", "10", $"http://127.0.0.1:{internet.WebPort}/");
        Assert.Equal(7, byAddress.Exit);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Node_LookupAndFetch_Work(Account account)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/node"), "node is not installed");
        using var place = new Place(account);
        using var internet = new FakeInternet(s_names);
        var script = place.Write("client.js", $$"""
            const dns = require('dns').promises;
            (async () => {
              const text = await (await fetch('http://api.allowed.test:{{internet.WebPort}}/')).text();
              const denied = await dns.lookup('data.denied.test').catch(e => e.code);
              const udp = await new Promise(done => {
                const socket = require('dgram').createSocket('udp4');
                socket.send('x', 9, '192.0.2.1', e => { socket.close(); done(e && e.code); });
              });
              console.log(JSON.stringify([text.trim(), denied, udp]));
            })();
            """);
        var ran = await RunAsync(place, internet, "node", script);
        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.Equal($"[\"{FakeInternet.Body.Trim()}\",\"ENOTFOUND\",\"EACCES\"]", ran.Out.Trim());
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Python_SocketsAndProcesses_Work(Account account)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        using var place = new Place(account);
        using var internet = new FakeInternet(s_names);
        var script = place.Write("client.py", $$"""
            import array, asyncio, errno, os, socket, urllib.request
            print(urllib.request.urlopen('http://api.allowed.test:{{internet.WebPort}}/').read().decode().strip())
            async def main():
                reader, writer = await asyncio.open_connection('api.allowed.test', {{internet.WebPort}})
                writer.write(b'GET / HTTP/1.0\r\n\r\n')
                print((await reader.read()).decode().splitlines()[-1])
            asyncio.run(main())
            try:
                socket.getaddrinfo('data.denied.test', 80)
            except socket.gaierror as e:
                print(e.errno == socket.EAI_NONAME)
            a, b = socket.socketpair()
            r, w = os.pipe()
            socket.send_fds(a, [b'x'], [w])
            _, fds, _, _ = socket.recv_fds(b, 10, 1)
            os.write(fds[0], b'passed')
            print(os.read(r, 10).decode())
            """);
        var ran = await RunAsync(place, internet, "/usr/bin/python3", script);
        Assert.True(ran.Exit == 0, ran.ToString());
        var body = FakeInternet.Body.Trim();
        Assert.Equal([body, body, "True", "passed"], ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
