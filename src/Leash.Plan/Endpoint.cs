using System.Buffers.Binary;
using System.Net;

namespace Leash.Plan;

/// <summary>Transport protocols that a plan tells apart.</summary>
public enum TransportProtocol
{
    Tcp,
    Udp,
}

/// <summary>Where a connection goes to or a listener waits.</summary>
public readonly ref struct Endpoint
{
    /// <param name="address">Network order, 4 or 16 bytes; a v4-mapped IPv6 address becomes the IPv4 address.</param>
    /// <param name="port">Host order.</param>
    /// <param name="protocol">The transport.</param>
    /// <param name="names">
    /// Canonical host names (lower case, no trailing dot) known for the address; empty when it is known by number only. With several, the
    /// request is decided for each and allowed when one is allowed.
    /// </param>
    /// <exception cref="ArgumentException">The address has neither 4 nor 16 bytes.</exception>
    public Endpoint(scoped ReadOnlySpan<byte> address, int port, TransportProtocol protocol, ReadOnlySpan<string> names)
    {
        (IsV4, Address) = Canonicalize(address);
        Port = port;
        Protocol = protocol;
        Names = names;
    }

    /// <param name="address">A v4-mapped IPv6 address becomes the IPv4 address; a scope identifier is disregarded.</param>
    /// <param name="port">Host order.</param>
    /// <param name="protocol">The transport.</param>
    /// <param name="names">As in the other constructor.</param>
    public Endpoint(IPAddress address, int port, TransportProtocol protocol, ReadOnlySpan<string> names)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        (IsV4, Address) = Canonicalize(bytes[..count]);
        Port = port;
        Protocol = protocol;
        Names = names;
    }

    private Endpoint(Endpoint other, int port)
    {
        (IsV4, Address) = (other.IsV4, other.Address);
        Port = port;
        Protocol = other.Protocol;
        Names = other.Names;
    }

    public bool IsV4 { get; }

    /// <summary>The address as a number; IPv4 in the low 32 bits.</summary>
    public UInt128 Address { get; }

    public int Port { get; }

    public TransportProtocol Protocol { get; }

    public ReadOnlySpan<string> Names { get; }

    /// <summary>The same endpoint at another port.</summary>
    internal Endpoint AtPort(int port) => new(this, port);

    private static (bool IsV4, UInt128 Address) Canonicalize(scoped ReadOnlySpan<byte> address)
    {
        if (address.Length == 4)
        {
            return (true, BinaryPrimitives.ReadUInt32BigEndian(address));
        }

        if (address.Length != 16)
        {
            throw new ArgumentException("an address has 4 or 16 bytes", nameof(address));
        }

        var number = BinaryPrimitives.ReadUInt128BigEndian(address);
        return number >> 32 == 0xffff ? (true, (uint)number) : (false, number);
    }
}
