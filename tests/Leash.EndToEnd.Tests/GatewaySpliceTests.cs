using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>What the gateway does not open passes untouched where no statement restricts requests to its host: protocols of databases, TLS of passthrough hosts.</summary>
public sealed class GatewaySpliceTests(Databases databases) : IClassFixture<Databases>
{
    public static TheoryData<string> Enforcers => [.. WebWorld.Enforcers];

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Psql_OverTls_PassesWhereNothingRestrictsRequests(string enforcer)
    {
        Assert.SkipUnless(Databases.HasPostgres, "PostgreSQL is not installed");
        await using var world = await CreateAsync(enforcer, 5432);
        var ran = await world.RunAsync($$"""
            ask() { psql "host=$1.allowed.test dbname=postgres user=tester sslmode=verify-full sslrootcert={{databases.Roots}}" -Atqc "$2"; }
            ask db "select count(*), ssl from generate_series(1, 100000), pg_stat_ssl where pid = pg_backend_pid() group by ssl"
            ask restricted "create table stolen()" 2>/dev/null || echo denied
            ask db "select coalesce(to_regclass('stolen')::text, 'none')"
            """);
        AssertSpliced(world, ran, 5432, "100000|t", "denied", "none");
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task RedisCli_PassesWhereNothingRestrictsRequests(string enforcer)
    {
        Assert.SkipUnless(Databases.HasRedis, "Redis is not installed");
        await using var world = await CreateAsync(enforcer, 6379);
        var ran = await world.RunAsync("""
            head -c 1000000 /dev/zero | tr '\0' x | redis-cli -h db.allowed.test -x set key
            redis-cli -h restricted.allowed.test set stolen value >/dev/null 2>&1 || echo denied
            redis-cli -h db.allowed.test exists stolen
            redis-cli -h db.allowed.test strlen key
            """);
        AssertSpliced(world, ran, 6379, "OK", "denied", "0", "1000000");
    }

    [Theory, MemberData(nameof(Enforcers))]
    public async Task Passthrough_ShowsTheServersOwnCertificate_AndIsDeniedWhereStatementsRestrictRequests(string enforcer)
    {
        await using var world = await WebWorld.CreateAsync(enforcer);
        const string Connect = """
            permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test");
            permit (principal, action == Action::"HttpRequest", resource in Host::"other.allowed.test") when { context.path like "/v1/*" };

            """;
        // Who trusts the server's authority alone is content with the server, and not with the gateway.
        var script = $$"""
            for host in api other; do
              curl -sS -m 60 --cacert {{world.Roots}} -o /dev/null -w '%{http_code}\n' https://$host.allowed.test:{tls}/v2/$host || echo $?
            done
            """;
        world.Write("policy", Connect);
        Assert.Equal("200\n000\n60\n", (await RunAsync()).Out);
        Assert.Equal(["/v2/api"], world.Server.Arrived.Select(arrived => arrived.Target));
        Assert.Contains(world.Place.Log(), entry => (entry.Verdict, entry.Action, entry.Resource, entry.Port) == ("allow", "NetworkConnect", "api.allowed.test", world.Server.Port));

        world.Write("policy", Connect + """
            @id("no-v3") forbid (principal, action == Action::"HttpRequest", resource in Host::"api.allowed.test") when { context.path like "/v3/*" };
            """);
        Assert.Equal("000\n35\n000\n60\n", (await RunAsync()).Out);
        Assert.Single(world.Server.Arrived);
        Assert.Contains(world.Place.Log(), entry => (entry.Verdict, entry.Action, entry.Resource, entry.Port) == ("deny", "NetworkConnect", "api.allowed.test", world.Server.Port));

        Task<Ran> RunAsync() => world.Place.RunAsync(world.Session(["--passthrough", "api.allowed.test"], ["bash", "-c", world.Expand(script)]));
    }

    private async Task<WebWorld> CreateAsync(string enforcer, int port)
    {
        var world = await WebWorld.CreateAsync(enforcer);
        world.Names["db.allowed.test"] = databases.Addresses[0].ToString();
        world.Names["restricted.allowed.test"] = databases.Addresses[1].ToString();
        world.Write("policy", $$"""
            // What makes the servers' addresses acceptable as addresses of public names.
            permit (principal, action == Action::"NetworkConnect", resource)
            when { resource in [Host::"{{databases.Addresses[0]}}:1", Host::"{{databases.Addresses[1]}}:1"] };
            permit (principal, action == Action::"NetworkConnect", resource in Host::"*.allowed.test") when { context.port == {{port}} };
            permit (principal, action == Action::"HttpRequest", resource in Host::"restricted.allowed.test") when { context.path like "/v1/*" };
            """);
        return world;
    }

    private void AssertSpliced(WebWorld world, Ran ran, int port, params string[] lines)
    {
        Assert.True(lines.SequenceEqual(ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)), $"{ran}\n{world.Place.Denials()}");
        var log = world.Place.Log().Where(entry => entry.Port == port).Select(entry => $"{entry.Verdict} {entry.Action} {entry.Resource} {entry.Detail}".TrimEnd()).ToArray();
        Assert.True(log.Contains($"allow NetworkConnect {databases.Addresses[0]}"), string.Join('\n', log));
        Assert.True(log.Contains($"deny NetworkConnect {databases.Addresses[1]} policies restrict requests to the host, and the connection is not read as requests"), string.Join('\n', log));
    }
}
