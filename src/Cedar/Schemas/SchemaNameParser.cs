using System.Collections.Immutable;
using System.Text;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>Reads the names of schemas. Every method returns null after a report.</summary>
internal sealed class SchemaNameParser(TokenReader tokens)
{
    /// <summary>A word that is not reserved. <c>__cedar</c> is a name here: where it may not stand is found later.</summary>
    public SchemaName? Identifier(string expected)
    {
        var token = tokens.Current;
        if (token.Kind != TokenKind.Identifier)
        {
            tokens.ReportUnexpected(expected);
            return null;
        }

        if (token.IsReserved && token.Word != Word.Cedar)
        {
            tokens.Diagnostics.Error(CedarCodes.ReservedWord, $"`{tokens.NameOf(token)}` is a reserved word", token.Span);
            return null;
        }

        tokens.Take();
        return new SchemaName(tokens.NameOf(token), token.Span);
    }

    /// <summary>A word or a string: names of attributes and actions.</summary>
    public SchemaName? NameOrString(string expected)
    {
        if (!tokens.Is(TokenKind.String))
        {
            return Identifier(expected);
        }

        var token = tokens.Take();
        return new SchemaName(tokens.Decode(token), token.Span);
    }

    /// <summary>A name with its namespace, <c>A::B::C</c>.</summary>
    public SchemaName? Path(string expected)
    {
        if (Identifier(expected) is not { } first)
        {
            return null;
        }

        if (!tokens.Is(TokenKind.ColonColon) || tokens.Following.Kind == TokenKind.String)
        {
            return first;
        }

        var joined = new StringBuilder(first.Text);
        while (tokens.Is(TokenKind.ColonColon) && tokens.Following.Kind != TokenKind.String)
        {
            tokens.Take();
            if (Identifier("a part of a name") is not { } part)
            {
                return null;
            }

            joined.Append("::").Append(part.Text);
        }

        return new SchemaName(tokens.Intern(joined.ToString()), tokens.SpanFrom(first.Span.Start));
    }

    /// <summary>One or more, separated by commas.</summary>
    public ImmutableArray<T>? Several<T>(Func<T?> item)
        where T : struct
    {
        var items = ImmutableArray.CreateBuilder<T>();
        do
        {
            if (item() is not { } read)
            {
                return null;
            }

            items.Add(read);
        }
        while (tokens.TryTake(TokenKind.Comma));

        return items.DrainToImmutable();
    }

    /// <summary>One, or a list in brackets.</summary>
    public ImmutableArray<T>? OneOrList<T>(Func<T?> item, bool mayBeEmpty)
        where T : struct
    {
        if (!tokens.Is(TokenKind.LeftBracket))
        {
            return item() is { } one ? [one] : null;
        }

        var start = tokens.Take().Span.Start;
        if (tokens.TryTake(TokenKind.RightBracket))
        {
            if (!mayBeEmpty)
            {
                tokens.Diagnostics.Error(CedarCodes.EmptyList, "the list is empty", tokens.SpanFrom(start), "name at least one, or leave the clause out");
            }

            return [];
        }

        return Several(item) is { } items && tokens.Expect(TokenKind.RightBracket, "`,` or `]`") ? items : null;
    }

    /// <summary>Whether a declaration begins here: a keyword and a name.</summary>
    public bool IsDeclaration() =>
        tokens.Following.Kind is TokenKind.Identifier or TokenKind.String && IsKeyword(tokens.Current);

    /// <summary>
    /// Skips a broken attribute or clause, up to the comma behind it or the brace that closes what it is in; false when neither is found before
    /// the declaration seems to be over.
    /// </summary>
    public bool SkipToSeparator()
    {
        var depth = 0;
        while (!tokens.Is(TokenKind.EndOfText) && !IsDeclaration())
        {
            // A comma before `>` belongs to the broken type.
            if (depth == 0 && (tokens.Is(TokenKind.RightBrace) || (tokens.Is(TokenKind.Comma) && tokens.Following.Kind != TokenKind.Greater)))
            {
                return true;
            }

            // A semicolon in place of the comma is not the end.
            if (tokens.Is(TokenKind.Semicolon) && (tokens.Following.Kind is TokenKind.At or TokenKind.EndOfText || IsKeyword(tokens.Following)))
            {
                return false;
            }

            depth += tokens.Take().Kind switch
            {
                TokenKind.LeftBrace or TokenKind.LeftBracket => 1,
                TokenKind.RightBrace or TokenKind.RightBracket when depth > 0 => -1,
                _ => 0,
            };
        }

        return false;
    }

    private bool IsKeyword(Token token) =>
        token.Kind == TokenKind.Identifier && tokens.TextOf(token) is "entity" or "action" or "type" or "namespace";
}
