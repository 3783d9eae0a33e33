namespace Cedar.Syntax;

/// <summary>Names of the Cedar language (Cedar spec, "Identifiers").</summary>
internal static class Identifiers
{
    /// <summary>Whether a text is an identifier, which may be a reserved word.</summary>
    public static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a text can be written where the grammar wants the name of an attribute, function or type: no reserved word.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => IsIdentifier(text) && Lexer.FindWord(text) is Word.None or > Word.Cedar;

    /// <summary>Whether a text is the full name of a type, such as <c>MCP::Tool</c>.</summary>
    public static bool IsTypeName(ReadOnlySpan<char> text)
    {
        foreach (var part in text.Split("::"))
        {
            if (!IsName(text[part]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the type is one of actions: its last part is <c>Action</c>.</summary>
    public static bool IsActionType(string type) => type is "Action" || type.EndsWith("::Action", StringComparison.Ordinal);
}
