using System.Text;

namespace Leash.Plan;

/// <summary>A range of addresses; bits behind the prefix are zero.</summary>
/// <param name="IsV4">The family. A v4-mapped IPv6 address is the IPv4 address everywhere in a plan.</param>
/// <param name="Address">The first address as a number; IPv4 in the low 32 bits.</param>
/// <param name="PrefixLength">0 to 32 or 128.</param>
public readonly record struct Cidr(bool IsV4, UInt128 Address, int PrefixLength)
{
    /// <summary>The number of bits of an address of this family.</summary>
    public int Bits => IsV4 ? 32 : 128;

    /// <summary>The range with bits behind the prefix cleared.</summary>
    public static Cidr Create(bool isV4, UInt128 address, int prefixLength) =>
        new(isV4, Mask(isV4, address, prefixLength), prefixLength);

    /// <summary>The range of one address.</summary>
    public static Cidr Single(bool isV4, UInt128 address) => new(isV4, address, isV4 ? 32 : 128);

    public bool Contains(bool isV4, UInt128 address) => IsV4 == isV4 && Mask(isV4, address, PrefixLength) == Address;

    public override string ToString() =>
        PrefixLength == Bits ? FormatAddress(IsV4, Address) : $"{FormatAddress(IsV4, Address)}/{PrefixLength}";

    // Written out: the generated comparison would bring in comparers that are compiled anew at each start.
    public bool Equals(Cidr other) => IsV4 == other.IsV4 && Address == other.Address && PrefixLength == other.PrefixLength;

    public override int GetHashCode() =>
        HashCode.Combine((ulong)Address, (ulong)(Address >> 64), PrefixLength, IsV4);

    /// <summary>The canonical text of an address (RFC 5952), without brackets; all groups of IPv6 as hexadecimal numbers.</summary>
    public static string FormatAddress(bool isV4, UInt128 address)
    {
        if (isV4)
        {
            var number = (uint)address;
            return $"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}";
        }

        var (gapStart, gapLength) = LongestGap(address);
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (i == gapStart)
            {
                text.Append("::");
                i += gapLength - 1;
            }
            else
            {
                text.Append(i == 0 || i == gapStart + gapLength ? "" : ":").Append(Group(address, i).ToString("x"));
            }
        }

        return text.ToString();
    }

    private static int Group(UInt128 address, int index) => (int)(address >> (112 - (16 * index))) & 0xffff;

    /// <summary>The first of the longest runs of two or more zero groups; a start of -9 for none.</summary>
    private static (int Start, int Length) LongestGap(UInt128 address)
    {
        var (start, length) = (-9, 1);
        for (var i = 0; i < 8; i++)
        {
            var end = i;
            while (end < 8 && Group(address, end) == 0)
            {
                end++;
            }

            if (end - i > length)
            {
                (start, length) = (i, end - i);
            }

            i = Math.Max(i, end - 1);
        }

        return (start, length);
    }

    internal static UInt128 Mask(bool isV4, UInt128 address, int prefixLength)
    {
        var hostBits = (isV4 ? 32 : 128) - prefixLength;

        // A shift by all 128 bits would be a shift by none.
        return hostBits == 128 ? UInt128.Zero : address >> hostBits << hostBits;
    }
}
