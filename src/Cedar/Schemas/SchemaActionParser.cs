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

        ImmutableArray<SchemaName>? principals = null;
        ImmutableArray<SchemaName>? resources = null;
        WrittenType? context = null;
        do
        {
            if (tokens.Is(TokenKind.RightBrace) && (principals ?? resources) is not null)
            {
                break;
            }

            var clause = tokens.Current;
            if (!IsClause(clause))
            {
                ReportNoClause(clause);
                return null;
            }

            tokens.Take();
            if (!tokens.Expect(TokenKind.Colon, "`:`"))
            {
                return null;
            }

            var name = tokens.TextOf(clause);
            var isRead = name is "principal" ? Types(clause, ref principals) : name is "resource" ? Types(clause, ref resources) : Context(clause, ref context);
            if (!isRead)
            {
                return null;
            }
        }
        while (tokens.TryTake(TokenKind.Comma));

        if (!tokens.Expect(TokenKind.RightBrace, "`,` or `}`"))
        {
            return null;
        }

        var span = tokens.SpanFrom(start);
        if (principals is null || resources is null)
        {
            tokens.Diagnostics.Error(
                CedarCodes.InvalidAppliesTo, $"`{(principals is null ? "principal" : "resource")}` is missing", span,
                "an action applies to at least one type of principals and one of resources");
            return null;
        }

        return new AppliesTo(principals.Value, resources.Value, context, span);
    }

    private bool IsClause(Token token) => token.Kind == TokenKind.Identifier && tokens.TextOf(token) is "principal" or "resource" or "context";

    private void ReportNoClause(Token token)
    {
        var word = token.Kind == TokenKind.Identifier ? tokens.TextOf(token).ToString() : "";
        tokens.ReportUnexpected("`principal`, `resource` or `context`", Suggestion.DidYouMean(word, s_clauses));
    }

    private bool Types(Token clause, ref ImmutableArray<SchemaName>? types)
    {
        ReportIfTwice(clause, types is not null);
        types = names.OneOrList(() => names.Path("the name of an entity type"), mayBeEmpty: false);
        return types is not null;
    }

    private bool Context(Token clause, ref WrittenType? context)
    {
        ReportIfTwice(clause, context is not null);
        context = tokens.Is(TokenKind.LeftBrace) ? types.Record()
            : names.Path("a record or the name of a type") is { } name ? new WrittenType.Reference(ReferenceKind.Common, name.Text, name.Span)
            : null;
        return context is not null;
    }

    private void ReportIfTwice(Token clause, bool isTwice)
    {
        if (isTwice)
        {
            tokens.Diagnostics.Error(CedarCodes.InvalidAppliesTo, $"`{tokens.TextOf(clause)}` is given twice", clause.Span, "join them in one list");
        }
    }
}
