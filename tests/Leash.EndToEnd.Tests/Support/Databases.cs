using System.Net;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>PostgreSQL and Redis at two addresses, so that policies can tell two names of the same server apart.</summary>
public sealed class Databases : IAsyncLifetime
{
    /// <summary>Where a PostgreSQL server is installed; a directory may have its client alone.</summary>
    private static readonly string? s_postgres = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").FirstOrDefault(version => File.Exists(Path.Join(version, "bin/initdb")))
        : null;

    private readonly TestAuthority _authority = new();
    private readonly List<ServerProcess> _servers = [];
    private Place? _place;

    internal static bool HasPostgres => s_postgres is not null && File.Exists("/usr/bin/psql");

    internal static bool HasRedis => File.Exists("/usr/bin/redis-server") && File.Exists("/usr/bin/redis-cli");

    /// <summary>Where they listen, at their usual ports.</summary>
    internal IPAddress[] Addresses { get; } = ServerProcess.UnusedAddresses(2);

    /// <summary>A file with what a client of PostgreSQL has to trust.</summary>
    internal string Roots => Path.Join(_place!.Root, "roots.pem");

    public async ValueTask InitializeAsync()
    {
        _place = new Place(Account.Ordinary);
        File.WriteAllText(Roots, _authority.Pem);
        if (s_postgres is not null)
        {
            _servers.Add(await StartPostgresAsync(_place, s_postgres));
        }

        if (HasRedis)
        {
            _servers.Add(await ServerProcess.StartAsync(
                _place, "Ready to accept connections",
                ["redis-server", "--bind", .. Addresses.Select(address => address.ToString()), "--port", "6379", "--save", "", "--dir", _place.Root]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _place?.Dispose();
        _authority.Dispose();
    }

    private async Task<ServerProcess> StartPostgresAsync(Place place, string installed)
    {
        var data = Path.Join(place.Root, "postgres");
        var made = await place.RunAsync([Path.Join(installed, "bin/initdb"), "-D", data, "-U", "tester", "-A", "trust", "--no-sync", "--locale", "C.UTF-8"]);
        Assert.True(made.Exit == 0, made.ToString());
        var identity = _authority.WriteIdentity(place, "*.allowed.test");
        var access = place.Write("pg_hba.conf", "hostssl all all 127.0.0.0/8 trust\n");
        return await ServerProcess.StartAsync(
            place, "ready to accept connections",
            [
                Path.Join(installed, "bin/postgres"), "-D", data, "-c", "listen_addresses=" + string.Join<IPAddress>(',', Addresses), "-c", "port=5432",
                "-c", "unix_socket_directories=", "-c", "hba_file=" + access, "-c", "ssl=on", "-c", "ssl_cert_file=" + identity, "-c", "ssl_key_file=" + identity,
            ]);
    }
}
