using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>
/// Patterns on hosts where the host is an address without a name: the addresses whose text matches, as ranges. Most patterns are about names and match
/// no address; what would need the text itself is refused.
/// </summary>
internal static class AddressPattern
{
    private const string DigitsV4 = "0123456789.";
    private const string DigitsV6 = "0123456789abcdef:";
    private static readonly Cidr s_allV4 = new(true, 0, 0);
    private static readonly Cidr s_allV6 = new(false, 0, 0);

    /// <summary>The ranges of the addresses that match, or null when they are no few ranges.</summary>
    public static IReadOnlyList<Cidr>? Ranges(PlanPattern pattern)
    {
        List<Cidr> ranges = [];
        return Add(pattern, isV4: true, ranges) && Add(pattern, isV4: false, ranges) ? ranges : null;
    }

    private static bool Add(PlanPattern pattern, bool isV4, List<Cidr> ranges)
    {
        var digits = isV4 ? DigitsV4 : DigitsV6;
        var parts = pattern.Parts;
        if (parts.Length == 0 || parts.Any(part => part is not null && part.AsSpan().ContainsAnyExcept(digits)) || (isV4 && IsNeverV4(pattern)))
        {
            return true;
        }

        switch (parts)
        {
            case [null]:
            case [null, ".", null]:
            case [null, ":", null]:
                ranges.Add(isV4 ? s_allV4 : s_allV6);
                return true;
            case [{ } text]:
                AddExact(text, isV4, ranges);
                return true;
            case [{ } prefix, null]:
                return isV4 ? AddPrefixV4(prefix.Split('.'), ranges) : AddPrefixV6(prefix, ranges);
            default:
                return false;
        }
    }

    /// <summary>Whether the literals need more dots, or longer numbers, than an address has.</summary>
    private static bool IsNeverV4(PlanPattern pattern)
    {
        var literals = pattern.Parts.OfType<string>().ToArray();
        return literals.Sum(text => text.Count(c => c == '.')) > 3 || literals.Any(text => text.Contains("..", StringComparison.Ordinal)
            || text.Split('.').Any(number => number.Length > 3)) || literals is [['.', ..], ..] && pattern.Parts[0] is not null
            || literals is [.., [.., '.']] && pattern.Parts[^1] is not null;
    }

    private static void AddExact(string text, bool isV4, List<Cidr> ranges)
    {
        if (IPAddress.TryParse(text, out var parsed) && parsed.AddressFamily == (isV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6))
        {
            var address = new Endpoint(parsed, 0, default, []);
            if (address.IsV4 == isV4 && Cidr.FormatAddress(isV4, address.Address) == text)
            {
                ranges.Add(Cidr.Single(isV4, address.Address));
            }
        }
    }

    private static bool AddPrefixV4(string[] numbers, List<Cidr> ranges)
    {
        UInt128 start = 0;
        for (var i = 0; i < numbers.Length - 1; i++)
        {
            if (!byte.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number.ToString(CultureInfo.InvariantCulture) != numbers[i])
            {
                return true; // no address has such a number
            }

            start |= (UInt128)number << (24 - (8 * i));
        }

        var last = numbers.Length - 1;
        if (numbers[last].Length == 0)
        {
            ranges.Add(new Cidr(true, start, 8 * last));
            return true;
        }

        for (var number = 0; number <= byte.MaxValue; number++)
        {
            if (number.ToString(CultureInfo.InvariantCulture).StartsWith(numbers[last], StringComparison.Ordinal))
            {
                ranges.Add(new Cidr(true, start | (UInt128)number << (24 - (8 * last)), 8 * (last + 1)));
            }
        }

        return true;
    }

    /// <summary>Groups that are zero may be written as a gap, so they are refused where they would have to be recognised.</summary>
    private static bool AddPrefixV6(string prefix, List<Cidr> ranges)
    {
        var groups = prefix.Split(':');
        if (groups.Length > 8)
        {
            return groups.Any(group => group.Length == 0) ? false : true;
        }

        UInt128 start = 0;
        for (var i = 0; i < groups.Length - 1; i++)
        {
            if (groups[i].Length == 0 || groups[i] == "0")
            {
                return false;
            }

            if (groups[i].Length > 4 || groups[i][0] == '0')
            {
                return true; // no address is written so
            }

            start |= (UInt128)Convert.ToUInt32(groups[i], 16) << (112 - (16 * i));
        }

        var last = groups.Length - 1;
        var (text, bits) = (groups[last], 16 * last);
        if (text.Length == 0)
        {
            ranges.Add(new Cidr(false, start, bits));
            return true;
        }

        if (text[0] == '0')
        {
            return text != "0";
        }

        for (var length = text.Length; length <= 4; length++)
        {
            var group = Convert.ToUInt32(text, 16) << (4 * (length - text.Length));
            ranges.Add(new Cidr(false, start | (UInt128)group << (112 - bits), bits + 16 - (4 * (length - text.Length))));
        }

        return true;
    }
}
