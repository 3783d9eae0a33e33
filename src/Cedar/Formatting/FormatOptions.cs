namespace Cedar.Formatting;

/// <summary>How formatted text is laid out.</summary>
public sealed record FormatOptions
{
    public static FormatOptions Default { get; } = new();

    /// <summary>Columns that a line may fill (1 or more). What cannot be broken, such as a long string, goes beyond.</summary>
    public int LineWidth { get; init; } = 80;

    /// <summary>Spaces for each level (0 to 16).</summary>
    public int IndentWidth { get; init; } = 2;
}
