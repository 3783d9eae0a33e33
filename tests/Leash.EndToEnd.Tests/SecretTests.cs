using System.Text.Json;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>Secrets reach the host that they are for, verified, and nothing else: no other host, no plain connection, and nothing that the command or a reader of logs sees.</summary>
public sealed class SecretTests
{
    private const string Policy = """
        permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test");
        permit (principal, action == Action::"HttpRequest", resource in Host::"*.allowed.test");
        permit (principal, action == Action::"HttpRewrite", resource == Host::"api.allowed.test") when { context.header == "Authorization" && context.value == "Bearer ${secret:KEY}" };
        permit (principal, action == Action::"HttpRewrite", resource == Host::"api.allowed.test") when { context.header == "X-From-File" && context.value == "${secret:FILE_KEY}" };
        """;

    private readonly string _key = "key-" + Guid.NewGuid().ToString("N");
    private readonly string _fileKey = "file-" + Guid.NewGuid().ToString("N");
    private readonly string _swapped = "swapped-" + Guid.NewGuid().ToString("N");

    public static TheoryData<string> Enforcers => [.. WebWorld.Enforcers];

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Secret_ReachesTheVerifiedHostOnly(string enforcer)
    {
        await using var world = await CreateAsync(enforcer);
        await using var stranger = await WebServer.StartAsync(); // the same names, by an authority that leash does not trust
        await using var session = await StartAsync(world);
        Assert.Equal(200, await GetAsync("api.allowed.test", world.Server.Port, "/v1/quiet/verified"));
        Assert.Equal(200, await GetAsync("other.allowed.test", world.Server.Port, "/v1/quiet/other"));
        Assert.Equal(200, await GetAsync("api.allowed.test", world.Server.PlainPort, "/v1/quiet/plain", "http"));
        Assert.Equal(502, await GetAsync("api.allowed.test", stranger.Port, "/v1/quiet/stranger"));
        var redirected = await GetAsync("api.allowed.test", world.Server.Port, $"/v1/redirect?to=https://other.allowed.test:{world.Server.Port}/v1/quiet/after");
        Assert.Equal(302, redirected);
        Assert.Equal(200, await GetAsync("other.allowed.test", world.Server.Port, "/v1/quiet/after"));
        // The connection names one host, the request in it another.
        var claimed = await session.TextAsync(new
        {
            @do = "raw", to = new object[] { "other.allowed.test", world.Server.Port }, sni = "other.allowed.test",
            data = $"GET /v1/quiet/claimed HTTP/1.1\r\nHost: api.allowed.test:{world.Server.Port}\r\nConnection: close\r\n\r\n",
        });
        Assert.StartsWith("HTTP/1.1 421", claimed, StringComparison.Ordinal);
        await session.EndAsync();

        Assert.Empty(stranger.Arrived);
        var holders = world.Server.Arrived.Where(arrived => arrived.Headers.Values.Any(values => values.Any(IsSecret))).Select(arrived => arrived.Target.Split('?')[0]);
        Assert.Equal(["/v1/quiet/verified", "/v1/redirect"], holders);
        var verified = world.Server.Arrived.Single(arrived => arrived.Target == "/v1/quiet/verified");
        Assert.Equal(["Bearer " + _key], verified.Headers["Authorization"]);
        Assert.Equal([_fileKey], verified.Headers["X-From-File"]);
        Assert.DoesNotContain(world.Server.Arrived, arrived => arrived.Target.Contains("claimed", StringComparison.Ordinal));
        await AssertNowhereAsync(world, session);

        async Task<int> GetAsync(string host, int port, string path, string scheme = "https") =>
            (await session.AskAsync(new { @do = "get", scheme, path, to = new object[] { host, port } }))[0].GetInt32();
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Placeholder_IsReplacedInItsHeaderForItsHostOverTlsOnly(string enforcer)
    {
        await using var world = await CreateAsync(enforcer);
        await using var session = await StartAsync(world);
        var environment = Variables(await session.TextAsync(new { @do = "read", path = "/proc/self/environ" }));
        var token = environment["SWAPPED_KEY"];
        Assert.NotEqual(_swapped, token);
        Assert.NotEmpty(token);
        await GetAsync("api.allowed.test", world.Server.Port, "/v1/quiet/verified", "X-Api-Key");
        await GetAsync("api.allowed.test", world.Server.Port, "/v1/quiet/header", "X-Other-Key");
        await GetAsync("other.allowed.test", world.Server.Port, "/v1/quiet/host", "X-Api-Key");
        await GetAsync("api.allowed.test", world.Server.PlainPort, "/v1/quiet/plain", "X-Api-Key", "http");
        await session.EndAsync();

        Assert.Equal([_swapped], Sent("/v1/quiet/verified", "X-Api-Key"));
        Assert.Equal([token], Sent("/v1/quiet/header", "X-Other-Key"));
        Assert.Equal([token], Sent("/v1/quiet/host", "X-Api-Key"));
        Assert.Equal([token], Sent("/v1/quiet/plain", "X-Api-Key"));
        Assert.Contains(world.Place.Log(), entry => entry.Target == "/v1/quiet/host" && entry.Detail.Contains("placeholders", StringComparison.Ordinal));
        await AssertNowhereAsync(world, session);

        string[] Sent(string path, string header) => world.Server.Arrived.Single(arrived => arrived.Target == path).Headers[header];

        async Task GetAsync(string host, int port, string path, string header, string scheme = "https") => Assert.Equal(200, (await session.AskAsync(new
        {
            @do = "get", scheme, path, to = new object[] { host, port }, headers = new Dictionary<string, string>(StringComparer.Ordinal) { [header] = token },
        }))[0].GetInt32());
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Secret_IsNotInTheCommandsReach(string enforcer)
    {
        await using var world = await CreateAsync(enforcer);
        await using var session = await StartAsync(world);
        var environment = await session.TextAsync(new { @do = "read", path = "/proc/self/environ" });
        Assert.False(IsSecret(environment), environment);
        Assert.DoesNotContain("REAL_KEY", Variables(environment).Keys);
        Assert.Equal("kept", Variables(environment)["KEPT"]);
        var environments = (await session.AskAsync(new { @do = "environments" })).EnumerateArray().Select(text => text.GetString()!).ToList();
        Assert.Contains(environment, environments);
        Assert.DoesNotContain(environments, IsSecret);
        Assert.Equal("error EACCES", await session.TextAsync(new { @do = "read", path = KeyFile(world) }));
        var authority = Path.Join(world.Place.Home, ".local/state/leash/ca.pem");
        Assert.True(File.Exists(authority));
        Assert.Equal("error EACCES", await session.TextAsync(new { @do = "read", path = authority }));
        Assert.Equal("not secret", await session.TextAsync(new { @do = "read", path = KeyFile(world) + ".twin" }));

        // Whatever the session has of its own is where its variables say.
        var roots = new[] { world.Place.Root, Path.GetDirectoryName(Path.GetDirectoryName(Variables(environment)["SSL_CERT_FILE"]))! };
        foreach (var text in new[] { _key, _fileKey, _swapped })
        {
            Assert.Equal(0, (await session.AskAsync(new { @do = "find", roots, text })).GetArrayLength());
        }

        Assert.Equal(1, (await session.AskAsync(new { @do = "find", roots, text = "not secret" })).GetArrayLength());
        await session.EndAsync();
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Command_IsAskedWhenARequestNeedsItsSecret_AndWithoutAnAnswerTheRequestIsDenied(string enforcer)
    {
        await using var world = await CreateAsync(enforcer);
        world.Write("policy", Policy + """
            permit (principal, action == Action::"HttpRewrite", resource == Host::"other.allowed.test") when { context.header == "X-Broken" && context.value == "${secret:BROKEN}" };
            """);
        var (asked, key, broken) = (world.Place.Write("asked", ""), world.Place.Write("answers/key", _key + "\nmore\n"), world.Place.Write("answers/broken", _swapped));
        await using var session = await ClientSession.StartAsync(
            world,
            [
                "--secret", $"KEY=command:echo KEY >>{asked}; cat {key}", "--secret", "FILE_KEY=env:FILE_KEY",
                "--secret", $"BROKEN=command:echo BROKEN >>{asked}; cat {broken}; exit 3",
            ],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["FILE_KEY"] = _fileKey });
        Assert.Empty(File.ReadAllText(asked));
        Assert.Equal(200, (await GetAsync("api.allowed.test", "/v1/quiet/first"))[0].GetInt32());
        Assert.Equal(200, (await GetAsync("api.allowed.test", "/v1/quiet/second"))[0].GetInt32());
        var denied = await GetAsync("other.allowed.test", "/v1/quiet/broken");
        Assert.Equal(403, denied[0].GetInt32());
        Assert.Contains("secret `BROKEN` is not given by its command", denied[2].GetString(), StringComparison.Ordinal);
        await session.EndAsync();

        Assert.Equal(["KEY", "BROKEN"], File.ReadAllLines(asked));
        Assert.Equal(["/v1/quiet/first", "/v1/quiet/second"], world.Server.Arrived.Select(arrived => arrived.Target));
        Assert.All(world.Server.Arrived, arrived => Assert.Equal(["Bearer " + _key, _fileKey], [.. arrived.Headers["Authorization"], .. arrived.Headers["X-From-File"]]));
        Assert.Contains(world.Place.Log(), entry => (entry.Verdict, entry.Target) == ("deny", "/v1/quiet/broken") && entry.Detail.Contains("`BROKEN`", StringComparison.Ordinal));
        await AssertNowhereAsync(world, session);

        Task<JsonElement> GetAsync(string host, string path) => session.AskAsync(new { @do = "get", scheme = "https", path, to = new object[] { host, world.Server.Port } });
    }

    private static string KeyFile(WebWorld world) => Path.Join(world.Place.Workspace, "keys");

    private static Dictionary<string, string> Variables(string environment) => environment.Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static async Task<WebWorld> CreateAsync(string enforcer)
    {
        var world = await WebWorld.CreateAsync(enforcer);
        world.Server.Places["quiet"] = _ => Task.CompletedTask;
        world.Write("policy", Policy);
        return world;
    }

    private Task<ClientSession> StartAsync(WebWorld world)
    {
        world.Place.Write("keys.twin", "not secret");
        var file = world.Place.Write("keys", $"FILE_KEY={_fileKey}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ClientSession.StartAsync(
            world,
            ["--secret", "KEY=env:REAL_KEY", "--secret", $"FILE_KEY=file:{file}", "--placeholder", "SWAPPED_KEY=api.allowed.test:X-Api-Key"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["REAL_KEY"] = _key, ["SWAPPED_KEY"] = _swapped, ["KEPT"] = "kept" });
    }

    private bool IsSecret(string text) => new[] { _key, _fileKey, _swapped }.Any(secret => text.Contains(secret, StringComparison.Ordinal));

    private async Task AssertNowhereAsync(WebWorld world, ClientSession session)
    {
        Assert.False(IsSecret(await session.SaidAsync()));
        var state = Path.Join(world.Place.Home, ".local/state/leash");
        var files = Directory.GetFiles(state, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.False(IsSecret(File.ReadAllText(file)), file));
    }
}
