using System.Text;

namespace Leash.Plan;

/// <summary>Paths as bytes and as Cedar strings.</summary>
public static class PathText
{
    private const int EscapeBase = 0xdc00;

    /// <summary>
    /// The path as a string: UTF-8, each byte that is not part of a valid sequence as the lone surrogate U+DC00 + byte. No two paths have the
    /// same string, and no literal of a policy can contain such a character.
    /// </summary>
    public static string Decode(ReadOnlySpan<byte> path)
    {
        if (System.Text.Ascii.IsValid(path))
        {
            return Encoding.ASCII.GetString(path);
        }

        var text = new StringBuilder(path.Length);
        Span<char> chars = stackalloc char[2];
        while (!path.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(path, out var rune, out var count) == System.Buffers.OperationStatus.Done)
            {
                text.Append(chars[..rune.EncodeToUtf16(chars)]);
            }
            else
            {
                foreach (var invalid in path[..count])
                {
                    text.Append((char)(EscapeBase + invalid));
                }
            }

            path = path[count..];
        }

        return text.ToString();
    }

    /// <summary>The last component: <c>c</c> of <c>/a/b/c</c>, <c>/</c> of <c>/</c>, the whole of an abstract socket's name.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path) =>
        path.Length > 1 && path[0] == (byte)'/' ? path[(path.LastIndexOf((byte)'/') + 1)..] : path;

    /// <summary>
    /// Whether a path can be decided: absolute, without empty, <c>.</c> or <c>..</c> components and without a slash at its end; or
    /// <c>@name</c> of an abstract unix socket.
    /// </summary>
    public static bool IsCanonical(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
        {
            return path is [(byte)'@', ..];
        }

        if (path.Contains((byte)0))
        {
            return false;
        }

        if (path.Length == 1)
        {
            return true;
        }

        var rest = path[1..];
        while (true)
        {
            var slash = rest.IndexOf((byte)'/');
            var component = slash < 0 ? rest : rest[..slash];
            if (component is [] or [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            rest = rest[(slash + 1)..];
        }
    }
}
