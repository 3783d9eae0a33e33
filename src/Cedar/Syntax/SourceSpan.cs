namespace Cedar.Syntax;

/// <summary>A half-open range of UTF-16 code units, <c>[Start, Start + Length)</c>, in one <see cref="SourceText"/>.</summary>
/// <param name="Start">The first code unit, from 0.</param>
/// <param name="Length">How many code units; 0 for a place between two.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>One past the last code unit.</summary>
    public int End => Start + Length;

    /// <summary>The smallest span that covers both.</summary>
    public static SourceSpan Covering(SourceSpan first, SourceSpan last) =>
        new(Math.Min(first.Start, last.Start), Math.Max(first.End, last.End) - Math.Min(first.Start, last.Start));
}
