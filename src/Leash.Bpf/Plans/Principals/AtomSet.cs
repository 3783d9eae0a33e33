using System.Collections.Immutable;

namespace Leash.Bpf.Plans.Principals;

/// <summary>A set of atoms, by value.</summary>
internal sealed class AtomSet : IEquatable<AtomSet>
{
    private readonly ImmutableArray<ulong> _words;
    private readonly int _hash;

    private AtomSet(ImmutableArray<ulong> words)
    {
        _words = words;
        var hash = default(HashCode);
        foreach (var word in words)
        {
            hash.Add(word);
        }

        _hash = hash.ToHashCode();
    }

    public static AtomSet Empty { get; } = new([]);

    public bool Has(int atom) => atom >> 6 < _words.Length && (_words[atom >> 6] >> (atom & 63) & 1) != 0;

    public AtomSet With(int atom)
    {
        var words = new ulong[(atom >> 6) + 1];
        words[^1] = 1ul << (atom & 63);
        return Union(new AtomSet([.. words]));
    }

    public AtomSet Union(AtomSet other)
    {
        var (longer, shorter) = _words.Length >= other._words.Length ? (this, other) : (other, this);
        var words = longer._words.ToArray();
        var isSame = true;
        for (var i = 0; i < shorter._words.Length; i++)
        {
            isSame &= (words[i] | shorter._words[i]) == words[i];
            words[i] |= shorter._words[i];
        }

        return isSame ? longer : new AtomSet([.. words]);
    }

    /// <summary>What is in this set and not in the other.</summary>
    public AtomSet Except(AtomSet other)
    {
        var words = _words.ToArray();
        for (var i = 0; i < Math.Min(words.Length, other._words.Length); i++)
        {
            words[i] &= ~other._words[i];
        }

        return new AtomSet([.. words.AsSpan().TrimEnd(0ul)]);
    }

    public bool Equals(AtomSet? other) => other is not null && _words.AsSpan().SequenceEqual(other._words.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as AtomSet);

    public override int GetHashCode() => _hash;
}
