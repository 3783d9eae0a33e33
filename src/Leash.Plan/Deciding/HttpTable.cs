namespace Leash.Plan.Deciding;

/// <summary>
/// The statements about one of the HTTP actions, by host: one that needs a host, a wildcard or a range is looked at for requests to it only.
/// Its other tests are made when it is.
/// </summary>
internal sealed class HttpTable
{
    private readonly EndpointAtoms _keys = new();
    private readonly HttpEntry[] _byKey;
    private readonly HttpEntry[] _others;

    public HttpTable(PrincipalTable principals, IEnumerable<PlanStatement> statements)
    {
        List<HttpEntry> byKey = [];
        List<HttpEntry> others = [];
        foreach (var statement in statements)
        {
            var entry = new HttpEntry(statement, principals);
            if (FindKey(statement) is { } key)
            {
                _keys.Add(new PlanAtom([.. key.Tests.Select(AtAnyPort)]), byKey.Count);
                byKey.Add(entry);
            }
            else
            {
                others.Add(entry);
            }
        }

        _byKey = [.. byKey];
        _others = [.. others];
    }

    /// <summary>The thread's marks, with the keys that hold.</summary>
    public DecisionScratch Fire(in Endpoint endpoint, string? name)
    {
        var scratch = DecisionScratch.Begin(_byKey.Length, 0);
        _keys.Fire(endpoint, name, scratch);
        return scratch;
    }

    /// <summary>How many statements there are to look at: those whose key holds, and those without a key.</summary>
    public int CountOf(DecisionScratch scratch) => scratch.FiredCount + _others.Length;

    /// <summary>One of them.</summary>
    public HttpEntry this[DecisionScratch scratch, int index] =>
        index < scratch.FiredCount ? _byKey[scratch.Fired[index]] : _others[index - scratch.FiredCount];

    /// <summary>An atom on the host without which the statement is never satisfied, or null.</summary>
    private static PlanAtom? FindKey(PlanStatement statement)
    {
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Tests.All(IsSelective) && statement.Table.Needs(i))
            {
                return statement.Atoms[i];
            }
        }

        return null;
    }

    /// <summary>A statement is looked at for requests to other ports of its host too: there it may make a list.</summary>
    private static PlanTest AtAnyPort(PlanTest test) => test switch
    {
        PlanTest.HostPortIs host => new PlanTest.HostIs(host.Name),
        PlanTest.AddressPortIs address => new PlanTest.AddressIn(address.Range),
        _ => test,
    };

    private static bool IsSelective(PlanTest test) =>
        test is PlanTest.HostIs or PlanTest.HostPortIs or PlanTest.HostUnder or PlanTest.AddressIn or PlanTest.AddressPortIs;
}
