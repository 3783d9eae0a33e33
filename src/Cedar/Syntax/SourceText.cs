namespace Cedar.Syntax;

/// <summary>A named text that spans point into; line starts are found once, when first asked for.</summary>
/// <param name="name">A file name, or <see cref="InputName"/> when the text came from nowhere in particular.</param>
/// <param name="text">The whole text.</param>
public sealed class SourceText(string name, string text)
{
    /// <summary>The name of a text that has none of its own.</summary>
    public const string InputName = "<input>";

    private int[]? _lineStarts;

    /// <summary>A text without a file, called <see cref="InputName"/>.</summary>
    public SourceText(string text)
        : this(InputName, text)
    {
    }

    /// <summary>What diagnostics call it, mostly a file name.</summary>
    public string Name { get; } = name;

    /// <summary>The whole text.</summary>
    public string Text { get; } = text;

    /// <summary>The number of lines; an empty text has one.</summary>
    public int LineCount => LineStarts.Length;

    private int[] LineStarts => _lineStarts ??= FindLineStarts(Text);

    /// <summary>
    /// The place of a UTF-16 offset, both numbers from 1. Columns count code points, so a character outside the basic plane is one column.
    /// Offsets outside the text are moved to its nearest end.
    /// </summary>
    public (int Line, int Column) GetLineColumn(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        var found = Array.BinarySearch(LineStarts, offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, CountCodePoints(Text.AsSpan(LineStarts[line], offset - LineStarts[line])) + 1);
    }

    /// <summary>The text of a line (from 1) without its line ending; empty for a line that does not exist.</summary>
    public string GetLine(int line)
    {
        if (line < 1 || line > LineCount)
        {
            return "";
        }

        var start = LineStarts[line - 1];
        var end = line == LineCount ? Text.Length : LineStarts[line] - 1;
        return Text[start..end].TrimEnd('\r');
    }

    /// <summary>The UTF-16 offset of the first character of a line (from 1).</summary>
    public int GetLineStart(int line) => LineStarts[Math.Clamp(line, 1, LineCount) - 1];

    internal static int CountCodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }

            count++;
        }

        return count;
    }

    private static int[] FindLineStarts(string text)
    {
        List<int> starts = [0];
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            starts.Add(i + 1);
        }

        return [.. starts];
    }
}
