using System.Buffers;

namespace Leash.Http.Canonical;

/// <summary>The alphabets of HTTP and URIs.</summary>
internal static class HttpCharacters
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>RFC 9110, 5.6.2.</summary>
    public static SearchValues<char> Token { get; } = SearchValues.Create(Alphanumeric + "!#$%&'*+-.^_`|~");

    /// <summary>RFC 3986, 2.3: encoded or not, these are the same.</summary>
    public static SearchValues<char> Unreserved { get; } = SearchValues.Create(Alphanumeric + "-._~");

    /// <summary>RFC 3986, 3.3: a path may have these as they are, and a slash.</summary>
    public static SearchValues<char> Path { get; } = SearchValues.Create(Alphanumeric + "-._~!$&'()*+,;=:@/");

    /// <summary>RFC 3986, 3.4.</summary>
    public static SearchValues<char> Query { get; } = SearchValues.Create(Alphanumeric + "-._~!$&'()*+,;=:@/?");

    /// <summary>Not in the grammar, and sent as they are by browsers all the same (URL Standard, percent-encode sets); encoded here.</summary>
    public static SearchValues<char> Tolerated { get; } = SearchValues.Create("\"<>[]^`{|}");

    public static SearchValues<char> HexDigits { get; } = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);
}
