using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

// Type      := Path | 'Set' '<' Type '>' | Record
// Record    := '{' [Attribute {',' Attribute} [',']] '}'
// Attribute := {Annotation} (Ident | String) ['?'] ':' Type

/// <summary>Reads types. Every method returns null after a report.</summary>
internal sealed class SchemaTypeParser(TokenReader tokens, SchemaNameParser names, AnnotationParser annotations)
{
    private int _nesting;

    public WrittenType? Type()
    {
        if (_nesting >= CedarParser.MaxNesting)
        {
            tokens.Diagnostics.Error(
                CedarCodes.TooDeep, $"the type is nested more than {CedarParser.MaxNesting} deep", tokens.Current.Span,
                "give a part of it a name by `type Name = …;`");
            return null;
        }

        _nesting++;
        WrittenType? type = tokens.Is(TokenKind.LeftBrace) ? Record()
            : IsSet() ? Set()
            : names.Path("a type") is { } name ? new WrittenType.Reference(ReferenceKind.Any, name.Text, name.Span) : null;
        _nesting--;
        return type;
    }

    public WrittenType.Record? Record()
    {
        var start = tokens.Current.Span.Start;
        if (!tokens.Expect(TokenKind.LeftBrace, "`{`"))
        {
            return null;
        }

        // Of a name given twice the last one counts, as in JSON.
        List<WrittenAttribute> attributes = [];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        var isWhole = true;
        while (!tokens.Is(TokenKind.RightBrace))
        {
            var attribute = Attribute();
            if (attribute is not null)
            {
                Add(attribute, attributes, places);
            }

            if (attribute is null || !(tokens.Is(TokenKind.Comma) || tokens.Is(TokenKind.RightBrace)))
            {
                if (attribute is not null)
                {
                    tokens.ReportUnexpected("`,` or `}`");
                }

                isWhole = false;
                if (!names.SkipToSeparator())
                {
                    return null;
                }
            }

            if (!tokens.TryTake(TokenKind.Comma))
            {
                break;
            }
        }

        tokens.Take();
        return isWhole ? new WrittenType.Record([.. attributes], tokens.SpanFrom(start)) : null;
    }

    private void Add(WrittenAttribute attribute, List<WrittenAttribute> attributes, Dictionary<string, int> places)
    {
        if (places.TryAdd(attribute.Name.Text, attributes.Count))
        {
            attributes.Add(attribute);
            return;
        }

        tokens.Diagnostics.Warning(
            CedarCodes.DuplicateAttribute, $"attribute `{attribute.Name.Text}` is given twice; the last one counts", attribute.Name.Span);
        attributes[places[attribute.Name.Text]] = attribute;
    }

    private bool IsSet() => tokens.Current.Kind == TokenKind.Identifier && tokens.Following.Kind == TokenKind.Less && tokens.TextOf(tokens.Current) is "Set";

    private WrittenType.Set? Set()
    {
        var start = tokens.Take().Span.Start;
        tokens.Take();
        return Type() is { } element && tokens.Expect(TokenKind.Greater, "`>`") ? new WrittenType.Set(element, tokens.SpanFrom(start)) : null;
    }

    private WrittenAttribute? Attribute()
    {
        var start = tokens.Current.Span.Start;
        if (Annotations() is not { } given || names.NameOrString("the name of an attribute") is not { } name)
        {
            return null;
        }

        var isRequired = !tokens.TryTake(TokenKind.Question);
        return tokens.Expect(TokenKind.Colon, isRequired ? "`:` or `?:` and a type" : "`:` and a type") && Type() is { } type
            ? new WrittenAttribute(name, type, isRequired, given, tokens.SpanFrom(start))
            : null;
    }

    public ImmutableArray<Annotation>? Annotations()
    {
        if (!tokens.Is(TokenKind.At))
        {
            return [];
        }

        var given = ImmutableArray.CreateBuilder<Annotation>();
        HashSet<string> known = new(StringComparer.Ordinal);
        while (tokens.Is(TokenKind.At))
        {
            if (annotations.Parse() is not { } annotation)
            {
                return null;
            }

            annotations.Add(given, known, annotation);
        }

        return given.DrainToImmutable();
    }
}
