using System.Collections.Immutable;
using System.Globalization;
using Cedar.Diagnostics;
using Cedar.Values;

namespace Cedar.Syntax;

// Primary := Integer | String | 'true' | 'false' | Variable | TypeName '::' String | TypeName '(' List ')'
//          | '(' Expr ')' | '[' List ']' | '{' {(Ident | String) ':' Expr ','} '}'
// List    := {Expr ','}                         the last comma may be left out, here and in records

/// <summary>Reads what binds tightest: literals, variables, entities, sets, records, calls and the accesses behind them.</summary>
internal sealed class PrimaryParser(TokenReader tokens, ExpressionParser expressions)
{
    private static readonly string[] s_variables = ["principal", "action", "resource", "context", "true", "false"];

    private readonly EntityParser _entities = new(tokens);
    private readonly CallBuilder _calls = new(tokens.Diagnostics);

    public Expr? Parse()
    {
        var token = tokens.Current;
        expressions.Depth = 1;
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return ParseWord(token);
            case TokenKind.Integer:
                return ParseInteger(token.Span.Start, isNegative: false);
            case TokenKind.String:
                tokens.Take();
                return new Expr.Literal(Value.Of(tokens.Decode(token)), token.Span);
            case TokenKind.LeftParen:
                tokens.Take();
                var inner = expressions.Parse();
                return inner is not null && tokens.Expect(TokenKind.RightParen, "an operator or `)`") ? inner : null;
            case TokenKind.LeftBracket:
                return ParseSet();
            case TokenKind.LeftBrace:
                return ParseRecord();
            case TokenKind.Question:
                ReportSlot();
                return new Expr.Literal(Value.Of(false), token.Span);
            default:
                tokens.ReportUnexpected("an expression");
                return null;
        }
    }

    /// <summary>An integer whose sign, if it has one, is taken already.</summary>
    public Expr.Literal ParseInteger(int start, bool isNegative)
    {
        expressions.Depth = 1;
        var token = tokens.Take();
        var span = tokens.SpanFrom(start);
        var limit = (ulong)long.MaxValue + (isNegative ? 1UL : 0);
        if (!ulong.TryParse(tokens.TextOf(token), NumberStyles.None, CultureInfo.InvariantCulture, out var magnitude) || magnitude > limit)
        {
            tokens.Diagnostics.Error(
                CedarCodes.IntegerRange, "integer literal is out of range", span, $"integers go from {long.MinValue} to {long.MaxValue}");
            magnitude = 0;
        }

        return new Expr.Literal(Value.Of(isNegative ? unchecked((long)(0 - magnitude)) : (long)magnitude), span);
    }

    /// <summary>What follows a dot: an attribute or a method call.</summary>
    public Expr? ParseAccess(Expr target, int start)
    {
        var depth = expressions.Depth;
        var nameToken = tokens.Current;
        if (tokens.ExpectIdentifier("the name of an attribute or method", "read an attribute of this name by `[\"…\"]`") is not { } name)
        {
            return null;
        }

        if (!tokens.TryTake(TokenKind.LeftParen))
        {
            return expressions.Deepen(depth + 1) ? new Expr.GetAttribute(target, name, tokens.SpanFrom(start)) : null;
        }

        if (ParseList(TokenKind.RightParen, "`,` or `)`") is not { } arguments
            || !expressions.Deepen(Math.Max(depth, expressions.Depth) + 1))
        {
            return null;
        }

        return _calls.MakeMethod(target, name, nameToken.Span, arguments, tokens.SpanFrom(start));
    }

    /// <summary>What follows an opening bracket behind an expression: an attribute's name as a string.</summary>
    public Expr? ParseIndex(Expr target, int start)
    {
        if (!tokens.Is(TokenKind.String))
        {
            tokens.ReportUnexpected("the name of an attribute, a string literal");
            return null;
        }

        var name = tokens.Decode(tokens.Take());
        return tokens.Expect(TokenKind.RightBracket, "`]`") && expressions.Deepen(expressions.Depth + 1)
            ? new Expr.GetAttribute(target, name, tokens.SpanFrom(start))
            : null;
    }

    private void ReportSlot()
    {
        var start = tokens.Take().Span.Start;
        tokens.TryTake(TokenKind.Identifier);
        tokens.Diagnostics.Error(
            CedarCodes.InvalidSlot, "a slot cannot stand in a condition", tokens.SpanFrom(start),
            "slots are for the scope, as in `principal == ?principal`");
    }

    private Expr? ParseWord(Token token)
    {
        switch (token.Word)
        {
            case Word.True or Word.False:
                tokens.Take();
                return new Expr.Literal(Value.Of(token.Word == Word.True), token.Span);
            case Word.If:
                tokens.ReportUnexpected("an operand", "put the inner `if` into parentheses");
                return null;
        }

        if (tokens.Following.Kind == TokenKind.ColonColon)
        {
            return ParsePath();
        }

        if (VariableOf(token.Word) is { } variable && tokens.Following.Kind != TokenKind.LeftParen)
        {
            tokens.Take();
            return new Expr.Var(variable, token.Span);
        }

        if (tokens.ExpectIdentifier("an expression") is not { } name)
        {
            return null;
        }

        if (tokens.TryTake(TokenKind.LeftParen))
        {
            return ParseFunction(name, token.Span);
        }

        tokens.Diagnostics.Error(
            CedarCodes.UnknownVariable, $"unknown variable `{name}`", token.Span,
            Suggestion.DidYouMean(name, s_variables) ?? $"a string is written `\"{name}\"`, an entity `{name}::\"id\"`");
        return new Expr.Literal(Value.Of(false), token.Span);
    }

    private static Variable? VariableOf(Word word) => word switch
    {
        Word.Principal => Variable.Principal,
        Word.Action => Variable.Action,
        Word.Resource => Variable.Resource,
        Word.Context => Variable.Context,
        _ => null,
    };

    private Expr? ParsePath()
    {
        var start = tokens.Current.Span.Start;
        if (_entities.ParseTypeName() is not { } name)
        {
            return null;
        }

        if (tokens.TryTake(TokenKind.LeftParen))
        {
            return ParseFunction(name, new SourceSpan(start, tokens.LastEnd - 1 - start));
        }

        return _entities.ParseId(name) is { } uid ? new Expr.Literal(Value.Of(uid), tokens.SpanFrom(start)) : null;
    }

    private Expr.Call? ParseFunction(string name, SourceSpan nameSpan) =>
        ParseList(TokenKind.RightParen, "`,` or `)`") is { } arguments && expressions.Deepen(expressions.Depth + 1)
            ? _calls.MakeFunction(name, nameSpan, arguments, tokens.SpanFrom(nameSpan.Start))
            : null;

    private Expr.Set? ParseSet()
    {
        var start = tokens.Take().Span.Start;
        return ParseList(TokenKind.RightBracket, "`,` or `]`") is { } elements && expressions.Deepen(expressions.Depth + 1)
            ? new Expr.Set(elements, tokens.SpanFrom(start))
            : null;
    }

    /// <summary>Expressions up to and with the closing bracket, a trailing comma allowed; the depth becomes that of the deepest.</summary>
    private ImmutableArray<Expr>? ParseList(TokenKind close, string expected)
    {
        var elements = ImmutableArray.CreateBuilder<Expr>(1);
        var depth = 0;
        while (!tokens.Is(close))
        {
            if (expressions.Parse() is not { } element)
            {
                return null;
            }

            elements.Add(element);
            depth = Math.Max(depth, expressions.Depth);
            if (!tokens.TryTake(TokenKind.Comma))
            {
                break;
            }
        }

        expressions.Depth = depth;
        return tokens.Expect(close, elements.Count == 0 ? "an expression" : expected) ? elements.DrainToImmutable() : null;
    }

    private Expr.Record? ParseRecord()
    {
        var start = tokens.Take().Span.Start;
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, Expr>>();
        HashSet<string> names = new(StringComparer.Ordinal);
        var depth = 0;
        while (!tokens.Is(TokenKind.RightBrace))
        {
            var nameToken = tokens.Current;
            if (ParseFieldName() is not { } name || !tokens.Expect(TokenKind.Colon, "`:`") || expressions.Parse() is not { } value)
            {
                return null;
            }

            depth = Math.Max(depth, expressions.Depth);
            if (!names.Add(name))
            {
                tokens.Diagnostics.Error(CedarCodes.DuplicateField, $"field `{name}` is given twice", nameToken.Span);
            }

            fields.Add(new KeyValuePair<string, Expr>(name, value));
            if (!tokens.TryTake(TokenKind.Comma))
            {
                break;
            }
        }

        return tokens.Expect(TokenKind.RightBrace, "`,` or `}`") && expressions.Deepen(depth + 1)
            ? new Expr.Record(fields.DrainToImmutable(), tokens.SpanFrom(start))
            : null;
    }

    private string? ParseFieldName() => tokens.Is(TokenKind.String)
        ? tokens.Decode(tokens.Take())
        : tokens.ExpectIdentifier("the name of a field", "write it as a string");
}
