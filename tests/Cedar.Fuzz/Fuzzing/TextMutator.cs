using Cedar.Fuzz.Generation;

namespace Cedar.Fuzz.Fuzzing;

/// <summary>Changes a text by its tokens, so that most of the grammar around the change stays intact.</summary>
internal sealed class TextMutator(SeededRandom random, IReadOnlyList<string> vocabulary)
{
    /// <summary>One to three small changes.</summary>
    public string Mutate(string text)
    {
        var tokens = Split(text);
        for (var i = random.Between(1, 3); i > 0 && tokens.Count > 0; i--)
        {
            MutateOnce(tokens);
        }

        return string.Concat(tokens);
    }

    /// <summary>The beginning of one text and the end of another.</summary>
    public string Splice(string text, string other)
    {
        var tokens = Split(text);
        var others = Split(other);
        return string.Concat(tokens.Take(random.Below(tokens.Count + 1)).Concat(others.Skip(random.Below(others.Count + 1))));
    }

    /// <summary>The same tokens with comments and white space between some of them.</summary>
    public string Decorate(string text) => string.Concat(Split(text).Select(token =>
        random.Percent(88) ? token : random.Pick(["// note\n", " //\n", "\n\n\n", "\t ", "\r\n", "// a \"quote\" } ;\n", "\n//1\n//2\n"]) + token));

    private void MutateOnce(List<string> tokens)
    {
        var at = random.Below(tokens.Count);
        switch (random.Below(8))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                tokens.Insert(at, tokens[at]);
                break;
            case 2:
                var other = random.Below(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 3:
                tokens[at] = random.Pick(vocabulary);
                break;
            case 4:
                tokens.Insert(at, random.Pick(vocabulary));
                break;
            case 5:
                var from = random.Below(tokens.Count);
                tokens.InsertRange(at, tokens.GetRange(from, Math.Min(random.Between(1, 12), tokens.Count - from)));
                break;
            case 6:
                tokens.RemoveRange(at, Math.Min(random.Between(1, 12), tokens.Count - at));
                break;
            default:
                tokens[at] = MutateToken(tokens[at]);
                break;
        }
    }

    private string MutateToken(string token)
    {
        var at = random.Below(token.Length + 1);
        return random.Below(4) switch
        {
            0 when at < token.Length => token.Remove(at, 1),
            1 => token.Insert(at, random.Pick(["0", "9", "_", "a", "\\", "\"", "*", "\\u{1F600}", "\\x7f", "\\u{110000}", "\u00a0", "é", "'", "."])),
            2 => token.ToUpperInvariant(),
            _ => token + token,
        };
    }

    /// <summary>Words, slots, numbers, strings, comments, runs of space and operators; together they are the text.</summary>
    public static List<string> Split(string text)
    {
        List<string> tokens = [];
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            i = End(text, i);
            tokens.Add(text[start..i]);
        }

        return tokens;
    }

    private static int End(string text, int i)
    {
        var first = text[i++];
        if (first == '"')
        {
            while (i < text.Length && text[i] != '"')
            {
                i += text[i] == '\\' ? 2 : 1;
            }

            return Math.Min(i + 1, text.Length);
        }

        if (first == '/' && i < text.Length && text[i] == '/')
        {
            var end = text.IndexOf('\n', i);
            return end < 0 ? text.Length : end;
        }

        Func<char, bool>? more = IsWord(first) || first == '?' ? IsWord : char.IsWhiteSpace(first) ? char.IsWhiteSpace : null;
        while (more is not null && i < text.Length && more(text[i]))
        {
            i++;
        }

        var isPair = more is null && i < text.Length && text.AsSpan(i - 1, 2) is "::" or "==" or "!=" or "<=" or ">=" or "&&" or "||";
        return isPair ? i + 1 : i;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
