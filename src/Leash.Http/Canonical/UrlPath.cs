using System.Buffers;
using System.Text.Unicode;

namespace Leash.Http.Canonical;

/// <summary>
/// Paths of URLs in their one form, and what else servers may take them for. Nothing is resolved or repaired: what a server could resolve is
/// refused, or every reading of it has to be permitted.
/// </summary>
public static class UrlPath
{
    private static readonly SearchValues<char> s_reserved = SearchValues.Create("!$&'()*+,;=:@");
    private static readonly SearchValues<char> s_slash = SearchValues.Create("/");
    private static readonly SearchValues<char> s_toleratedInQuery = SearchValues.Create("\"<>[]^`{|}\\");
    private static readonly SearchValues<char> s_query = SearchValues.Create("!$&'()*+,;=:@/?");

    /// <summary>The path in its one form; null with the reason.</summary>
    public static string? Normalize(ReadOnlySpan<char> path, out RequestRefusal refusal)
    {
        if (path.IsEmpty || path[0] != '/')
        {
            refusal = RequestRefusal.BadTarget;
            return null;
        }

        if (path.Contains('\\'))
        {
            refusal = RequestRefusal.Backslash;
            return null;
        }

        if (path.Count('/') > HttpLimits.Segments)
        {
            refusal = RequestRefusal.TargetTooLong;
            return null;
        }

        var normal = PercentText.Normalize(path, HttpCharacters.Path, HttpCharacters.Tolerated, out refusal);
        refusal = normal is null ? refusal : Check(normal);
        return refusal == RequestRefusal.None ? normal : null;
    }

    /// <summary>The query in its one form; null with the reason.</summary>
    public static string? NormalizeQuery(ReadOnlySpan<char> query, out RequestRefusal refusal)
    {
        var normal = PercentText.Normalize(query, HttpCharacters.Query, s_toleratedInQuery, out refusal);
        if (normal?.Contains("%00", StringComparison.Ordinal) == true)
        {
            refusal = RequestRefusal.EncodedControl;
            return null;
        }

        return normal;
    }

    /// <summary>A part of the text that no path in its one form has, or null. Encoded bytes may be cut off at its ends.</summary>
    public static string? FindImpossible(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isCut = text[i] == '%' && i + 2 >= text.Length;
            if (text[i] == '%' ? !isCut && !IsNormalEscape(text.AsSpan(i, 3)) : !HttpCharacters.Path.Contains(text[i]))
            {
                return text[i] == '%' ? text.Substring(i, 3) : text[i].ToString();
            }
        }

        return null;
    }

    /// <summary>
    /// The other paths that servers may take a path for: those that decode <c>%2F</c>, or what else may stand as it is; that leave out parameters
    /// (<c>;x</c>, RFC 3986, 3.3); that take slashes in a row for one; and those that do several of these. Empty for most paths.
    /// </summary>
    /// <param name="path">In its one form.</param>
    public static IReadOnlyCollection<string> OtherReadings(string path)
    {
        if (!path.AsSpan().ContainsAny('%', ';') && !path.Contains("//", StringComparison.Ordinal))
        {
            return [];
        }

        HashSet<string> readings = new(StringComparer.Ordinal);
        for (var choice = 1; choice < 16; choice++)
        {
            var reading = (choice & 1) != 0 ? PercentText.Decode(path, s_reserved) : path;
            reading = (choice & 2) != 0 ? PercentText.Decode(reading, s_slash) : reading;
            reading = (choice & 4) != 0 ? WithoutParameters(reading) : reading;
            readings.Add((choice & 8) != 0 ? WithoutEmptySegments(reading) : reading);
        }

        readings.Remove(path);
        return readings;
    }

    /// <summary>The query as who decodes it sees its delimiters; the same text for most.</summary>
    /// <param name="query">In its one form.</param>
    public static string DecodedQuery(string query) => PercentText.Decode(query, s_query);

    private static bool IsNormalEscape(ReadOnlySpan<char> escape) =>
        PercentText.Normalize(escape, HttpCharacters.Path, HttpCharacters.Tolerated, out _) is { } normal && escape.SequenceEqual(normal);

    private static RequestRefusal Check(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal))
        {
            return HasDotSegment(path) ? RequestRefusal.DotSegment : RequestRefusal.None;
        }

        for (var at = path.IndexOf("%25", StringComparison.Ordinal); at >= 0; at = path.IndexOf("%25", at + 3, StringComparison.Ordinal))
        {
            if (at + 4 < path.Length && char.IsAsciiHexDigit(path[at + 3]) && char.IsAsciiHexDigit(path[at + 4]))
            {
                return RequestRefusal.DoubleEncoding;
            }
        }

        var bytes = PercentText.ToBytes(path);
        return bytes.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1f) || bytes.AsSpan().Contains((byte)0x7f) ? RequestRefusal.EncodedControl
            : bytes.AsSpan().Contains((byte)'\\') ? RequestRefusal.Backslash
            : !Utf8.IsValid(bytes) ? RequestRefusal.NotUtf8
            : HasDotSegment(PercentText.Decode(PercentText.Decode(path, s_reserved), s_slash)) ? RequestRefusal.DotSegment
            : RequestRefusal.None;
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            var parameters = segment.IndexOf(';');
            if ((parameters < 0 ? segment : segment[..parameters]) is "." or "..")
            {
                return true;
            }
        }

        return false;
    }

    private static string WithoutParameters(string path) =>
        string.Join('/', path.Split('/').Select(segment => segment.IndexOf(';', StringComparison.Ordinal) is >= 0 and var at ? segment[..at] : segment));

    private static string WithoutEmptySegments(string path)
    {
        var isDirectory = path.Length > 1 && path[^1] == '/';
        var joined = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return isDirectory && joined.Length > 1 ? joined + "/" : joined;
    }
}
