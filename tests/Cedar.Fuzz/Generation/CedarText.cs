using System.Text;

namespace Cedar.Fuzz.Generation;

/// <summary>Pieces of Cedar syntax, written without the library's help: it is what is under test.</summary>
internal static class CedarText
{
    private static readonly string[] s_reserved = ["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"];

    public static string Quote(string text)
    {
        var builder = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            builder.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                0 => "\\0",
                < 0x20 or 0x7F => $"\\x{rune.Value:x2}",
                _ => rune.ToString(),
            });
        }

        return builder.Append('"').ToString();
    }

    public static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !s_reserved.Contains(name);

    public static string Name(string name) => IsIdentifier(name) ? name : Quote(name);

    public static string Access(string name) => IsIdentifier(name) ? $".{name}" : $"[{Quote(name)}]";
}
