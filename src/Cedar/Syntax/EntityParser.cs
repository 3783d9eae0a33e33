using System.Text;
using Cedar.Values;

namespace Cedar.Syntax;

/// <summary>Reads type names and entity UIDs.</summary>
internal sealed class EntityParser(TokenReader tokens)
{
    /// <summary>A name such as <c>MCP::Tool</c>; null after a report.</summary>
    public string? ParseTypeName()
    {
        var name = tokens.ExpectIdentifier("the name of an entity type");
        StringBuilder? joined = null;
        while (name is not null && tokens.Is(TokenKind.ColonColon) && tokens.Following.Kind != TokenKind.String)
        {
            tokens.Take();
            if (tokens.ExpectIdentifier("a part of a type name") is not { } part)
            {
                return null;
            }

            joined = (joined ?? new StringBuilder(name)).Append("::").Append(part);
        }

        return joined is null ? name : tokens.Intern(joined.ToString());
    }

    /// <summary>A UID such as <c>User::"alice"</c>; null after a report.</summary>
    public EntityUid? ParseUid()
    {
        if (!tokens.Is(TokenKind.Identifier))
        {
            tokens.ReportUnexpected("an entity such as `Type::\"id\"`");
            return null;
        }

        return ParseTypeName() is { } type ? ParseId(type) : null;
    }

    /// <summary>The rest of a UID behind its type.</summary>
    public EntityUid? ParseId(string type)
    {
        if (!tokens.Expect(TokenKind.ColonColon, "`::`", $"an entity is written `{type}::\"id\"`"))
        {
            return null;
        }

        if (!tokens.Is(TokenKind.String))
        {
            tokens.ReportUnexpected("the entity's id, a string");
            return null;
        }

        return new EntityUid(type, tokens.Decode(tokens.Take()));
    }
}
