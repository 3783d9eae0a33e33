using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Leash.Gateway.Dns;

/// <summary>Which addresses a public name has no business to point at (DNS rebinding). Sources: IANA special-purpose address registries.</summary>
public static class AddressRanges
{
    /// <summary>
    /// Whether <paramref name="address"/> is this machine, a private or link-local network, a carrier's or provider's inside, multicast or reserved,
    /// also when wrapped in an IPv6 form (v4-mapped, v4-compatible, NAT64, 6to4, Teredo). Documentation ranges are not: nothing is there.
    /// </summary>
    public static bool IsInternal(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? IsInternalV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)) : IsInternalV6(bytes);
    }

    /// <summary>The IPv4 address when it is one in IPv6 clothes, so that a decision is made once for both spellings.</summary>
    public static IPAddress Canonical(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
    }

    private static bool IsInternalV4(uint address) =>
        In(address, 0x00000000, 8) // "this network"; Linux connects 0.0.0.0 to loopback
        || In(address, 0x0A000000, 8)
        || In(address, 0x64400000, 10) // carrier-grade NAT, also Alibaba's metadata service
        || In(address, 0x7F000000, 8)
        || In(address, 0xA9FE0000, 16) // link-local, cloud metadata
        || In(address, 0xAC100000, 12)
        || In(address, 0xC0000000, 24)
        || In(address, 0xC0A80000, 16)
        || In(address, 0xC6120000, 15) // benchmarking
        || address == 0xA83F8110 // 168.63.129.16, Azure's host agent
        || In(address, 0xE0000000, 3); // multicast, reserved, broadcast

    private static bool IsInternalV6(ReadOnlySpan<byte> bytes)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        if (high == 0)
        {
            // ::, ::1, v4-compatible and v4-mapped.
            return low >> 32 is 0 or 0xFFFF && (low <= 1 || IsInternalV4((uint)low)) || low >> 32 == 0xFFFF_0000;
        }

        var first = (ushort)(high >> 48);
        return first switch
        {
            0x0064 when high == 0x0064_FF9B_0000_0000 => low >> 32 != 0 || IsInternalV4((uint)low),
            0x0064 when high >> 16 == 0x0064_FF9B_0001 => true, // NAT64 for private use (RFC 8215)
            0x2002 => IsInternalV4((uint)(high >> 16)),
            0x2001 when (high >> 32) == 0x2001_0000 => true, // Teredo: the embedded client address is obfuscated, and nothing legitimate is published there
            _ => (first & 0xFE00) == 0xFC00 || (first & 0xFFC0) is 0xFE80 or 0xFEC0 || (first & 0xFF00) == 0xFF00,
        };
    }

    private static bool In(uint address, uint network, int length) => (address ^ network) >> (32 - length) == 0;
}
