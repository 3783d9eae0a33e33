using System.Buffers.Binary;
using System.Net;

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

    /// <summary>The canonical text of an address (RFC 5952), without brackets.</summary>
    public static string FormatAddress(bool isV4, UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(isV4 ? bytes[12..] : bytes).ToString();
    }

    internal static UInt128 Mask(bool isV4, UInt128 address, int prefixLength)
    {
        var hostBits = (isV4 ? 32 : 128) - prefixLength;

        // A shift by all 128 bits would be a shift by none.
        return hostBits == 128 ? UInt128.Zero : address >> hostBits << hostBits;
    }
}
