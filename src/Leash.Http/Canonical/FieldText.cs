using System.Buffers;
using System.Text;

namespace Leash.Http.Canonical;

/// <summary>Names and values of header fields (RFC 9110, 5.1 and 5.5).</summary>
public static class FieldText
{
    private const int LengthDigits = 18;

    private static readonly SearchValues<char> s_controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(c => c != '\t').Append(0x7f).Select(c => (char)c)]);

    /// <summary>Whether it can be the name of a header.</summary>
    public static bool IsName(string name) => HttpCharacters.IsToken(name);

    /// <summary>
    /// Whether the text can be sent as a value: no control character but the tab, no half of a character, and no space around it, which is no part of
    /// a value. What is outside ASCII is sent as UTF-8, which recipients pass on as it is.
    /// </summary>
    public static bool IsValue(string value) => !HasControl(value) && value.AsSpan().Trim(" \t").Length == value.Length;

    /// <summary>Whether it is a Content-Length (RFC 9110, 8.6): digits and nothing else, of a number that everybody can hold.</summary>
    public static bool IsLength(ReadOnlySpan<char> value) => value.Length is > 0 and <= LengthDigits && !value.ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether the text has what no value may have.</summary>
    internal static bool HasControl(string value) =>
        value.AsSpan().ContainsAny(s_controls) || (!Ascii.IsValid(value) && value.EnumerateRunes().Contains(Rune.ReplacementChar));
}
