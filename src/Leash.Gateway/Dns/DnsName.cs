using System.Text;

namespace Leash.Gateway.Dns;

/// <summary>A domain name in uncompressed wire form: at most 255 bytes, labels of at most 63 (RFC 1035 §3.1).</summary>
public readonly struct DnsName : IEquatable<DnsName>
{
    internal const int MaxWireLength = 255;
    internal const int MaxLabelLength = 63;

    private static readonly byte[] RootWire = [0];
    private readonly byte[]? _wire;

    /// <summary>PRECONDITION: <paramref name="wire"/> is well-formed and ends with the root label.</summary>
    internal DnsName(byte[] wire) => _wire = wire;

    internal static DnsName Root => new(RootWire);

    internal ReadOnlySpan<byte> Wire => _wire ?? RootWire;

    /// <summary>Whether this is the root.</summary>
    public bool IsRoot => Wire.Length == 1;

    /// <summary>Reads a host name such as <c>api.example.com</c>; a trailing dot is accepted, escapes are not.</summary>
    /// <returns>False when it is empty or breaks the length limits.</returns>
    public static bool TryParse(string text, out DnsName name)
    {
        name = default;
        var host = text.EndsWith('.') ? text.AsSpan(0, text.Length - 1) : text.AsSpan();
        if (host.IsEmpty || host.Length > MaxWireLength - 2)
        {
            return false;
        }

        var wire = new byte[host.Length + 2];
        var labelStart = 0;
        for (var i = 0; i <= host.Length; i++)
        {
            if (i < host.Length && host[i] != '.')
            {
                if (host[i] > '~' || host[i] <= ' ')
                {
                    return false;
                }

                wire[i + 1] = (byte)host[i];
                continue;
            }

            var length = i - labelStart;
            if (length is 0 or > MaxLabelLength)
            {
                return false;
            }

            wire[labelStart] = (byte)length;
            labelStart = i + 1;
        }

        name = new DnsName(wire);
        return true;
    }

    /// <summary>
    /// The name as policies know hosts: lower case, no trailing dot; null when a label holds anything but letters, digits, <c>-</c> and <c>_</c>
    /// (a dot or NUL inside a label would make two different names look alike).
    /// </summary>
    public string? ToHost()
    {
        if (IsRoot)
        {
            return null;
        }

        var wire = Wire;
        var text = new StringBuilder(wire.Length);
        for (var at = 0; wire[at] != 0; at += wire[at] + 1)
        {
            if (at > 0)
            {
                text.Append('.');
            }

            foreach (var b in wire.Slice(at + 1, wire[at]))
            {
                if (!char.IsAsciiLetterOrDigit((char)b) && b != '-' && b != '_')
                {
                    return null;
                }

                text.Append((char)ToLower(b));
            }
        }

        return text.ToString();
    }

    /// <summary>Presentation form with <c>\DDD</c> escapes (RFC 1035 §5.1), so that any bytes can be shown and logged.</summary>
    public override string ToString()
    {
        if (IsRoot)
        {
            return ".";
        }

        var wire = Wire;
        var text = new StringBuilder(wire.Length);
        for (var at = 0; wire[at] != 0; at += wire[at] + 1)
        {
            if (at > 0)
            {
                text.Append('.');
            }

            foreach (var b in wire.Slice(at + 1, wire[at]))
            {
                AppendEscaped(text, b);
            }
        }

        return text.ToString();
    }

    /// <summary>Equal names differ at most in the case of ASCII letters (RFC 4343).</summary>
    public bool Equals(DnsName other)
    {
        var mine = Wire;
        var theirs = other.Wire;
        if (mine.Length != theirs.Length)
        {
            return false;
        }

        for (var i = 0; i < mine.Length; i++)
        {
            // Length bytes are at most 63, below 'A', so lowering never touches them.
            if (ToLower(mine[i]) != ToLower(theirs[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is DnsName other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var b in Wire)
        {
            hash.Add(ToLower(b));
        }

        return hash.ToHashCode();
    }

    public static bool operator ==(DnsName left, DnsName right) => left.Equals(right);

    public static bool operator !=(DnsName left, DnsName right) => !left.Equals(right);

    private static void AppendEscaped(StringBuilder text, byte b)
    {
        if (b is (byte)'.' or (byte)'\\')
        {
            text.Append('\\').Append((char)b);
        }
        else if (b is > 0x20 and < 0x7f)
        {
            text.Append((char)b);
        }
        else
        {
            text.Append('\\').Append(((int)b).ToString("D3"));
        }
    }

    private static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
