using System.Collections.Immutable;
using System.Net;
using System.Text;
using Leash.Plan;
using Leash.Policy;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>One operation of a real process, and the requests that must all be allowed for it to succeed.</summary>
internal sealed record OracleOperation(IReadOnlyList<string> Words, ImmutableArray<RequestFacts> Requests);

/// <summary>
/// A small tree of files, sockets and programs, random statements about it, and operations on it. No operation undoes what another one
/// needs: each name is changed at most once.
/// </summary>
internal sealed class OracleWorld : IDisposable
{
    private static readonly string[] s_directories = ["a", "a/b", "a/b/c", "ab", ".git", "d e"];
    private static readonly string[] s_suffixes = ["", ".txt", ".sh", ".env"];
    private static readonly string[] s_arguments = ["--force", "push", "-c", "x y"];

    private readonly int[] _ports;
    private readonly int[] _freePorts;
    private readonly PrincipalFacts _principal;
    private readonly List<string> _lasting;
    private readonly Queue<string> _removable;
    private readonly List<Listening> _sockets = [];
    private readonly List<string> _paths = [];
    private int _names;

    /// <param name="random">The source of everything.</param>
    /// <param name="place">Where.</param>
    /// <param name="ports">On which 127.0.0.5 and 127.0.0.6 listen.</param>
    /// <param name="freePorts">On which nobody does.</param>
    public OracleWorld(Random random, Place place, int[] ports, int[] freePorts)
    {
        Random = random;
        _ports = ports;
        _freePorts = freePorts;
        Root = Path.Join(place.Workspace, "w");
        foreach (var directory in s_directories)
        {
            Directory.CreateDirectory(Path.Join(Root, directory));
        }

        for (var i = 0; i < 80; i++)
        {
            var path = Name();
            File.WriteAllText(path, "text\n");
            _paths.Add(path);
        }

        Program = Operations.CopyTo(place.Workspace, Pick("one", "two"));
        foreach (var directory in s_directories[..3])
        {
            Operations.CopyTo(Path.Join(Root, directory), "run");
            Executables.Add(Path.Join(Root, directory, "run"));
            Sockets.Add(Path.Join(Root, directory, "sock"));
        }

        Accounts.Own(place.Account, place.Workspace);
        foreach (var socket in Sockets)
        {
            _sockets.Add(new Listening(new System.Net.Sockets.UnixDomainSocketEndPoint(socket)));
        }

        // The first half stays; of the others each may be removed once.
        _lasting = _paths[..40];
        _removable = new Queue<string>(_paths[40..]);
        _principal = new PrincipalFacts(Bytes(Program), [Bytes(Program)]);
        Facts = new SessionFacts { Workspace = place.Workspace, Home = place.Home, Uid = 0 };
    }

    public Random Random { get; }

    public string Root { get; }

    /// <summary>What runs the operations.</summary>
    public string Program { get; }

    public SessionFacts Facts { get; }

    /// <summary>Without it nothing runs.</summary>
    public string Needs => $"permit (principal, action == Action::\"ProcessExec\", resource == File::\"{Program}\");\n";

    /// <summary>The request for starting the program.</summary>
    public RequestFacts Start => new ExecFacts(PrincipalFacts.Initial, Bytes(Program), Bytes(Program), [], []);

    private List<string> Executables { get; } = [];

    private List<string> Sockets { get; } = [];

    public string Statement()
    {
        var effect = Random.Next(3) == 0 ? "forbid" : "permit";
        var principal = Random.Next(6) switch
        {
            0 => $"principal in Exe::\"{Program}\"",
            1 => $"principal in Exe::\"{Path.Join(Path.GetDirectoryName(Program), "one")}\"",
            _ => "principal",
        };
        var (action, resource, test) = Random.Next(8) switch
        {
            0 => ("action == Action::\"ProcessExec\"", "resource", ExecTest()),
            1 => ("action == Action::\"UnixConnect\"", "resource", PathTest()),
            2 or 3 => ("action in [Action::\"NetworkConnect\", Action::\"NetworkListen\"]", EndpointScope(), EndpointTest()),
            4 => ("action == Action::\"FileOpenReadOnly\"", PathScope(), PathTest()),
            5 => ("action == Action::\"FileOpen\"", PathScope(), PathTest()),
            6 => ("action == Action::\"FileWrite\"", PathScope(), PathTest()),
            _ => ($"action in [Action::\"{PickAction()}\", Action::\"{PickAction()}\"]", PathScope(), PathTest()),
        };
        var condition = Random.Next(5) switch
        {
            0 => "",
            1 => $" unless {{ {test} }}",
            _ => $" when {{ {test} }}",
        };
        return $"{effect} ({principal}, {action}, {resource}){condition};";
    }

    public List<OracleOperation> Batch(int count) => [.. Enumerable.Range(0, count).Select(_ => Operation())];

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private OracleOperation Operation() => Random.Next(22) switch
    {
        0 or 1 or 2 => OnFile("read", Pick(_lasting), PlanAction.FileOpenReadOnly),
        3 or 4 => OnFile("write", Pick(_lasting), PlanAction.FileOpenReadWrite),
        5 => OnFile("append", Pick(_lasting), PlanAction.FileOpenReadWrite),
        6 => OnFile("open-truncate", Pick(_lasting), PlanAction.FileOpenReadWrite, PlanAction.FileTruncate),
        7 => OnFile("truncate", Pick(_lasting), PlanAction.FileTruncate),
        8 => OnFile("chmod", Pick(_lasting), PlanAction.FileMetadata),
        9 => OnFile("list", Path.Join(Root, Pick(s_directories)), PlanAction.FileOpenReadOnly),
        10 => OnFile("create", Name(), PlanAction.FileCreate, PlanAction.FileOpenReadWrite),
        11 => OnFile("mkdir", Name(), PlanAction.DirCreate),
        12 => OnFile("mkfifo", Name(), PlanAction.FileMknod),
        13 => OnFile("symlink", Name(), PlanAction.FileCreate),
        14 => OnFile("delete", Taken(), PlanAction.FileDelete),
        15 => OnTwo("rename", Taken(), Name(), PlanAction.FileRename),
        16 => OnTwo("link", Pick(_lasting), Name(), PlanAction.FileLink),
        17 => OnFile("unix", Pick(Sockets), PlanAction.UnixConnect),
        18 or 19 => Exec(),
        20 => Endpoint(Pick("tcp", "udp"), Pick(_ports), PlanAction.NetworkConnect),
        _ => Endpoint("listen", Pick(_freePorts), PlanAction.NetworkListen),
    };

    private OracleOperation OnFile(string name, string path, params PlanAction[] actions) =>
        new([name, path], [.. actions.Select(action => new FileFacts(_principal, action, Bytes(path)))]);

    private OracleOperation OnTwo(string name, string from, string to, PlanAction action) =>
        new([name, from, to], [new FileFacts(_principal, action, Bytes(from)), new FileFacts(_principal, action, Bytes(to))]);

    private OracleOperation Exec()
    {
        var program = Pick(Executables);
        string[] arguments = ["noop", .. Enumerable.Range(0, Random.Next(3)).Select(_ => Pick(s_arguments))];
        return new(
            ["exec", program, .. arguments],
            [new ExecFacts(_principal, Bytes(program), Bytes(program), [.. arguments.Select(Bytes)], [])]);
    }

    private OracleOperation Endpoint(string name, int port, PlanAction action)
    {
        // Each address listens on one of the ports only; that nobody listens on the other must not decide.
        var index = Array.IndexOf(_ports, port);
        var address = IPAddress.Parse(index == 1 ? "127.0.0.6" : "127.0.0.5");
        var endpoint = new Endpoint(address, port, name == "udp" ? TransportProtocol.Udp : TransportProtocol.Tcp, []);
        return new(
            [name, address.ToString(), $"{port}"],
            [new EndpointFacts(_principal, action, null, endpoint.IsV4, endpoint.Address, endpoint.Port, endpoint.Protocol)]);
    }

    private string Taken() => _removable.Dequeue();

    private string Name() => Path.Join(Root, Pick(s_directories), $"f{_names++}{Pick(s_suffixes)}");

    private string PickAction() => Pick([.. PlanActionMask.FileWrite.Members()]).Name();

    private string PathScope() => Random.Next(4) switch
    {
        0 => $"resource in Dir::\"{Root}/{Pick(s_directories)}\"",
        1 => $"resource == File::\"{Pick(_paths)}\"",
        _ => "resource",
    };

    private string PathTest() => Random.Next(9) switch
    {
        0 => $"resource in Dir::\"{Root}\"",
        1 => $"resource in [Dir::\"{Root}/{Pick(s_directories)}\", File::\"{Pick(_paths)}\"]",
        2 => $"resource.path like \"{Root}/{Pick(s_directories)}/*{Pick(s_suffixes)}\"",
        3 => $"resource.name like \"*{Pick(s_suffixes)}\" && {PathTest()}",
        4 => $"!({PathTest()}) && resource in Dir::\"{Root}\"",
        5 => $"({PathTest()} || {PathTest()})",
        6 => $"(if principal in Exe::\"{Program}\" then {PathTest()} else {PathTest()})",
        7 => "[\"run\", \"sock\", \"f3\"].contains(resource.name)",
        _ => $"resource in Dir::\"{Root}/{Pick(s_directories)}\"",
    };

    private string ExecTest() => Random.Next(5) switch
    {
        0 => $"context.args.contains(\"{Pick(s_arguments)}\")",
        1 => $"{PathTest()} && !context.args.contains(\"{Pick(s_arguments)}\")",
        2 => $"context.argv0 like \"*/run\" && {PathTest()}",
        3 => "context.interpreter == \"\"",
        _ => PathTest(),
    };

    private string EndpointScope() => Random.Next(4) switch
    {
        0 => "resource in Cidr::\"127.0.0.0/8\"",
        1 => "resource in Host::\"127.0.0.5\"",
        2 => $"resource in Host::\"127.0.0.6:{_ports[1]}\"",
        _ => "resource",
    };

    private string EndpointTest() => Random.Next(6) switch
    {
        0 => $"context.port == {Pick([.. _ports, .. _freePorts])}",
        1 => $"context.port {Pick("<", "<=", ">", ">=")} {Pick([.. _ports, .. _freePorts])}",
        2 => $"context.protocol == \"{Pick("tcp", "udp")}\"",
        3 => "context.ip.isInRange(ip(\"127.0.0.4/31\"))",
        4 => "context.ip.isLoopback() && context.protocol == \"tcp\"",
        _ => "resource in [Host::\"127.0.0.5\", Cidr::\"10.0.0.0/8\"]",
    };

    private T Pick<T>(params IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
