using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Leash.Plan;

namespace Leash.Policy.Tests;

/// <summary>Random policies over a small world, and random requests near what they say.</summary>
internal sealed class RandomPolicies(Random random)
{
    private static readonly string[] s_components = ["a", "b", "ab", "a.b", "c.sh", ".git", "é"];
    private static readonly string[] s_executables = ["/usr/bin/git", "/usr/bin/sh", "/bin/npm", "/a/b", "/opt/run.sh"];
    private static readonly string[] s_hosts = ["a.com", "b.a.com", "c.b.a.com", "evila.com", "b.org", "localhost"];
    private static readonly string[] s_addresses = ["10.0.0.5", "10.1.2.3", "127.0.0.1", "::1", "2001:db8::1", "224.0.0.1", "192.168.0.1", "fe80::1"];
    private static readonly string[] s_ranges = ["10.0.0.0/8", "10.0.0.0/24", "0.0.0.0/0", "::/0", "2001:db8::/32", "127.0.0.0/8", "10.0.0.5/32"];
    private static readonly int[] s_ports = [22, 80, 443, 8080];
    private static readonly string[] s_arguments = ["-c", "--force", "push", "", "ä"];
    private static readonly PlanAction[] s_fileActions = [.. PlanActionMask.File.Members()];

    private int _families;

    /// <summary>A text of a few policies; of those that do not compile, the caller sees diagnostics.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        var count = random.Next(1, 8);
        for (var i = 0; i < count; i++)
        {
            text.Append(Policy()).Append('\n');
        }

        return text.ToString();
    }

    public RequestFacts Request()
    {
        var principal = Principal();
        return random.Next(10) switch
        {
            < 5 => new FileFacts(principal, Pick(s_fileActions), Path()),
            5 => new FileFacts(principal, PlanAction.UnixConnect, random.Next(3) == 0 ? Encoding.UTF8.GetBytes("@" + Pick(s_components)) : Path()),
            6 => new ExecFacts(principal, Path(), Argument(), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Argument())],
                random.Next(2) == 0 ? [] : Encoding.UTF8.GetBytes(Pick(s_executables))),
            7 => new ProcessFacts(principal, random.Next(2) == 0 ? PlanAction.ProcessTrace : PlanAction.ProcessSignal),
            _ => Endpoint(principal),
        };
    }

    private PrincipalFacts Principal()
    {
        var lineage = Enumerable.Range(0, random.Next(4)).Select(_ => Encoding.UTF8.GetBytes(Pick(s_executables))).ToImmutableArray();
        return lineage.Length == 0 ? PrincipalFacts.Initial : new PrincipalFacts(lineage[^1], lineage);
    }

    private EndpointFacts Endpoint(PrincipalFacts principal)
    {
        var endpoint = new Endpoint(System.Net.IPAddress.Parse(Pick(s_addresses)), Pick(s_ports), Pick(Enum.GetValues<TransportProtocol>()), []);
        return new EndpointFacts(
            principal, random.Next(4) == 0 ? PlanAction.NetworkListen : PlanAction.NetworkConnect, random.Next(3) == 0 ? null : Pick(s_hosts),
            endpoint.IsV4, endpoint.Address, endpoint.Port, endpoint.Protocol);
    }

    private byte[] Argument() => Encoding.UTF8.GetBytes(Pick(s_arguments));

    private byte[] Path()
    {
        var path = Encoding.UTF8.GetBytes(PathString());
        if (path.Length > 2 && random.Next(10) == 0)
        {
            // A byte that is not UTF-8, or half a character.
            path[^1] = (byte)random.Next(0x80, 0x100);
        }

        return path;
    }

    private string PathString() => random.Next(20) switch
    {
        0 => "/",
        1 => Pick(s_executables),
        _ => "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pick(s_components))),
    };

    private string Policy()
    {
        var effect = random.Next(3) == 0 ? "forbid" : "permit";
        if (random.Next(8) == 0)
        {
            _families = random.Next(3);
            return $"{effect} ({PrincipalScope()}, {ActionScope()}, resource) when {{ {SuffixTest()} {Pick("||", "&&", "|| !", "&& !")} {SuffixTest()} }};";
        }

        _families = random.Next(6);
        var policy = new StringBuilder($"{effect} ({PrincipalScope()}, {ActionScope()}, {ResourceScope()})");
        for (var i = random.Next(3); i > 0; i--)
        {
            policy.Append(random.Next(3) == 0 ? " unless { " : " when { ").Append(Condition(2)).Append(" }");
        }

        return policy.Append(';').ToString();
    }

    private string PrincipalScope() => random.Next(8) switch
    {
        0 => $"principal in Exe::\"{Pick(s_executables)}\"",
        1 => "principal in Agent::\"claude\"",
        2 => "principal is Process",
        _ => "principal",
    };

    private string ActionScope() => _families switch
    {
        0 => "action == Action::\"FileOpen\"",
        1 => random.Next(2) == 0 ? "action == Action::\"FileWrite\"" : $"action == Action::\"{Pick(s_fileActions).Name()}\"",
        2 => "action == Action::\"ProcessExec\"",
        3 => "action in [Action::\"NetworkConnect\", Action::\"NetworkListen\"]",
        4 => random.Next(2) == 0 ? "action == Action::\"UnixConnect\"" : "action in [Action::\"ProcessTrace\", Action::\"FileOpenReadOnly\"]",
        _ => "action",
    };

    private string ResourceScope() => random.Next(3) switch
    {
        0 => "resource in " + ResourceEntity(),
        1 when _families == 3 => $"resource == Host::\"{Pick(s_hosts)}\"",
        1 => $"resource == File::\"{PathString()}\"",
        _ => "resource",
    };

    private string ResourceEntity() => _families == 3 || random.Next(8) == 0
        ? random.Next(7) switch
        {
            0 => "Host::\"*.a.com\"",
            1 => $"Host::\"{Pick(s_hosts)}:{Pick(s_ports)}\"",
            2 => $"Host::\"{Pick(s_addresses)}\"",
            3 => $"Cidr::\"{Pick(s_ranges)}\"",
            4 => random.Next(5) == 0 ? "Host::\"*\"" : $"Host::\"10.0.0.5:{Pick(s_ports)}\"",
            _ => $"Host::\"{Pick(s_hosts)}\"",
        }
        : random.Next(3) == 0 ? $"File::\"{PathString()}\"" : $"Dir::\"{PathString()}\"";

    private string Condition(int depth)
    {
        if (depth == 0)
        {
            return Test();
        }

        return random.Next(9) switch
        {
            0 or 1 => $"({Condition(depth - 1)} && {Condition(depth - 1)})",
            2 or 3 => $"({Condition(depth - 1)} || {Condition(depth - 1)})",
            4 => $"!({Condition(depth - 1)})",
            5 => $"(if {Condition(depth - 1)} then {Condition(depth - 1)} else {Condition(depth - 1)})",
            6 => $"(({Test()}) == ({Test()}))",
            _ => Test(),
        };
    }

    private string Test() => random.Next(12) switch
    {
        0 => $"principal in [Exe::\"{Pick(s_executables)}\", Exe::\"{Pick(s_executables)}\"]",
        1 => random.Next(2) == 0
            ? $"principal.lineage.contains(\"{Pick(s_executables)}\")"
            : $"principal.lineage.containsAll([\"{Pick(s_executables)}\", \"{Pick(s_executables)}\"])",
        2 => random.Next(2) == 0 ? $"principal.exe == \"{Pick(s_executables)}\"" : "principal.exe like \"/usr/*\"",
        3 => random.Next(2) == 0 ? "principal in [Agent::\"claude\", Exe::\"/bin/npm\"]" : "principal.uid == 1000",
        4 => $"resource in [{ResourceEntity()}, {ResourceEntity()}]",
        5 => "resource in " + ResourceEntity(),
        6 when _families < 3 => $"action == Action::\"{Pick(s_fileActions).Name()}\"",
        7 => random.Next(2) == 0 ? "resource is File" : "resource is Host",
        8 when _families == 5 => "action in [Action::\"FileOpenReadWrite\", Action::\"NetworkConnect\"]",
        _ => _families switch
        {
            0 or 1 => PathTest(),
            2 => random.Next(2) == 0 ? PathTest() : ExecTest(),
            3 => EndpointTest(),
            4 => "resource is File && " + PathTest(),
            _ => random.Next(2) == 0 ? "context has port && " + EndpointTest() : "resource has path && " + PathTest(),
        },
    };

    private string PathTest() => random.Next(9) switch
    {
        0 => $"resource.path == \"{PathString()}\"",
        1 => $"resource.path != \"{PathString()}\"",
        2 => $"resource.path like \"{Pattern()}\"",
        3 => $"resource.name == \"{Pick(s_components)}\"",
        4 => $"resource.name like \"*{Pick(s_components)[^1]}\"",
        5 => $"[\"{PathString()}\", \"{PathString()}\"].contains(resource.path)",
        6 or 7 => SuffixTest(),
        _ => $"[\"{Pick(s_components)}\", \"{Pick(s_components)}\"].contains(resource.name)",
    };

    private string SuffixTest() => $"(resource.{Pick("path", "name")} like \"*{Suffix()}\")";

    /// <summary>Mostly what the last component of a path decides; sometimes more, sometimes an escape.</summary>
    private string Suffix()
    {
        var component = Pick(s_components);
        return random.Next(10) switch
        {
            < 4 => component[random.Next(component.Length)..],
            < 6 => "/" + component,
            6 => component[..1] + "\\*" + component,
            7 => $"{component}/{Pick(s_components)}",
            _ => component,
        };
    }

    private string Pattern()
    {
        var pattern = new StringBuilder(random.Next(2) == 0 ? "*" : "/");
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            pattern.Append(Pick(s_components)).Append(random.Next(3) switch { 0 => "*", 1 => "/", _ => "/*" });
        }

        return pattern.ToString();
    }

    private string ExecTest() => random.Next(7) switch
    {
        0 => $"context.args.contains(\"{Pick(s_arguments)}\")",
        1 => $"context.args.containsAny([\"{Pick(s_arguments)}\", \"{Pick(s_arguments)}\"])",
        2 => "context.args.isEmpty()",
        3 => $"context.argv0 == \"{Pick(s_arguments)}\"",
        4 => "context.argv0 like \"-*\"",
        5 => $"context.interpreter == \"{(random.Next(2) == 0 ? "" : Pick(s_executables))}\"",
        _ => "context.interpreter like \"/usr/*\"",
    };

    private string EndpointTest() => random.Next(10) switch
    {
        0 => $"context.port == {Pick(s_ports)}",
        1 => $"context.port {Pick("<", "<=", ">", ">=")} {(Pick(s_ports) + random.Next(-1, 2)).ToString(CultureInfo.InvariantCulture)}",
        2 => $"{Pick(s_ports)} {Pick("<", "<=", ">", ">=")} context.port",
        3 => $"context.protocol == \"{Pick("tcp", "udp")}\"",
        4 => $"[22, 443].contains(context.port)",
        5 => $"context.ip.isInRange(ip(\"{Pick(s_ranges)}\"))",
        6 => $"context.ip.{Pick("isLoopback", "isMulticast", "isIpv4", "isIpv6")}()",
        7 => $"context.ip == ip(\"{Pick(s_addresses)}\")",
        8 => $"resource.name like \"{Pick("*.com", "*a*", "10.*", "b.*")}\"",
        _ => $"resource.name == \"{Pick(s_hosts)}\"",
    };

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
