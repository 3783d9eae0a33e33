using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>The tests on names: whole names and suffixes by the deepest one that applies, and the patterns that are neither.</summary>
internal sealed class NameTree(FiredTable table)
{
    private readonly Dictionary<string, Fired> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fired> _suffixes = new(StringComparer.Ordinal);
    private readonly Dictionary<PlanPattern, Fired> _patterns = [];
    private Fired _any = Fired.Nothing;

    /// <summary>What holds for a name that no literal is about.</summary>
    public Fired Any => _any;

    /// <summary>The names and what holds for each.</summary>
    public IEnumerable<(string Name, Fired Fired)> Names => _names.Select(pair => (pair.Key, table.Union(pair.Value, Above(pair.Key))));

    /// <summary>The suffixes and what holds for names that end in a dot and each.</summary>
    public IEnumerable<(string Suffix, Fired Fired)> Suffixes => _suffixes.Select(pair => (pair.Key, table.Union(pair.Value, Above(pair.Key))));

    public IEnumerable<(PlanPattern Pattern, Fired Fired)> Patterns => _patterns.Select(pair => (pair.Key, pair.Value));

    public void Add(PlanTest test, Fired fired)
    {
        switch (test)
        {
            case PlanTest.HostIs host:
                Add(_names, host.Name, fired);
                break;
            case PlanTest.HostPortIs host:
                Add(_names, host.Name, fired);
                break;
            case PlanTest.HostUnder host:
                Add(_suffixes, host.Suffix, fired);
                break;
            case PlanTest.HostLike { Pattern.Parts: [{ } name] }:
                Add(_names, name, fired);
                break;
            case PlanTest.HostLike { Pattern.Parts: [null] }:
                _any = table.Union(_any, fired);
                break;
            case PlanTest.HostLike { Pattern.Parts: [null, ['.', .. var suffix]] }:
                Add(_suffixes, suffix, fired);
                break;
            case PlanTest.HostLike like:
                Add(_patterns, like.Pattern, fired);
                break;
        }
    }

    /// <summary>What the suffixes of a name say, and what holds for all.</summary>
    private Fired Above(string name)
    {
        var fired = _any;
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (_suffixes.TryGetValue(name[(dot + 1)..], out var own))
            {
                fired = table.Union(fired, own);
            }
        }

        return fired;
    }

    private void Add<TKey>(Dictionary<TKey, Fired> to, TKey key, Fired fired)
        where TKey : notnull => to[key] = to.TryGetValue(key, out var known) ? table.Union(known, fired) : fired;
}
