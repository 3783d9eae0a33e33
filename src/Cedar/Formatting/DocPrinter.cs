using System.Text;

namespace Cedar.Formatting;

/// <summary>Prints documents into lines. Time is linear in the size of the document times the width of a line at most.</summary>
internal sealed class DocPrinter(FormatOptions options)
{
    private readonly StringBuilder _out = new();
    private readonly Stack<Entry> _open = new();
    private readonly Stack<Entry> _probe = new();
    private int _column;

    // A comment ends its line, whatever comes next.
    private bool _needsNewLine;

    // Where the line that a break has begun starts; null when the line has text, or begins for another reason.
    private int? _lineIndent;

    private readonly record struct Entry(Doc Doc, int Indent, bool IsFlat);

    public override string ToString() => _out.ToString();

    /// <summary>An empty line, unless there is one already or nothing is printed yet.</summary>
    public void BlankLine()
    {
        if (_out.Length == 0)
        {
            return;
        }

        EndLine();
        _lineIndent = null;
        if (_out is not [.., '\n', '\n'])
        {
            _out.Append('\n');
        }
    }

    /// <summary>A line with just a comment.</summary>
    public void CommentLine(string comment, int indent = 0)
    {
        EndLine();
        var start = _lineIndent ?? indent;
        Append(comment, start);
        EndLine();
        _lineIndent = start;
    }

    /// <summary>Ends the current line, if it has begun.</summary>
    public void EndLine()
    {
        _needsNewLine = false;
        while (_out is [.., ' '])
        {
            _out.Length--;
        }

        if (_out is not ([] or [.., '\n']))
        {
            _out.Append('\n');
        }

        _column = 0;
    }

    public void Print(Doc document, int indent = 0)
    {
        _open.Push(new Entry(document, indent, IsFlat: false));
        while (_open.TryPop(out var entry))
        {
            switch (entry.Doc)
            {
                case Doc.Text text:
                    Space(text.Value);
                    break;
                case Doc.Word word:
                    PrintWord(word.Token, entry.Indent);
                    break;
                case Doc.Break { Kind: var kind }:
                    PrintBreak(kind, entry);
                    break;
                case Doc.Concat concat:
                    Push(_open, concat.Parts, entry);
                    break;
                case Doc.Indent inner:
                    Push(_open, inner.Parts, entry with { Indent = entry.Indent + options.IndentWidth });
                    break;
                case Doc.Group group:
                    Push(_open, group.Parts, entry with { IsFlat = entry.IsFlat || (!group.IsBroken && Fits(entry)) });
                    break;
            }
        }
    }

    private static void Push(Stack<Entry> stack, Doc[] parts, Entry like)
    {
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            stack.Push(like with { Doc = parts[i] });
        }
    }

    private void Space(string value)
    {
        if (!_needsNewLine && _column > 0)
        {
            _out.Append(value);
            _column += value.Length;
        }
    }

    private void PrintBreak(BreakKind kind, Entry entry)
    {
        if (!entry.IsFlat || _needsNewLine)
        {
            EndLine();
            _lineIndent = entry.Indent;
        }
        else if (kind == BreakKind.Space)
        {
            Space(" ");
        }
    }

    private void PrintWord(CommentedToken token, int indent)
    {
        foreach (var comment in token.Leading)
        {
            CommentLine(comment.Text, indent);
        }

        if (_needsNewLine)
        {
            EndLine();
        }

        Append(token.Text, indent);
        if (token.Trailing is { } trailing)
        {
            Space(" ");
            Append(trailing, indent);
            _needsNewLine = true;
        }
    }

    private void Append(string text, int indent)
    {
        if (_column == 0)
        {
            _column = _lineIndent ?? indent;
            _out.Append(' ', _column);
            _lineIndent = null;
        }

        _out.Append(text);

        // Strings may hold line ends.
        var line = text.LastIndexOf('\n');
        _column = line < 0 ? _column + text.Length : Math.Max(1, text.Length - line - 1);
    }

    /// <summary>Whether the group, and what follows it up to the next place for a new line, fits on the rest of the line.</summary>
    private bool Fits(Entry group)
    {
        var room = options.LineWidth - Math.Max(_column, group.Indent);
        var rest = _open.GetEnumerator();
        _probe.Clear();
        _probe.Push(group with { IsFlat = true });
        while (room >= 0)
        {
            if (!_probe.TryPop(out var entry))
            {
                if (!rest.MoveNext())
                {
                    return true;
                }

                entry = rest.Current;
            }

            switch (entry.Doc)
            {
                case Doc.Text text:
                    room -= text.Value.Length;
                    break;
                case Doc.Word { Token: var token }:
                    room -= token.Text.Length;
                    if (token.HasComments)
                    {
                        return room >= 0 || token.Leading.Length > 0;
                    }

                    break;
                case Doc.Break { Kind: var kind }:
                    if (!entry.IsFlat || kind == BreakKind.Hard)
                    {
                        return true;
                    }

                    room -= kind == BreakKind.Space ? 1 : 0;
                    break;
                case Doc.Concat concat:
                    Push(_probe, concat.Parts, entry);
                    break;
                case Doc.Indent inner:
                    Push(_probe, inner.Parts, entry);
                    break;
                case Doc.Group inner:
                    // What follows may be broken at its own first place if it has one.
                    Push(_probe, inner.Parts, entry);
                    break;
            }
        }

        return false;
    }
}
