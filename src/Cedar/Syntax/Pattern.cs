using System.Collections.Immutable;
using System.Text;

namespace Cedar.Syntax;

/// <summary>One part of a pattern: a literal to be found as written, or the wildcard <c>*</c>.</summary>
/// <param name="Literal">The literal, escapes decoded; null for the wildcard.</param>
public sealed record PatternElement(string? Literal)
{
    /// <summary>Any sequence of characters, also none.</summary>
    public static PatternElement Wildcard { get; } = new((string?)null);

    /// <summary>Whether it is <c>*</c>.</summary>
    public bool IsWildcard => Literal is null;
}

/// <summary>
/// The right side of <c>like</c>. Held in normal form (no neighbouring wildcards, no neighbouring or empty literals), so two patterns are
/// equal exactly when they are written with the same characters and stars up to repetition of <c>*</c>.
/// </summary>
public sealed class Pattern : IEquatable<Pattern>
{
    /// <summary>A pattern of these parts, brought into normal form.</summary>
    public Pattern(IEnumerable<PatternElement> elements)
    {
        Elements = Normalize(elements);
    }

    /// <summary>The parts in normal form; none for the empty pattern.</summary>
    public ImmutableArray<PatternElement> Elements { get; }

    /// <summary>The pattern that matches exactly this text.</summary>
    public static Pattern Exactly(string text) => new([new PatternElement(text)]);

    /// <summary>
    /// Whether the whole of <paramref name="text"/> matches. The first and last literals are anchored and each other one is taken at its
    /// leftmost place, which never needs to be taken back: time is at most length of text × length of the longest literal.
    /// </summary>
    public bool Matches(ReadOnlySpan<char> text)
    {
        if (Elements.Length == 0)
        {
            return text.IsEmpty;
        }

        var first = 0;
        var last = Elements.Length - 1;
        if (Elements[0].Literal is { } prefix)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return false;
            }

            text = text[prefix.Length..];
            if (last == 0)
            {
                return text.IsEmpty;
            }

            first = 1;
        }

        if (Elements[last].Literal is { } suffix)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
            {
                return false;
            }

            text = text[..^suffix.Length];
            last--;
        }

        for (var i = first; i <= last; i++)
        {
            if (Elements[i].Literal is not { } literal)
            {
                continue;
            }

            var at = text.IndexOf(literal, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            text = text[(at + literal.Length)..];
        }

        return true;
    }

    /// <inheritdoc cref="Matches(ReadOnlySpan{char})"/>
    public bool Matches(string text) => Matches(text.AsSpan());

    /// <inheritdoc/>
    public bool Equals(Pattern? other) => other is not null && Elements.AsSpan().SequenceEqual(other.Elements.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Pattern);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var element in Elements)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }

    /// <summary>Cedar syntax, with quotes.</summary>
    public override string ToString()
    {
        var builder = new StringBuilder("\"");
        foreach (var element in Elements)
        {
            if (element.Literal is { } literal)
            {
                CedarString.AppendEscaped(builder, literal, isPattern: true);
            }
            else
            {
                builder.Append('*');
            }
        }

        return builder.Append('"').ToString();
    }

    private static ImmutableArray<PatternElement> Normalize(IEnumerable<PatternElement> elements)
    {
        var result = ImmutableArray.CreateBuilder<PatternElement>();

        // Neighbouring literals are joined once: JSON has one for each character, and joining them two by two would take the square.
        var literal = new StringBuilder();
        foreach (var element in elements)
        {
            if (element.Literal is { } text)
            {
                literal.Append(text);
                continue;
            }

            AddLiteral(result, literal);
            if (result.Count == 0 || !result[^1].IsWildcard)
            {
                result.Add(element);
            }
        }

        AddLiteral(result, literal);
        return result.ToImmutable();
    }

    private static void AddLiteral(ImmutableArray<PatternElement>.Builder result, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            result.Add(new PatternElement(literal.ToString()));
            literal.Clear();
        }
    }
}
