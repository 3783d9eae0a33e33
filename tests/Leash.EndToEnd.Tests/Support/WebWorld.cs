using Leash.Audit;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A place whose leash trusts a web server of the test's, and reaches names by a name server of the test's.</summary>
internal sealed class WebWorld : IAsyncDisposable
{
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["api.allowed.test"] = "127.0.0.1",
        ["other.allowed.test"] = "127.0.0.1",
        ["pinned.test"] = "127.0.0.1",
        ["distant.allowed.test"] = "192.0.2.1",
        ["metadata.allowed.test"] = "169.254.169.254",
        ["rebound.allowed.test"] = "10.1.2.3",
    };

    private WebWorld(string enforcer, Place place, WebServer server)
    {
        (Enforcer, Place, Server) = (enforcer, place, server);
        Internet = new(Names);
        Roots = Path.Join(place.Root, "roots.pem");
        File.WriteAllText(Roots, server.Authority.Pem + "\n");
        Write("policy", "");
    }

    /// <summary>Enforcers, as theory rows: by the supervisor for a user, by programs in the kernel for root.</summary>
    public static string[] Enforcers { get; } = ["seccomp", "bpf-cgroup"];

    public string Enforcer { get; }

    public Place Place { get; }

    public WebServer Server { get; }

    /// <summary>IPv4 addresses by name.</summary>
    public Dictionary<string, string> Names { get; } = new(s_names, StringComparer.Ordinal);

    public FakeInternet Internet { get; }

    /// <summary>What leash trusts besides the machine's roots.</summary>
    public string Roots { get; }

    public string Policy => Path.Join(Place.Root, "policy.cedar");

    /// <summary>Theory rows of names, each for every enforcer.</summary>
    public static TheoryData<string, string> Rows(IEnumerable<string> names)
    {
        TheoryData<string, string> rows = [];
        foreach (var enforcer in Enforcers)
        {
            foreach (var name in names)
            {
                rows.Add(name, enforcer);
            }
        }

        return rows;
    }

    public static async Task<WebWorld> CreateAsync(string enforcer)
    {
        Place place = new(enforcer == "seccomp" ? Account.Ordinary : Account.Root);
        return new WebWorld(enforcer, place, await WebServer.StartAsync());
    }

    /// <summary>Everything of files and programs is permitted; of the network, what the text says. <c>{tls}</c>, <c>{plain}</c> and <c>{h2c}</c> are the server's ports.</summary>
    public string Write(string name, string network)
    {
        var file = Path.Join(Place.Root, name + ".cedar");
        File.WriteAllText(file, """
            permit (principal, action in [Action::"FileOpen", Action::"FileCreate", Action::"FileDelete", Action::"FileRename", Action::"FileLink", Action::"ProcessExec"], resource);
            // What makes stand-ins on loopback acceptable as addresses of public names.
            permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1:1");

            """ + Expand(network) + "\n");
        return file;
    }

    public string Expand(string text) => text
        .Replace("{tls}", Text(Server.Port), StringComparison.Ordinal)
        .Replace("{plain}", Text(Server.PlainPort), StringComparison.Ordinal)
        .Replace("{h2c}", Text(Server.PlainHttp2Port), StringComparison.Ordinal)
        .Replace("{work}", Place.Workspace, StringComparison.Ordinal);

    /// <summary>A command line that runs a command in a session with the world's policy.</summary>
    public string[] Session(IEnumerable<string> options, IEnumerable<string> command) =>
        ["env", $"SSL_CERT_FILE={Roots}", Product.Program, "--quiet", "--enforcer", Enforcer, "--policy", Policy, "--dns", Internet.NameServer, .. options, "--", .. command];

    /// <summary>Runs a shell's script in a session.</summary>
    public Task<Ran> RunAsync(string script, int seconds = 120) => Place.RunAsync(Session([], ["bash", "-c", Expand(script)]), seconds: seconds);

    /// <summary>What the log says of requests: verdict, method, target and the answer's status, as far as it is there.</summary>
    public IReadOnlyList<string> Requests()
    {
        var log = Place.Log();
        return [.. log.Where(entry => entry.Action == "HttpRequest").Select(entry => $"{entry.Verdict} {entry.Method} {entry.Target} {StatusOf(log, entry)}".TrimEnd())];
    }

    public async ValueTask DisposeAsync()
    {
        Internet.Dispose();
        await Server.DisposeAsync();
        Place.Dispose();
    }

    private static string StatusOf(IReadOnlyList<AuditEntry> log, AuditEntry request) =>
        log.FirstOrDefault(entry => entry.Kind == "outcome" && entry.Number("request") == request.Number("request")) is { } outcome ? Text(outcome.Number("status")) : "";

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
