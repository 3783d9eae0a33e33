using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Leash.Http.Canonical;
using Leash.Plan;
using Leash.Policy;
using Leash.Policy.Http;

// Times decisions on requests with policies of growing size. The first argument, the built leash, is not needed here.
const int Runs = 60;
const int FirstRounds = 1_000;
const double RunMicroseconds = 5_000; // short, so that the best of many runs was not interrupted
var facts = new SessionFacts { Workspace = "/home/alice/app", Home = "/home/alice" };
var address = IPAddress.Parse("192.0.2.1");
var raw = new RawRequest
{
    Version = RequestVersion.Http11,
    Method = "POST",
    Target = "/v1/messages?beta=true",
    Scheme = "https",
    Fields =
    [
        new("Host", "h5.example.com"), new("User-Agent", "agent/1.0"), new("Accept", "application/json"), new("Content-Type", "application/json"),
        new("Content-Length", "1024"), new("X-Api-Key", "leash-0123456789abcdef"), new("Accept-Encoding", "gzip, br"), new("Connection", "keep-alive"),
    ],
};
var request = RequestCanonicalizer.Canonicalize(raw).Request ?? throw new InvalidOperationException("the request is refused");
var message = request.ToMessage();
List<string> rows = [];
Console.WriteLine("| statements | decision | with its reasons | all a gateway asks | canonical form |");
Console.WriteLine("|---|---:|---:|---:|---:|");
foreach (var (name, count, host) in new[]
{
    ("10, a host each", 10, "h{0}.example.com"), ("1000, a host each", 1_000, "h{0}.example.com"), ("100000, a host each", 100_000, "h{0}.example.com"),
    ("1000, all of one host", 1_000, "h5.example.com"),
})
{
    Measure(name, count, host);
}

Console.WriteLine($"{{\"benchmark\":\"http\",\"rows\":[{string.Join(',', rows)}]}}");

void Measure(string name, int count, string host)
{
    var text = new StringBuilder("""permit (principal, action == Action::"NetworkConnect", resource in Host::"*.example.com");""");
    for (var i = 0; i < count; i++)
    {
        var named = string.Format(CultureInfo.InvariantCulture, host, i);
        var path = i == 5 ? "/v1/*" : $"/other{i}/*";
        text.Append(CultureInfo.InvariantCulture, $"permit (principal, action == Action::\"HttpRequest\", resource in Host::\"{named}\") when {{ context.method == \"POST\" && context.path like \"{path}\" }};\n");
    }

    var compiled = PolicyCompiler.Compile([new PolicyDocument("user", "bench.cedar", text.ToString())], facts, PlanActionMask.All);
    var decider = new PlanDecider(compiled.Plan ?? throw new InvalidOperationException(compiled.Diagnostics[0].ToString()));
    var policy = new HttpPolicy(decider, isEnforced: true);
    string[] names = ["h5.example.com"];
    double[] times =
    [
        Nanoseconds(() => decider.DecideHttp(0, new Endpoint(address, 443, TransportProtocol.Tcp, names), message).Allowed),
        Nanoseconds(() => decider.ExplainHttp(0, new Endpoint(address, 443, TransportProtocol.Tcp, names), message).Verdict.Allowed),
        Nanoseconds(() => policy.Decide(0, request, address, true).IsSent),
        Nanoseconds(() => RequestCanonicalizer.Canonicalize(raw).Request is not null),
    ];
    Console.WriteLine($"| {name} | {string.Join(" | ", times.Select(time => string.Create(CultureInfo.InvariantCulture, $"{time:F0} ns")))} |");
    rows.Add(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"statements\":\"{name}\",\"decideNs\":{times[0]:F1},\"explainNs\":{times[1]:F1},\"policyNs\":{times[2]:F1},\"canonicalNs\":{times[3]:F1}}}"));
}

static double Nanoseconds(Func<bool> question)
{
    var (best, rounds) = (double.MaxValue, FirstRounds);
    for (var run = 0; run < Runs; run++)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < rounds; i++)
        {
            if (!question())
            {
                throw new InvalidOperationException("the answer is wrong");
            }
        }

        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / rounds);
        rounds = Math.Clamp((int)(RunMicroseconds * 1_000 / best), FirstRounds, rounds * 4);
    }

    return best;
}
