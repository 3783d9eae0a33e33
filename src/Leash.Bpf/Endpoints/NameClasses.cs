using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>
/// The classes of names under one plan, which the kernel programs find by address. A name has one by the literals and the patterns of statements
/// that depend on several things, and one by the patterns of all others.
/// </summary>
internal sealed class NameClasses
{
    private readonly Dictionary<string, int> _names;
    private readonly Dictionary<string, int> _suffixes;
    private readonly PlanPattern[] _joined;
    private readonly uint[] _classes;
    private readonly (PlanPattern Pattern, int Bit)[] _separate;
    private readonly uint[] _unions;

    /// <param name="names">Lines of <paramref name="classes"/> of whole names.</param>
    /// <param name="suffixes">Lines of suffixes; line 0 is of every other name.</param>
    /// <param name="joined">Patterns whose outcomes choose the column, the first in bit 0.</param>
    /// <param name="classes">Classes by line and column.</param>
    /// <param name="separate">The other patterns, and the bit that each sets.</param>
    /// <param name="unions">Classes by the bits that are set.</param>
    public NameClasses(
        Dictionary<string, int> names, Dictionary<string, int> suffixes, PlanPattern[] joined, uint[] classes,
        (PlanPattern Pattern, int Bit)[] separate, uint[] unions)
    {
        (_names, _suffixes, _joined, _classes) = (names, suffixes, joined, classes);
        (_separate, _unions) = (separate, unions);
    }

    /// <summary>The classes of a name: at least one.</summary>
    /// <param name="name">Canonical: lower case, no trailing dot.</param>
    public uint[] Of(string name)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(name);
        var column = 0;
        for (var i = 0; i < _joined.Length; i++)
        {
            column |= _joined[i].Matches(text) ? 1 << i : 0;
        }

        var bits = 0;
        foreach (var (pattern, bit) in _separate)
        {
            bits |= pattern.Matches(text) ? 1 << bit : 0;
        }

        var first = _classes[(LineOf(name) << _joined.Length) | column];
        return bits == 0 ? [first] : [first, _unions[bits]];
    }

    private int LineOf(string name)
    {
        if (_names.TryGetValue(name, out var line))
        {
            return line;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (_suffixes.TryGetValue(name[(dot + 1)..], out line))
            {
                return line;
            }
        }

        return 0;
    }
}
