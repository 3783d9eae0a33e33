using System.Collections.Immutable;
using Cedar.Diagnostics;

namespace Cedar.Syntax;

// Annotation := '@' AnyIdent ['(' String ')']

/// <summary>Reads annotations, which policies and declarations of schemas have in common.</summary>
internal sealed class AnnotationParser(TokenReader tokens)
{
    /// <summary>The annotation at the current token, <c>@</c>; null after a report.</summary>
    public Annotation? Parse()
    {
        var start = tokens.Take().Span.Start;
        if (!tokens.Is(TokenKind.Identifier))
        {
            tokens.ReportUnexpected("the name of an annotation");
            return null;
        }

        // Any word may name an annotation, also a reserved one.
        var name = tokens.NameOf(tokens.Take());
        if (!tokens.TryTake(TokenKind.LeftParen))
        {
            return new Annotation(name, "", tokens.SpanFrom(start));
        }

        if (!tokens.Is(TokenKind.String))
        {
            tokens.ReportUnexpected("a string");
            return null;
        }

        var value = tokens.Decode(tokens.Take());
        return tokens.Expect(TokenKind.RightParen, "`)`") ? new Annotation(name, value, tokens.SpanFrom(start)) : null;
    }

    /// <summary>Adds it to those that stand before it, or reports that one of them has its name.</summary>
    /// <param name="annotations">What stands before it.</param>
    /// <param name="names">The names of all that were given.</param>
    /// <param name="annotation">The new one.</param>
    public void Add(ImmutableArray<Annotation>.Builder annotations, HashSet<string> names, Annotation annotation)
    {
        if (names.Add(annotation.Name))
        {
            annotations.Add(annotation);
            return;
        }

        tokens.Diagnostics.Error(CedarCodes.DuplicateAnnotation, $"annotation `@{annotation.Name}` is given twice", annotation.Span);
    }
}
