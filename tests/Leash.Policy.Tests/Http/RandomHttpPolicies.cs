using System.Collections.Immutable;
using System.Net;
using System.Text;
using Leash.Plan;

namespace Leash.Policy.Tests.Http;

/// <summary>Random policies on requests over a small world, and random requests near what they say.</summary>
internal sealed class RandomHttpPolicies(Random random)
{
    private static readonly string[] s_hosts = ["a.com", "b.a.com", "c.b.a.com", "evila.com", "b.org"];
    private static readonly string[] s_addresses = ["10.0.0.5", "10.1.2.3", "192.0.2.1", "2001:db8::1"];
    private static readonly string[] s_methods = ["GET", "POST", "DELETE"];
    private static readonly string[] s_paths = ["/", "/a", "/a/b", "/v1/x", "/v1/%C3%A9", "/v2/x"];
    private static readonly string[] s_queries = ["", "q=1", "a=2&q=1", "%C3%A9"];
    private static readonly string[] s_executables = ["/usr/bin/git", "/bin/npm"];
    private static readonly string[] s_headers = ["accept", "x-a"];
    private static readonly string[] s_values = ["1", "2", "text/html"];
    private static readonly int[] s_ports = [80, 443, 8080];

    public string Text()
    {
        var text = new StringBuilder();
        if (random.Next(3) != 0)
        {
            text.Append($"permit (principal, action == Action::\"NetworkConnect\", resource in Host::\"{Pick("*", "*.a.com", "a.com", "10.0.0.5")}\");\n");
        }

        for (var i = random.Next(1, 7); i > 0; i--)
        {
            text.Append(Policy()).Append('\n');
        }

        return text.ToString();
    }

    public HttpFacts Request()
    {
        var lineage = Enumerable.Range(0, random.Next(3)).Select(_ => Encoding.UTF8.GetBytes(Pick(s_executables))).ToImmutableArray();
        var principal = lineage.IsEmpty ? PrincipalFacts.Initial : new PrincipalFacts(lineage[^1], lineage);
        var endpoint = new Endpoint(IPAddress.Parse(Pick(s_addresses)), Pick(s_ports), TransportProtocol.Tcp, []);
        ImmutableArray<HttpField> fields = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new HttpField(Pick(s_headers), Pick(s_values)))];
        return new HttpFacts(
            new EndpointFacts(
                principal, PlanAction.NetworkConnect, random.Next(4) == 0 ? null : Pick(s_hosts), endpoint.IsV4, endpoint.Address, endpoint.Port,
                TransportProtocol.Tcp),
            new HttpMessage(Pick(s_methods), Pick(s_paths), Pick(s_queries), Pick("http", "https"), fields));
    }

    private string Policy()
    {
        var effect = random.Next(4) == 0 ? "forbid" : "permit";
        var action = random.Next(6) switch
        {
            0 => "action",
            1 => "action in [Action::\"NetworkConnect\", Action::\"HttpRequest\"]",
            _ => "action == Action::\"HttpRequest\"",
        };
        var principal = random.Next(6) == 0 ? $"principal in Exe::\"{Pick(s_executables)}\"" : "principal";
        var resource = random.Next(3) switch { 0 => "resource", 1 => $"resource == Host::\"{Pick(s_hosts)}\"", _ => $"resource in {HostEntity()}" };
        var policy = new StringBuilder($"{effect} ({principal}, {action}, {resource})");

        // Each fact once in a policy: tests that contradict each other count as possible in a list, which is a definition and no truth.
        Queue<Func<string>> facts = new(Shuffled(MethodTest, PathTest, QueryTest, SchemeTest, HeaderTest, HostTest));
        var guard = action == "action == Action::\"HttpRequest\"" ? "" : "context has method && ";
        for (var i = random.Next(3); i > 0; i--)
        {
            policy.Append(random.Next(3) == 0 ? " unless { " : " when { ").Append(guard).Append('(').Append(Condition(facts, 2)).Append(") }");
        }

        return policy.Append(';').ToString();
    }

    private string Condition(Queue<Func<string>> facts, int depth) => depth == 0 || facts.Count < 3 ? Test(facts) : random.Next(6) switch
    {
        0 or 1 => $"({Condition(facts, depth - 1)} && {Condition(facts, depth - 1)})",
        2 or 3 => $"({Condition(facts, depth - 1)} || {Condition(facts, depth - 1)})",
        4 => $"!({Condition(facts, depth - 1)})",
        _ => $"(if {Test(facts)} then {Test(facts)} else {Test(facts)})",
    };

    private string Test(Queue<Func<string>> facts) => facts.TryDequeue(out var test) ? test() : HostTest();

    private string HostEntity() => random.Next(6) switch
    {
        0 => "Host::\"*.a.com\"",
        1 => $"Host::\"{Pick(s_hosts)}:{Pick(s_ports)}\"",
        2 => $"Host::\"{Pick(s_addresses)}\"",
        3 => "Cidr::\"10.0.0.0/8\"",
        4 => $"Host::\"10.0.0.5:{Pick(s_ports)}\"",
        _ => $"Host::\"{Pick(s_hosts)}\"",
    };

    private string HostTest() => random.Next(4) switch
    {
        0 => $"resource in [{HostEntity()}, {HostEntity()}]",
        1 => $"resource.name like \"{Pick("*.com", "*b*", "10.*")}\"",
        2 => $"context.port {Pick("<", ">=", "==")} {Pick(s_ports)}",
        _ => $"context.ip.{Pick("isIpv4", "isIpv6", "isLoopback")}()",
    };

    private string MethodTest() => random.Next(3) switch
    {
        0 => $"context.method != \"{Pick(s_methods)}\"",
        1 => $"[\"GET\", \"{Pick(s_methods)}\"].contains(context.method)",
        _ => $"context.method == \"{Pick(s_methods)}\"",
    };

    private string PathTest() => random.Next(3) switch
    {
        0 => $"context.path == \"{Pick(s_paths)}\"",
        1 => $"[\"/\", \"{Pick(s_paths)}\"].contains(context.path)",
        _ => $"context.path like \"{Pick("/v1/*", "*/x", "/a*", "/*%A9")}\"",
    };

    private string QueryTest() => random.Next(2) == 0 ? "context.query == \"\"" : "context.query like \"*q=1\"";

    private string SchemeTest() => $"context.scheme {Pick("==", "!=")} \"https\"";

    private string HeaderTest()
    {
        var name = Pick(s_headers);
        return random.Next(4) switch
        {
            0 => $"context.headers.hasTag(\"{name}\")",
            1 => $"!(context.headers.hasTag(\"{name}\"))",
            2 => $"(context.headers.hasTag(\"{name}\") && context.headers.getTag(\"{name}\") like \"{Pick("1*", "*2", "text/*")}\")",
            _ => $"(context.headers.hasTag(\"{name}\") && context.headers.getTag(\"{name}\") {Pick("==", "!=")} \"{Pick(s_values)}\")",
        };
    }

    private Func<string>[] Shuffled(params Func<string>[] tests)
    {
        random.Shuffle(tests);
        return tests;
    }

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
