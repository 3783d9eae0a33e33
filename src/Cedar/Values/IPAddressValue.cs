using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Cedar.Values;

/// <summary>
/// An IP address or range, <c>ip("10.0.0.1")</c> or <c>ip("10.0.0.0/8")</c> (Cedar spec, "ipaddr"). Bits of the address behind the prefix are
/// kept and count in equality; a single address has the full prefix, so <c>ip("::1") == ip("::1/128")</c>.
/// </summary>
/// <param name="IsV6">Whether it is IPv6; v4-mapped addresses are IPv6 and equal no IPv4 address.</param>
/// <param name="Address">The address as a number; an IPv4 address is in the low 32 bits.</param>
/// <param name="Prefix">Leading bits that all addresses of the range share: 0 to 32 or 128.</param>
public sealed record IPAddressValue(bool IsV6, UInt128 Address, int Prefix) : ExtensionValue
{
    private const int V4Bits = 32;
    private const int V6Bits = 128;

    /// <summary>The number of bits of an address of this family.</summary>
    public int Bits => IsV6 ? V6Bits : V4Bits;

    /// <summary>Whether the whole range is in 127.0.0.0/8 or is ::1.</summary>
    public bool IsLoopback => IsV6 ? Address == 1 && Prefix == V6Bits : Address >> 24 == 127 && Prefix >= 8;

    /// <summary>Whether the whole range is in 224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsV6 ? Address >> 120 == 0xff && Prefix >= 8 : Address >> 28 == 0xe && Prefix >= 4;

    internal override string TypeName => "ipaddr";

    /// <summary>A single address. A scope identifier is dropped: Cedar has none.</summary>
    public static IPAddressValue From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        return count == 4
            ? new IPAddressValue(false, BinaryPrimitives.ReadUInt32BigEndian(bytes), V4Bits)
            : new IPAddressValue(true, BinaryPrimitives.ReadUInt128BigEndian(bytes), V6Bits);
    }

    /// <summary>
    /// Reads the strict form: IPv4 as four decimal octets without leading zeros, IPv6 as hexadecimal groups with at most one <c>::</c> and no
    /// embedded IPv4 part or zone, each with an optional <c>/prefix</c>.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddressValue? value) => IPAddressParser.TryParse(text, out value);

    /// <summary>Whether this address or range lies within <paramref name="range"/>; false across families.</summary>
    public bool IsInRange(IPAddressValue range)
    {
        if (IsV6 != range.IsV6 || Prefix < range.Prefix)
        {
            return false;
        }

        // A shift by all 128 bits would be a shift by none.
        var hostBits = range.Bits - range.Prefix;
        return hostBits == V6Bits || Address >> hostBits == range.Address >> hostBits;
    }

    /// <summary>The address, with <c>/prefix</c> when it is a range, as <see cref="TryParse"/> reads it.</summary>
    public string ToPlainString()
    {
        var text = IsV6 ? FormatV6() : FormatV4();
        return Prefix == Bits ? text : $"{text}/{Prefix.ToString(CultureInfo.InvariantCulture)}";
    }

    internal override void Write(StringBuilder builder) => builder.Append("ip(\"").Append(ToPlainString()).Append("\")");

    private string FormatV4()
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Address);
        return new IPAddress(bytes).ToString();
    }

    private string FormatV6()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        var text = new IPAddress(bytes).ToString();
        if (!text.Contains('.', StringComparison.Ordinal))
        {
            return text;
        }

        // The platform writes some ranges with an IPv4 tail, which Cedar does not read.
        var point = text.LastIndexOf(':');
        return $"{text[..point]}:{(uint)(Address >> 16) & 0xffff:x}:{(uint)Address & 0xffff:x}";
    }
}
