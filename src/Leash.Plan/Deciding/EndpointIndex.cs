using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>The statements on endpoints: names, wildcards and ranges by hash, the few kinds of other tests one by one.</summary>
internal sealed class EndpointIndex
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _suffixes = new(StringComparer.Ordinal);
    private readonly Dictionary<Cidr, int> _ranges = [];
    private readonly List<(PlanTest Test, int Atom)> _scalars = [];
    private readonly PatternSet _patterns = new();
    private readonly TargetList _targets = new();
    private readonly StatementTable _statements;
    private readonly (bool IsV4, int PrefixLength)[] _lengths;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _suffixLookup;

    public EndpointIndex(PrincipalTable principals, IEnumerable<PlanStatement> statements)
    {
        _statements = new StatementTable(principals);
        foreach (var statement in statements)
        {
            _statements.Add(statement, AddTests);
        }

        _targets.Freeze();
        _patterns.Freeze();
        _statements.Freeze();
        _lengths = [.. _ranges.Keys.Select(range => (range.IsV4, range.PrefixLength)).Distinct()];
        _suffixLookup = _suffixes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What is permitted and forbidden for an endpoint known by this name, or by number only when null.</summary>
    public (PlanActionMask Permitted, PlanActionMask Forbidden) Decide(
        PrincipalClass principal, in Endpoint endpoint, string? name, PlanActionMask wanted, List<PlanStatement>? found)
    {
        var scratch = DecisionScratch.Begin(_statements.AtomCount, _statements.StatementCount);
        if (name is not null)
        {
            FireName(name, endpoint.Port, scratch);
        }

        foreach (var (isV4, prefixLength) in _lengths)
        {
            if (isV4 == endpoint.IsV4
                && _ranges.TryGetValue(Cidr.Create(isV4, endpoint.Address, prefixLength), out var head))
            {
                _targets.Fire(head, endpoint.Port, scratch);
            }
        }

        foreach (var (test, atom) in _scalars)
        {
            var holds = test switch
            {
                PlanTest.PortIn ports => endpoint.Port >= ports.First && endpoint.Port <= ports.Last,
                PlanTest.ProtocolIs protocol => endpoint.Protocol == protocol.Protocol,
                _ => false,
            };
            if (holds)
            {
                scratch.Fire(atom);
            }
        }

        if (!_patterns.IsEmpty)
        {
            _patterns.Fire(Encoding.UTF8.GetBytes(name ?? Cidr.FormatAddress(endpoint.IsV4, endpoint.Address)), _targets, scratch);
        }

        var permitted = PlanActionMask.None;
        var forbidden = PlanActionMask.None;
        _statements.Decide(scratch, principal, wanted, default, ref permitted, ref forbidden, found);
        return (permitted, forbidden);
    }

    private void FireName(string name, int port, DecisionScratch scratch)
    {
        if (_names.TryGetValue(name, out var head))
        {
            _targets.Fire(head, port, scratch);
        }

        if (_suffixes.Count == 0)
        {
            return;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (_suffixLookup.TryGetValue(name.AsSpan(dot + 1), out head))
            {
                _targets.Fire(head, port, scratch);
            }
        }
    }

    private void AddTests(PlanAtom atom, int number)
    {
        foreach (var test in atom.Tests)
        {
            switch (test)
            {
                case PlanTest.HostIs host:
                    Add(_names, host.Name, number, 0);
                    break;
                case PlanTest.HostPortIs host:
                    Add(_names, host.Name, number, host.Port);
                    break;
                case PlanTest.HostUnder host:
                    Add(_suffixes, host.Suffix, number, 0);
                    break;
                case PlanTest.AddressIn address:
                    Add(_ranges, address.Range, number, 0);
                    break;
                case PlanTest.AddressPortIs address:
                    Add(_ranges, address.Range, number, address.Port);
                    break;
                case PlanTest.HostLike like:
                    _patterns.Add(like.Pattern, number, _targets);
                    break;
                default:
                    _scalars.Add((test, number));
                    break;
            }
        }
    }

    private void Add<TKey>(Dictionary<TKey, int> heads, TKey key, int atom, int port)
        where TKey : notnull =>
        heads[key] = _targets.Add(heads.GetValueOrDefault(key), atom, port);
}
