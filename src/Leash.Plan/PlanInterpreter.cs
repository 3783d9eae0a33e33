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

    /// <summary>
    /// A request as a whole: connecting to its host is permitted, no forbid matches, and when a permit on requests can apply to the host, one
    /// matches.
    /// </summary>
    public Explanation DecideHttp(HttpFacts request)
    {
        var connect = Decide(request.Endpoint);
        var own = Decide(request);
        if (connect.Verdict.Reason == VerdictReason.Forbidden || own.Verdict.Reason == VerdictReason.Forbidden)
        {
            return new Explanation(
                new Verdict(VerdictReason.Forbidden),
                [.. connect.Determining.Concat(own.Determining).Where(statement => statement.Effect == PlanEffect.Forbid).Distinct()]);
        }

        var isAllowed = connect.Verdict.Allowed && (own.Verdict.Allowed || !plan.Statements.Any(statement => CanApply(statement, request)));
        return new Explanation(Verdict.Of(isAllowed, false), isAllowed ? [.. connect.Determining.Concat(own.Determining).Distinct()] : []);
    }

    /// <summary>The changes of headers of requests to a host that are proposed by a permit on rewriting which is satisfied, and that no forbid matches.</summary>
    public IReadOnlyList<(HeaderEdit Edit, string PolicyId)> Rewrites(EndpointFacts endpoint)
    {
        List<(HeaderEdit Edit, string PolicyId)> edits = [];
        foreach (var statement in plan.Statements.Where(statement => statement.Actions.Has(PlanAction.HttpRewrite)))
        {
            foreach (var edit in RewriteProposals.Of(statement))
            {
                var request = new HttpRewriteFacts(endpoint, edit);
                if (IsSatisfied(statement, request) && Decide(request).Verdict.Allowed)
                {
                    edits.Add((edit, statement.PolicyId));
                }
            }
        }

        return edits;
    }

    /// <summary>
    /// Whether a permit on requests is satisfied at some port, for some answers to its tests on the request. Each different test may turn out
    /// either way, for itself.
    /// </summary>
    private static bool CanApply(PlanStatement statement, HttpFacts request)
    {
        if (statement.Effect != PlanEffect.Permit || !statement.Actions.Has(PlanAction.HttpRequest))
        {
            return false;
        }

        var tests = statement.Atoms.SelectMany(atom => atom.Tests).Distinct().ToList();
        var open = tests.Where(test => test.Domain == TestDomain.Http).ToList();
        return HttpPorts.Of(statement).Any(port =>
        {
            var known = tests.Where(test => Holds(test, request with { Endpoint = request.Endpoint with { Port = port } }) && test.Domain != TestDomain.Http).ToHashSet();
            return Enumerable.Range(0, statement.Table.Rows).Any(row => statement.Table[row] && CanBe(statement, row, known, open));
        });
    }

    /// <summary>Whether the atoms can have the values of a row: of a false one no test holds, of a true one some test does.</summary>
    private static bool CanBe(PlanStatement statement, int row, HashSet<PlanTest> known, List<PlanTest> open)
    {
        var isTrue = statement.Atoms.Select((_, i) => (row >> i & 1) != 0).ToList();
        var fails = statement.Atoms.Where((_, i) => !isTrue[i]).SelectMany(atom => atom.Tests).ToHashSet();
        return !fails.Overlaps(known)
            && statement.Atoms.Where((_, i) => isTrue[i]).All(atom => atom.Tests.Any(test => known.Contains(test) || (open.Contains(test) && !fails.Contains(test))));
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
        PlanTest.HostPortIs t => EndpointOf(request) is { } e && e.Name == t.Name && e.Port == t.Port,
        PlanTest.AddressIn t => EndpointOf(request) is { } e && t.Range.Contains(e.IsV4, e.Address),
        PlanTest.AddressPortIs t => EndpointOf(request) is { } e && e.Port == t.Port && t.Range.Contains(e.IsV4, e.Address),
        PlanTest.PortIn t => EndpointOf(request) is { } e && e.Port >= t.First && e.Port <= t.Last,
        PlanTest.ProtocolIs t => EndpointOf(request) is { } e && e.Protocol == t.Protocol,
        PlanTest.DnsTypeIs t => request is DnsFacts dns && dns.Type == t.Type,
        PlanTest.HttpTextIs t => SubjectOf(request)?.TextOf(t.Text) == t.Value,
        PlanTest.HttpTextLike t => SubjectOf(request)?.TextOf(t.Text) is { } text && t.Pattern.Matches(Encoding.UTF8.GetBytes(text)),
        PlanTest.HeaderExists t => SubjectOf(request)?.HeaderOf(t.Name) is not null,
        PlanTest.HeaderIs t => SubjectOf(request)?.HeaderOf(t.Name) == t.Value,
        PlanTest.HeaderLike t => SubjectOf(request)?.HeaderOf(t.Name) is { } value && t.Pattern.Matches(Encoding.UTF8.GetBytes(value)),
        _ => false,
    };

    private static EndpointFacts? EndpointOf(RequestFacts request) => request switch
    {
        EndpointFacts endpoint => endpoint,
        HttpFacts http => http.Endpoint,
        HttpRewriteFacts rewrite => rewrite.Endpoint,
        _ => null,
    };

    private static IHttpSubject? SubjectOf(RequestFacts request) => request switch
    {
        HttpFacts http => http.Message,
        HttpRewriteFacts rewrite => rewrite.Edit,
        _ => null,
    };

    private static byte[]? PathOf(RequestFacts request) => request switch
    {
        FileFacts file => file.Path,
        ExecFacts exec => exec.Path,
        _ => null,
    };

    private static string? NameOf(RequestFacts request) => request switch
    {
        DnsFacts dns => dns.Name,
        _ => EndpointOf(request)?.Name,
    };

    private static string? HostTextOf(RequestFacts request) =>
        NameOf(request) ?? (EndpointOf(request) is { } endpoint ? Cidr.FormatAddress(endpoint.IsV4, endpoint.Address) : null);

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
