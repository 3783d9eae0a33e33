namespace Cedar.Formatting;

/// <summary>How a <see cref="Doc.Break"/> looks when its group fits on the line; else it is always a new line.</summary>
internal enum BreakKind
{
    Space,
    Nothing,

    /// <summary>A new line always.</summary>
    Hard,
}

/// <summary>
/// A text with the places where it may be broken (Wadler, "A prettier printer", 2003). A group is printed on one line if it fits, else all
/// its own breaks are new lines.
/// </summary>
internal abstract class Doc
{
    private Doc(bool isBroken)
    {
        IsBroken = isBroken;
    }

    /// <summary>Whether something in it needs a line of its own, so no group around it can be on one line.</summary>
    public bool IsBroken { get; }

    public static Doc Space { get; } = new Text(" ");

    public static Doc Line { get; } = new Break(BreakKind.Space);

    public static Doc SoftLine { get; } = new Break(BreakKind.Nothing);

    public static Doc HardLine { get; } = new Break(BreakKind.Hard);

    public static Doc Of(params Doc[] parts) => new Concat(parts);

    /// <summary>Text that the formatter itself puts in: spaces.</summary>
    public sealed class Text(string value) : Doc(false)
    {
        public string Value { get; } = value;
    }

    /// <summary>A token with the comments around it.</summary>
    public sealed class Word(CommentedToken token) : Doc(token.HasComments)
    {
        public CommentedToken Token { get; } = token;
    }

    public sealed class Break(BreakKind kind) : Doc(kind == BreakKind.Hard)
    {
        public BreakKind Kind { get; } = kind;
    }

    public sealed class Concat(Doc[] parts) : Doc(Array.Exists(parts, part => part.IsBroken))
    {
        public Doc[] Parts { get; } = parts;
    }

    public sealed class Indent(params Doc[] parts) : Doc(Array.Exists(parts, part => part.IsBroken))
    {
        public Doc[] Parts { get; } = parts;
    }

    public sealed class Group(params Doc[] parts) : Doc(Array.Exists(parts, part => part.IsBroken))
    {
        public Doc[] Parts { get; } = parts;
    }
}
