using System.Collections.Immutable;
using System.Text;

namespace Leash.Plan;

/// <summary>
/// A pattern of literals and <c>*</c>, matched against bytes. A literal is well-formed UTF-8 and begins with no continuation byte, so it is
/// found in bytes exactly where it would be found in the decoded characters, also among bytes that are not valid UTF-8.
/// </summary>
public sealed class PlanPattern : IEquatable<PlanPattern>
{
    private readonly byte[][] _literals;

    /// <param name="parts">Literals in order, null for a <c>*</c>; normalised here.</param>
    public PlanPattern(IEnumerable<string?> parts)
    {
        List<string?> normal = [];
        foreach (var part in parts)
        {
            if (part is null ? normal is [.., null] : part.Length == 0)
            {
                continue;
            }

            if (part is not null && normal is [.., { } before])
            {
                normal[^1] = before + part;
            }
            else
            {
                normal.Add(part);
            }
        }

        Parts = [.. normal];
        IsPrefixAnchored = Parts.Length == 0 || Parts[0] is not null;
        IsSuffixAnchored = Parts.Length == 0 || Parts[^1] is not null;
        _literals = [.. normal.OfType<string>().Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Literals in order, null for a <c>*</c>; neither kind twice in a row.</summary>
    public ImmutableArray<string?> Parts { get; }

    /// <summary>The bytes that a match must begin with; empty when it may begin with anything.</summary>
    public ReadOnlySpan<byte> Prefix => IsPrefixAnchored && _literals.Length > 0 ? _literals[0] : [];

    /// <summary>The bytes that a match must end with; empty when it may end with anything.</summary>
    public ReadOnlySpan<byte> Suffix => IsSuffixAnchored && _literals.Length > 0 ? _literals[^1] : [];

    private bool IsPrefixAnchored { get; }

    private bool IsSuffixAnchored { get; }

    /// <summary>
    /// Whether all of <paramref name="text"/> matches. Anchored ends first, then each literal at its leftmost place, which never has to be
    /// taken back: no pattern costs more than length of text × length of its longest literal.
    /// </summary>
    public bool Matches(ReadOnlySpan<byte> text)
    {
        if (Parts.Length <= 1)
        {
            return Parts.Length == 0 ? text.IsEmpty : Parts[0] is null || text.SequenceEqual(_literals[0]);
        }

        var first = 0;
        var last = _literals.Length;
        if (IsSuffixAnchored)
        {
            last--;
            if (!text.EndsWith(_literals[last]))
            {
                return false;
            }

            text = text[..^_literals[last].Length];
        }

        if (IsPrefixAnchored)
        {
            if (!text.StartsWith(_literals[0]))
            {
                return false;
            }

            text = text[_literals[0].Length..];
            first = 1;
        }

        for (var i = first; i < last; i++)
        {
            var at = text.IndexOf(_literals[i]);
            if (at < 0)
            {
                return false;
            }

            text = text[(at + _literals[i].Length)..];
        }

        return true;
    }

    public bool Equals(PlanPattern? other) => other is not null && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as PlanPattern);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var part in Parts)
        {
            hash.Add(part);
        }

        return hash.ToHashCode();
    }

    /// <summary>The pattern with <c>*</c> as the wildcard and <c>\*</c> for a literal star.</summary>
    public override string ToString() => string.Concat(Parts.Select(part => part?.Replace("*", "\\*", StringComparison.Ordinal) ?? "*"));
}
