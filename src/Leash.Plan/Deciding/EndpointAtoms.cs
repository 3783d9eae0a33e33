using System.Text;

namespace Leash.Plan.Deciding;

/// <summary>The atoms on endpoints: names, wildcards and ranges by hash, the few kinds of other tests one by one.</summary>
internal sealed class EndpointAtoms
{
    private const int NameRoot = -1;
    private const int SuffixRoot = -2;
    private const int MaxNameLength = 255;

    private readonly ComponentTable _names = new();
    private readonly RangeTable _ranges = new();
    private readonly List<Scalar> _scalars = [];
    private readonly PatternSet _patterns = new();
    private readonly TargetList _targets = new();
    private int[] _heads = new int[32];

    /// <summary>Fires the atoms that hold for an endpoint known by this name, or by number only when null.</summary>
    public void Fire(in Endpoint endpoint, string? name, DecisionScratch scratch)
    {
        if (name is not null)
        {
            FireName(name, endpoint.Port, scratch);
        }

        _ranges.Fire(endpoint.IsV4, endpoint.Address, endpoint.Port, _targets, scratch);
        foreach (var scalar in _scalars)
        {
            if (EndpointTests.HoldsScalar(scalar.Test, endpoint))
            {
                scratch.Fire(scalar.Atom);
            }
        }

        if (!_patterns.IsEmpty)
        {
            _patterns.Fire(Encoding.UTF8.GetBytes(EndpointTests.TextOf(endpoint, name)), _targets, scratch);
        }
    }

    /// <summary>Adds an atom under its number.</summary>
    public void Add(PlanAtom atom, int number)
    {
        foreach (var test in atom.Tests)
        {
            switch (test)
            {
                case PlanTest.HostIs host:
                    AddName(NameRoot, host.Name, number, 0);
                    break;
                case PlanTest.HostPortIs host:
                    AddName(NameRoot, host.Name, number, host.Port);
                    break;
                case PlanTest.HostUnder host:
                    AddName(SuffixRoot, host.Suffix, number, 0);
                    break;
                case PlanTest.AddressIn address:
                    AddRange(address.Range, number, 0);
                    break;
                case PlanTest.AddressPortIs address:
                    AddRange(address.Range, number, address.Port);
                    break;
                case PlanTest.HostLike like:
                    _patterns.Add(like.Pattern, number, _targets);
                    break;
                default:
                    _scalars.Add(new Scalar(test, number));
                    break;
            }
        }
    }

    private void FireName(string name, int port, DecisionScratch scratch)
    {
        if (name.Length > MaxNameLength || !Ascii.IsValid(name))
        {
            return; // no canonical name, so no literal of a policy
        }

        Span<byte> buffer = stackalloc byte[MaxNameLength];
        ReadOnlySpan<byte> text = buffer[..Encoding.ASCII.GetBytes(name, buffer)];
        Fire(_names.Find(NameRoot, text), port, scratch);
        for (var dot = text.IndexOf((byte)'.'); dot >= 0; dot = text.IndexOf((byte)'.'))
        {
            text = text[(dot + 1)..];
            Fire(_names.Find(SuffixRoot, text), port, scratch);
        }
    }

    private void Fire(int node, int port, DecisionScratch scratch)
    {
        if (node >= 0)
        {
            _targets.Fire(_heads[node], port, scratch);
        }
    }

    private void AddRange(Cidr range, int atom, int port)
    {
        ref var head = ref _ranges.HeadOf(range);
        head = _targets.Add(head, atom, port);
    }

    private void AddName(int root, string name, int atom, int port)
    {
        var node = _names.GetOrAdd(root, Encoding.UTF8.GetBytes(name));
        if (node >= _heads.Length)
        {
            var grown = new int[_heads.Length * 2];
            Array.Copy(_heads, grown, _heads.Length);
            _heads = grown;
        }

        _heads[node] = _targets.Add(_heads[node], atom, port);
    }

    private sealed record Scalar(PlanTest Test, int Atom);
}
