using System.Collections.Immutable;
using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>One statement about an HTTP action, and what it says about a process, a host, and a request or a rewrite.</summary>
internal sealed class HttpEntry
{
    private readonly int[] _principalAtoms;
    private readonly ImmutableArray<int> _ports;
    private readonly TruthTable _possible;
    private readonly byte[][]? _pathPrefixes;
    private readonly bool _isConjunction;
    private readonly int _open;

    public HttpEntry(PlanStatement statement, PrincipalTable principals)
    {
        Statement = statement;
        IsPermit = statement.Effect == PlanEffect.Permit;
        Proposals = RewriteProposals.Of(statement);
        _pathPrefixes = FindPathPrefixes(statement);
        _isConjunction = statement.Table.Equals(TruthTable.All(statement.Table.Inputs));
        _ports = HttpPorts.Of(statement);
        _possible = SharesTests(statement) ? FindPossible(statement) : statement.Table;
        _principalAtoms = new int[statement.Atoms.Length];
        for (var i = 0; i < _principalAtoms.Length; i++)
        {
            var domain = statement.Atoms[i].Domain;
            _principalAtoms[i] = domain == TestDomain.Principal ? principals.AddAtom(statement.Atoms[i]) : -1;
            _open |= domain == TestDomain.Http ? 1 << i : 0;
        }
    }

    public PlanStatement Statement { get; }

    public bool IsPermit { get; }

    /// <summary>The rewrites that it proposes.</summary>
    public ImmutableArray<HeaderEdit> Proposals { get; }

    /// <summary>Whether the beginning of the path alone says that it is not satisfied: the first question about one of many statements on a host.</summary>
    public bool IsOfAnotherPath(HttpMessage message)
    {
        if (_pathPrefixes is null)
        {
            return false;
        }

        foreach (var prefix in _pathPrefixes)
        {
            if (message.PathBytes.StartsWith(prefix))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The row of the table as far as process and host decide it.</summary>
    public int RowOf(PrincipalClass principal, in Endpoint endpoint, string? name)
    {
        var row = 0;
        for (var i = 0; i < _principalAtoms.Length; i++)
        {
            var holds = _principalAtoms[i] >= 0 ? principal.Holds(_principalAtoms[i])
                : (_open >> i & 1) == 0 && AnyHolds(Statement.Atoms[i], endpoint, name);
            row |= holds ? 1 << i : 0;
        }

        return row;
    }

    /// <summary>Whether it is satisfied by a request or a rewrite.</summary>
    public bool IsSatisfied(int row, IHttpSubject subject)
    {
        for (var i = 0; i < _principalAtoms.Length; i++)
        {
            if ((_open >> i & 1) == 0)
            {
                continue;
            }

            if (AnyHolds(Statement.Atoms[i], subject))
            {
                row |= 1 << i;
            }
            else if (_isConjunction)
            {
                return false;
            }
        }

        return Statement.Table[row];
    }

    /// <summary>Whether at some port some answers to the tests on the request would satisfy it.</summary>
    public bool CanApply(PrincipalClass principal, in Endpoint endpoint, string? name)
    {
        foreach (var port in _ports)
        {
            if (CanApply(RowOf(principal, endpoint.AtPort(port), name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some answers to the tests on the request satisfy it, where process and host make this row.</summary>
    public bool CanApply(int row)
    {
        // All subsets of the open inputs, the empty one last.
        for (var subset = _open; ; subset = (subset - 1) & _open)
        {
            if (_possible[row | subset])
            {
                return true;
            }

            if (subset == 0)
            {
                return false;
            }
        }
    }

    /// <summary>What paths begin with that satisfy the statement; null when they may begin with anything.</summary>
    private static byte[][]? FindPathPrefixes(PlanStatement statement)
    {
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            byte[][] prefixes = [.. statement.Atoms[i].Tests.Select(PathPrefixOf)];
            if (prefixes.All(prefix => prefix.Length > 0) && statement.Table.Needs(i))
            {
                return prefixes;
            }
        }

        return null;
    }

    private static byte[] PathPrefixOf(PlanTest test) => test switch
    {
        PlanTest.HttpTextIs { Text: HttpText.Path } path => Encoding.UTF8.GetBytes(path.Value),
        PlanTest.HttpTextLike { Text: HttpText.Path } path => path.Pattern.Prefix.ToArray(),
        _ => [],
    };

    private static bool SharesTests(PlanStatement statement)
    {
        var tests = statement.Atoms.Where(atom => atom.Domain == TestDomain.Http).SelectMany(atom => atom.Tests).ToList();
        return tests.Distinct().Count() != tests.Count;
    }

    /// <summary>Whether all answers to the tests on the request satisfy it, where process and host make this row.</summary>
    public bool IsSatisfiedByAll(int row)
    {
        for (var subset = _open; ; subset = (subset - 1) & _open)
        {
            if (!Statement.Table[row | subset])
            {
                return false;
            }

            if (subset == 0)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// The rows that satisfy the statement and that its atoms on the request can have together: atoms may share a test, and an atom whose tests
    /// are all among those of false ones is false.
    /// </summary>
    private static TruthTable FindPossible(PlanStatement statement) =>
        TruthTable.Create(statement.Table.Inputs, row => statement.Table[row] && IsPossible(statement.Atoms, row));

    private static bool IsPossible(ImmutableArray<PlanAtom> atoms, int row)
    {
        for (var i = 0; i < atoms.Length; i++)
        {
            if ((row >> i & 1) != 0 && atoms[i].Domain == TestDomain.Http && atoms[i].Tests.All(test => IsFalse(atoms, row, test)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsFalse(ImmutableArray<PlanAtom> atoms, int row, PlanTest test)
    {
        for (var i = 0; i < atoms.Length; i++)
        {
            if ((row >> i & 1) == 0 && atoms[i].Domain == TestDomain.Http && atoms[i].Tests.Contains(test))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyHolds(PlanAtom atom, in Endpoint endpoint, string? name)
    {
        foreach (var test in atom.Tests)
        {
            if (EndpointTests.Holds(test, endpoint, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyHolds(PlanAtom atom, IHttpSubject subject)
    {
        foreach (var test in atom.Tests)
        {
            if (HttpTests.Holds(test, subject))
            {
                return true;
            }
        }

        return false;
    }
}
