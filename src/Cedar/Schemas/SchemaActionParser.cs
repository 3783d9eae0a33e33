using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

// Action    := Names ['in' References] ['appliesTo' '{' Clause {',' Clause} [','] '}'] ['attributes' '{' '}']
// Reference := Ident | String | Path '::' String
// Clause    := ('principal' | 'resource') ':' Paths | 'context' ':' (Record | Path)

/// <summary>Reads declarations of actions. Every method returns null after a report.</summary>
internal sealed class SchemaActionParser(TokenReader tokens, SchemaNameParser names, SchemaTypeParser types)
{
    private static readonly string[] s_clauses = ["principal", "resource", "context"];

    public SchemaDeclaration.Action? Parse(ImmutableArray<Annotation> annotations, int start)
    {
        tokens.Take();
        if (names.Several(() => names.NameOrString("the name of an action")) is not { } declared)
        {
            return null;
        }

        ImmutableArray<ActionReference> memberOf = [];
        if (tokens.TryTakeWord(Word.In))
        {
            if (names.OneOrList(Reference, mayBeEmpty: false) is not { } given)
            {
                return null;
            }

            memberOf = [.. given.Select(reference => reference.Value)];
        }

        AppliesTo? appliesTo = null;
        if (IsKeyword("appliesTo"))
        {
            appliesTo = ParseAppliesTo();
            if (appliesTo is null)
            {
                return null;
            }
        }

        // Older schemas may give actions an empty record of attributes.
        if (IsKeyword("attributes"))
        {
            tokens.Take();
            if (!tokens.Expect(TokenKind.LeftBrace, "`{`") || !tokens.Expect(TokenKind.RightBrace, "`}`", "actions have no attributes"))
            {
                return null;
            }
        }

        return tokens.Expect(TokenKind.Semicolon, appliesTo is null ? "`in`, `appliesTo` or `;`" : "`;`")
            ? new SchemaDeclaration.Action(declared, memberOf, appliesTo, annotations, tokens.SpanFrom(start))
            : null;
    }

    private bool IsKeyword(string word) => tokens.Current.Kind == TokenKind.Identifier && tokens.TextOf(tokens.Current).SequenceEqual(word);

    // A struct around the reference, as the lists are of structs.
    private readonly record struct Referred(ActionReference Value);

    private Referred? Reference()
    {
        var start = tokens.Current.Span.Start;
        if (tokens.Is(TokenKind.String))
        {
            return names.NameOrString("") is { } text ? new Referred(new ActionReference(null, text.Text, text.Span)) : null;
        }

        if (names.Path("the name of an action") is not { } name)
        {
            return null;
        }

        if (tokens.TryTake(TokenKind.ColonColon))
        {
            var id = tokens.Decode(tokens.Take());
            return new Referred(new ActionReference(name, id, tokens.SpanFrom(start)));
        }

        if (!name.Text.Contains("::", StringComparison.Ordinal))
        {
            return new Referred(new ActionReference(null, name.Text, name.Span));
        }

        tokens.Diagnostics.Error(
            CedarCodes.UnexpectedToken, $"expected the id of an action behind `{name.Text}`", name.Span,
            "an action of another namespace is written `Namespace::Action::\"id\"`");
        return null;
    }

    private AppliesTo? ParseAppliesTo()
    {
        var start = tokens.Take().Span.Start;
        if (!tokens.Expect(TokenKind.LeftBrace, "`{`"))
        {
            return null;
        }

        var clauses = new Clauses();
        var isWhole = true;
        do
        {
            if (tokens.Is(TokenKind.RightBrace) && clauses.IsAnyGiven)
            {
                break;
            }

            var isRead = ParseClause(clauses);
            if (!isRead || !(tokens.Is(TokenKind.Comma) || tokens.Is(TokenKind.RightBrace)))
            {
                if (isRead)
                {
                    tokens.ReportUnexpected("`,` or `}`");
                }

                isWhole = false;
                if (!names.SkipToSeparator())
                {
                    return null;
                }
            }
        }
        while (tokens.TryTake(TokenKind.Comma));

        tokens.Take();
        return isWhole ? Complete(clauses, tokens.SpanFrom(start)) : null;
    }

    private AppliesTo? Complete(Clauses clauses, SourceSpan span)
    {
        if (clauses is { Principals: { } principals, Resources: { } resources })
        {
            return new AppliesTo(principals, resources, clauses.Context, span);
        }

        tokens.Diagnostics.Error(
            CedarCodes.InvalidAppliesTo, $"`{(clauses.Principals is null ? "principal" : "resource")}` is missing", span,
            "an action applies to at least one type of principals and one of resources");
        return null;
    }

    private bool ParseClause(Clauses clauses)
    {
        var clause = tokens.Current;
        if (!IsClause(clause))
        {
            ReportNoClause(clause);
            return false;
        }

        tokens.Take();
        if (!tokens.Expect(TokenKind.Colon, "`:`"))
        {
            return false;
        }

        switch (tokens.TextOf(clause))
        {
            case "principal":
                ReportIfTwice(clause, clauses.Principals is not null);
                clauses.Principals = Types();
                return clauses.Principals is not null;
            case "resource":
                ReportIfTwice(clause, clauses.Resources is not null);
                clauses.Resources = Types();
                return clauses.Resources is not null;
            default:
                ReportIfTwice(clause, clauses.Context is not null);
                clauses.Context = Context();
                return clauses.Context is not null;
        }
    }

    private bool IsClause(Token token) => token.Kind == TokenKind.Identifier && tokens.TextOf(token) is "principal" or "resource" or "context";

    private void ReportNoClause(Token token)
    {
        var word = token.Kind == TokenKind.Identifier ? tokens.TextOf(token).ToString() : "";
        tokens.ReportUnexpected("`principal`, `resource` or `context`", Suggestion.DidYouMean(word, s_clauses));
    }

    private ImmutableArray<SchemaName>? Types() => names.OneOrList(() => names.Path("the name of an entity type"), mayBeEmpty: false);

    private WrittenType? Context() =>
        tokens.Is(TokenKind.LeftBrace) ? types.Record()
        : names.Path("a record or the name of a type") is { } name ? new WrittenType.Reference(ReferenceKind.Common, name.Text, name.Span)
        : null;

    private void ReportIfTwice(Token clause, bool isTwice)
    {
        if (isTwice)
        {
            tokens.Diagnostics.Error(CedarCodes.InvalidAppliesTo, $"`{tokens.TextOf(clause)}` is given twice", clause.Span, "join them in one list");
        }
    }

    /// <summary>What was read of an <c>appliesTo</c>.</summary>
    private sealed class Clauses
    {
        public ImmutableArray<SchemaName>? Principals { get; set; }

        public ImmutableArray<SchemaName>? Resources { get; set; }

        public WrittenType? Context { get; set; }

        public bool IsAnyGiven => (Principals ?? Resources) is not null || Context is not null;
    }
}
