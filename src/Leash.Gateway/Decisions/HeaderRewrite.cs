namespace Leash.Gateway.Decisions;

/// <summary>What a rewrite does to a header.</summary>
public enum HeaderRewriteKind
{
    /// <summary>The header has this value and no other.</summary>
    Set,

    /// <summary>The header has this value besides those it has.</summary>
    Add,

    /// <summary>The header is gone.</summary>
    Remove,
}

/// <summary>One change to the headers of a permitted request. Its value may be a secret: nothing here prints it.</summary>
public sealed class HeaderRewrite
{
    private HeaderRewrite(HeaderRewriteKind kind, string name, string? value)
    {
        Kind = kind;
        Name = name;
        Value = value;
    }

    /// <summary>What it does.</summary>
    public HeaderRewriteKind Kind { get; }

    /// <summary>The header's name.</summary>
    public string Name { get; }

    internal string? Value { get; }

    /// <summary>Makes <paramref name="value"/> the only one of a header.</summary>
    public static HeaderRewrite Set(string name, string value) => new(HeaderRewriteKind.Set, Checked(name), CheckedValue(value));

    /// <summary>Adds a value.</summary>
    public static HeaderRewrite Add(string name, string value) => new(HeaderRewriteKind.Add, Checked(name), CheckedValue(value));

    /// <summary>Removes a header.</summary>
    public static HeaderRewrite Remove(string name) => new(HeaderRewriteKind.Remove, Checked(name), null);

    /// <summary>Kind and name, never the value.</summary>
    public override string ToString() => $"{Kind} {Name}";

    /// <summary>Say where the request goes and where it ends: no policy's business.</summary>
    private static readonly string[] Framing = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE", "Trailer", "Expect"];

    // RFC 9110 §5.6.2.
    private static string Checked(string name) =>
        name.Length > 0 && !Framing.Contains(name, StringComparer.OrdinalIgnoreCase) && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            ? name
            : throw new ArgumentException("a header's name is a token, and not one that frames the message", nameof(name));

    // RFC 9110 §5.5: a line break would be another header. The message does not repeat the value.
    private static string CheckedValue(string value) =>
        value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0 ? value : throw new ArgumentException("a header's value is one line", nameof(value));
}
