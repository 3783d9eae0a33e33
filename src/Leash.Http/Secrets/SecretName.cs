using System.Buffers;

namespace Leash.Http.Secrets;

/// <summary>The names of secrets.</summary>
public static class SecretName
{
    /// <summary>What stands before a name in <c>${secret:NAME}</c>.</summary>
    public const string Prefix = "secret:";

    private const int MaxLength = 128;

    private static readonly SearchValues<char> s_characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");

    /// <summary>
    /// Whether it is a name: letters, digits, <c>_ - . /</c>, beginning with a letter or <c>_</c>, and no <c>..</c>. It is a variable of the
    /// environment, a line in a file and an argument of a command, and must be plain in all of them.
    /// </summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && (char.IsAsciiLetter(name[0]) || name[0] == '_') && !name.AsSpan().ContainsAnyExcept(s_characters)
        && !name.Contains("..", StringComparison.Ordinal);
}
