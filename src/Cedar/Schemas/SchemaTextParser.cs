using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

// Schema    := {{Annotation} (Namespace | Declaration)}
// Namespace := 'namespace' Path '{' {{Annotation} Declaration} '}'
// Declaration := ('entity' …, see Entity | 'action' …, see ActionParser | 'type' Ident '=' Type) ';'
// Entity    := Idents ('enum' '[' String {',' String} ']' | ['in' Paths] [['='] Record] ['tags' Type])

/// <summary>Reads the Cedar schema syntax. After a mistake reading goes on at the next declaration.</summary>
internal sealed class SchemaTextParser
{
    private const int Nowhere = -1;

    private readonly TokenReader _tokens;
    private readonly SchemaNameParser _names;
    private readonly SchemaTypeParser _types;
    private readonly SchemaActionParser _actions;

    public SchemaTextParser(TokenReader tokens)
    {
        _tokens = tokens;
        _names = new SchemaNameParser(tokens);
        _types = new SchemaTypeParser(tokens, _names, new AnnotationParser(tokens));
        _actions = new SchemaActionParser(tokens, _names, _types);
    }

    public SchemaDocument Parse()
    {
        List<SchemaDeclaration> outside = [];
        List<SchemaNamespace> namespaces = [];
        int? outsidePlace = null;
        while (!_tokens.Is(TokenKind.EndOfText))
        {
            var start = _tokens.Current.Span.Start;
            if (_types.Annotations() is not { } annotations)
            {
                SkipToNext(isInside: false, Nowhere);
            }
            else if (IsKeyword("namespace"))
            {
                if (ParseNamespace(annotations, start) is { } space)
                {
                    namespaces.Add(space);
                }
            }
            else if (ParseDeclaration(annotations, start, isInside: false) is { } declaration)
            {
                outsidePlace ??= namespaces.Count;
                outside.Add(declaration);
            }
        }

        if (outsidePlace is { } place)
        {
            var span = SourceSpan.Covering(outside[0].Span, outside[^1].Span);
            namespaces.Insert(place, new SchemaNamespace(new SchemaName("", span), [], [.. outside], span));
        }

        return new SchemaDocument([.. namespaces], _tokens.Source);
    }

    private bool IsKeyword(string word) => _tokens.Current.Kind == TokenKind.Identifier && _tokens.TextOf(_tokens.Current).SequenceEqual(word);

    private SchemaNamespace? ParseNamespace(ImmutableArray<Annotation> annotations, int start)
    {
        _tokens.Take();
        if (_names.Path("the name of the namespace") is not { } name || !_tokens.Expect(TokenKind.LeftBrace, "`{`"))
        {
            SkipToNext(isInside: false, Nowhere);
            return null;
        }

        var declarations = ImmutableArray.CreateBuilder<SchemaDeclaration>();
        while (!_tokens.Is(TokenKind.RightBrace) && !_tokens.Is(TokenKind.EndOfText))
        {
            var begin = _tokens.Current.Span.Start;
            if (_types.Annotations() is not { } given)
            {
                SkipToNext(isInside: true, Nowhere);
            }
            else if (ParseDeclaration(given, begin, isInside: true) is { } declaration)
            {
                declarations.Add(declaration);
            }
        }

        _tokens.Expect(TokenKind.RightBrace, "a declaration or `}`");
        if (_tokens.Is(TokenKind.Semicolon))
        {
            _tokens.ReportUnexpected("a declaration", "a namespace is not followed by `;`");
            _tokens.Take();
        }

        return new SchemaNamespace(name, annotations, declarations.DrainToImmutable(), _tokens.SpanFrom(start));
    }

    /// <summary>One declaration; null after a report, with the next token one that something can start with. Always takes a token.</summary>
    private SchemaDeclaration? ParseDeclaration(ImmutableArray<Annotation> annotations, int start, bool isInside)
    {
        var begin = _tokens.Current.Span.Start;
        var errorsBefore = _tokens.Diagnostics.ErrorCount;
        var declaration = IsKeyword("entity") ? ParseEntity(annotations, start)
            : IsKeyword("action") ? _actions.Parse(annotations, start)
            : IsKeyword("type") ? ParseType(annotations, start)
            : ReportNoDeclaration(isInside);
        if (declaration is null)
        {
            SkipToNext(isInside, begin);
            return null;
        }

        return _tokens.Diagnostics.ErrorCount == errorsBefore ? declaration : null;
    }

    private SchemaDeclaration? ReportNoDeclaration(bool isInside)
    {
        if (isInside && IsKeyword("namespace"))
        {
            _tokens.Diagnostics.Error(
                CedarCodes.NestedNamespace, "a namespace cannot stand in a namespace", _tokens.Current.Span, "write `namespace A::B { … }` beside it");
            return null;
        }

        string[] known = isInside ? ["entity", "action", "type"] : ["entity", "action", "type", "namespace"];
        var word = _tokens.Is(TokenKind.Identifier) ? _tokens.TextOf(_tokens.Current).ToString() : "";
        _tokens.ReportUnexpected(
            isInside ? "`entity`, `action` or `type`" : "`entity`, `action`, `type` or `namespace`", Suggestion.DidYouMean(word, known));
        return null;
    }

    private SchemaDeclaration? ParseEntity(ImmutableArray<Annotation> annotations, int start)
    {
        _tokens.Take();
        if (_names.Several(() => _names.Identifier("the name of an entity type")) is not { } names)
        {
            return null;
        }

        if (IsKeyword("enum"))
        {
            _tokens.Take();
            return ParseChoices() is { } choices && ExpectEnd("`;`")
                ? new SchemaDeclaration.Enumeration(names, choices, annotations, _tokens.SpanFrom(start))
                : null;
        }

        ImmutableArray<SchemaName> memberOf = [];
        if (_tokens.TryTakeWord(Word.In))
        {
            if (_names.OneOrList(() => _names.Path("the name of an entity type"), mayBeEmpty: true) is not { } given)
            {
                return null;
            }

            memberOf = given;
        }

        WrittenType? shape = null;
        if (_tokens.TryTake(TokenKind.Assign) || _tokens.Is(TokenKind.LeftBrace))
        {
            shape = _types.Record();
            if (shape is null)
            {
                return null;
            }
        }

        WrittenType? tags = null;
        if (IsKeyword("tags"))
        {
            _tokens.Take();
            tags = _types.Type();
            if (tags is null)
            {
                return null;
            }
        }

        return ExpectEnd("`in`, `=`, `tags`, `enum` or `;`")
            ? new SchemaDeclaration.EntityType(names, memberOf, shape, tags, annotations, _tokens.SpanFrom(start))
            : null;
    }

    private ImmutableArray<SchemaName>? ParseChoices() =>
        _tokens.Expect(TokenKind.LeftBracket, "`[`")
        && _names.Several<SchemaName>(() => _tokens.Is(TokenKind.String) ? _names.NameOrString("a string") : ReportNoString()) is { } choices
        && _tokens.Expect(TokenKind.RightBracket, "`,` or `]`")
            ? choices
            : null;

    private SchemaName? ReportNoString()
    {
        _tokens.ReportUnexpected("an id, a string");
        return null;
    }

    private SchemaDeclaration.CommonType? ParseType(ImmutableArray<Annotation> annotations, int start)
    {
        _tokens.Take();
        return _names.Identifier("the name of the type") is { } name && _tokens.Expect(TokenKind.Assign, "`=`") && _types.Type() is { } type
            && ExpectEnd("`;`")
                ? new SchemaDeclaration.CommonType(name, type, annotations, _tokens.SpanFrom(start))
                : null;
    }

    private bool ExpectEnd(string expected) => _tokens.Expect(TokenKind.Semicolon, expected);

    /// <summary>Skips behind the next semicolon outside of braces, or to the next declaration.</summary>
    /// <param name="isInside">Whether in a namespace, whose brace ends the skipping too.</param>
    /// <param name="begin">Where the broken declaration begins: a token that is still there is skipped in any case.</param>
    private void SkipToNext(bool isInside, int begin)
    {
        var depth = 0;
        while (!_tokens.Is(TokenKind.EndOfText))
        {
            if (depth == 0 && _tokens.Current.Span.Start != begin && IsStart(isInside))
            {
                return;
            }

            var kind = _tokens.Take().Kind;
            depth += kind is TokenKind.LeftBrace ? 1 : kind is TokenKind.RightBrace ? -1 : 0;
            depth = Math.Max(depth, 0);
            if (kind == TokenKind.Semicolon && depth == 0)
            {
                return;
            }
        }
    }

    /// <summary>Whether a declaration, or the end of the namespace, may begin here.</summary>
    private bool IsStart(bool isInside) =>
        _tokens.Is(TokenKind.At) || (isInside && _tokens.Is(TokenKind.RightBrace)) || _names.IsDeclaration();
}
