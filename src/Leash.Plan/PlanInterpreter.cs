using System.Text;

namespace Leash.Plan;

/// <summary>
/// Decides requests by evaluating every test of every statement as its definition says. Slow and obviously right: what
/// <see cref="PlanDecider"/> is compared with.
/// </summary>
public sealed class PlanInterpreter(EnforcementPlan plan)
{
    /// <summary>The decision and the statements that made it.</summary>
    public Explanation Decide(RequestFacts request)
    {
        List<PlanStatement> permits = [];
        List<PlanStatement> forbids = [];
        foreach (var statement in plan.Statements)
        {
            if (statement.Actions.Has(request.Action) && IsSatisfied(statement, request))
            {
                (statement.Effect == PlanEffect.Permit ? permits : forbids).Add(statement);
            }
        }

        return new Explanation(Verdict.Of(permits.Count > 0, forbids.Count > 0), forbids.Count > 0 ? forbids : permits);
    }

    private static bool IsSatisfied(PlanStatement statement, RequestFacts request)
    {
        var row = 0;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Tests.Any(test => Holds(test, request)))
            {
                row |= 1 << i;
            }
        }

        return statement.Table[row];
    }

    /// <summary>A test about facts that the request does not have is false; compilers do not make such statements.</summary>
    internal static bool Holds(PlanTest test, RequestFacts request) => test switch
    {
        PlanTest.PathIs t => PathOf(request) is { } path && Same(path, t.Path),
        PlanTest.PathUnder t => PathOf(request) is { } path && IsUnder(path, t.Directory),
        PlanTest.PathLike t => PathOf(request) is { } path && t.Pattern.Matches(path),
        PlanTest.NameIs t => PathOf(request) is { } path && Same(NameOf(path), t.Name),
        PlanTest.NameLike t => PathOf(request) is { } path && t.Pattern.Matches(NameOf(path)),
        PlanTest.PathIsAbstract => PathOf(request) is [(byte)'@', ..],
        PlanTest.ExeIs t => Same(request.Principal.Exe, t.Path),
        PlanTest.ExeLike t => t.Pattern.Matches(request.Principal.Exe),
        PlanTest.LineageHas t => request.Principal.Lineage.Any(path => Same(path, t.Path)),
        PlanTest.ArgsContain t => request is ExecFacts exec && exec.Arguments.Any(argument => Same(argument, t.Argument)),
        PlanTest.ArgsEmpty => request is ExecFacts { Arguments.Length: 0 },
        PlanTest.Argv0Is t => request is ExecFacts exec && Same(exec.Argv0, t.Argument),
        PlanTest.Argv0Like t => request is ExecFacts exec && t.Pattern.Matches(exec.Argv0),
        PlanTest.InterpreterIs t => request is ExecFacts exec && Same(exec.Interpreter, t.Path),
        PlanTest.InterpreterLike t => request is ExecFacts exec && t.Pattern.Matches(exec.Interpreter),
        PlanTest.HostIs t => NameOf(request) == t.Name,
        PlanTest.HostUnder t => NameOf(request) is { } name && name.EndsWith('.' + t.Suffix, StringComparison.Ordinal),
        PlanTest.HostLike t => HostTextOf(request) is { } text && t.Pattern.Matches(Encoding.UTF8.GetBytes(text)),
        PlanTest.HostPortIs t => request is EndpointFacts e && e.Name == t.Name && e.Port == t.Port,
        PlanTest.AddressIn t => request is EndpointFacts e && t.Range.Contains(e.IsV4, e.Address),
        PlanTest.AddressPortIs t => request is EndpointFacts e && e.Port == t.Port && t.Range.Contains(e.IsV4, e.Address),
        PlanTest.PortIn t => request is EndpointFacts e && e.Port >= t.First && e.Port <= t.Last,
        PlanTest.ProtocolIs t => request is EndpointFacts e && e.Protocol == t.Protocol,
        PlanTest.DnsTypeIs t => request is DnsFacts dns && dns.Type == t.Type,
        _ => false,
    };

    private static byte[]? PathOf(RequestFacts request) => request switch
    {
        FileFacts file => file.Path,
        ExecFacts exec => exec.Path,
        _ => null,
    };

    private static string? NameOf(RequestFacts request) => request switch
    {
        EndpointFacts endpoint => endpoint.Name,
        DnsFacts dns => dns.Name,
        _ => null,
    };

    private static string? HostTextOf(RequestFacts request) => request switch
    {
        EndpointFacts endpoint => endpoint.Name ?? Cidr.FormatAddress(endpoint.IsV4, endpoint.Address),
        DnsFacts dns => dns.Name,
        _ => null,
    };

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path) => PathText.NameOf(path);

    private static bool Same(ReadOnlySpan<byte> bytes, string text) => bytes.SequenceEqual(Encoding.UTF8.GetBytes(text));

    private static bool IsUnder(ReadOnlySpan<byte> path, string directory)
    {
        var prefix = Encoding.UTF8.GetBytes(directory);
        return directory == "/"
            ? path is [(byte)'/', ..]
            : path.StartsWith(prefix) && (path.Length == prefix.Length || path[prefix.Length] == (byte)'/');
    }
}
