using System.Diagnostics.CodeAnalysis;

namespace Cedar.Values;

/// <summary>Cedar's string form of addresses, stricter than the platform's parser.</summary>
internal static class IPAddressParser
{
    private const int Groups = 8;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddressValue? value)
    {
        value = null;
        var slash = text.IndexOf('/');
        var address = slash < 0 ? text : text[..slash];
        var isV6 = address.Contains(':');
        var bits = isV6 ? 128 : 32;
        UInt128 number = 0;
        if (isV6 ? !TryParseV6(address, out number) : !TryParseV4(address, out number))
        {
            return false;
        }

        var prefix = bits;
        if (slash >= 0 && !TryParseNumber(text[(slash + 1)..], bits, out prefix))
        {
            return false;
        }

        value = new IPAddressValue(isV6, number, prefix);
        return true;
    }

    private static bool TryParseV4(ReadOnlySpan<char> text, out UInt128 number)
    {
        number = 0;
        for (var i = 0; i < 4; i++)
        {
            var end = text.IndexOf('.');
            if (end < 0 != (i == 3) || !TryParseNumber(end < 0 ? text : text[..end], 255, out var octet))
            {
                return false;
            }

            number = (number << 8) | (uint)octet;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return true;
    }

    private static bool TryParseV6(ReadOnlySpan<char> text, out UInt128 number)
    {
        number = 0;
        var gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
        {
            return TryParseGroups(text, out number, out var all) && all == Groups;
        }

        // A gap stands for at least one group.
        if (!TryParseGroups(text[..gap], out var head, out var before)
            || !TryParseGroups(text[(gap + 2)..], out var tail, out var after)
            || before + after >= Groups)
        {
            return false;
        }

        number = (before == 0 ? 0 : head << (16 * (Groups - before))) | tail;
        return true;
    }

    private static bool TryParseGroups(ReadOnlySpan<char> text, out UInt128 number, out int count)
    {
        number = 0;
        count = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        while (count < Groups)
        {
            var end = text.IndexOf(':');
            var group = end < 0 ? text : text[..end];
            if (!TryParseHex(group, out var bits))
            {
                return false;
            }

            number = (number << 16) | bits;
            count++;
            if (end < 0)
            {
                return true;
            }

            text = text[(end + 1)..];
        }

        return false;
    }

    private static bool TryParseHex(ReadOnlySpan<char> text, out uint value)
    {
        value = 0;
        if (text.Length is 0 or > 4)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }

            value = (value << 4) | (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        return true;
    }

    /// <summary>Up to three decimal digits, no leading zero except "0" itself.</summary>
    private static bool TryParseNumber(ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        if (text.Length is 0 or > 3 || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return value <= max;
    }
}
