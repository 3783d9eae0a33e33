using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>
/// A socket address copied once from the caller. It is interpreted here and handed to the kernel as these very bytes (or ones made from
/// the interpretation), so what was decided is what happens.
/// </summary>
internal readonly struct SocketAddress
{
    /// <summary><c>sizeof(struct sockaddr_storage)</c>.</summary>
    public const int MaxLength = 128;

    private const int InetLength = 16;

    // SIN6_LEN_RFC2133: without the scope, which the kernel accepts.
    private const int Inet6MinLength = 24;
    private const int Inet6Length = 28;
    private const int FamilyLength = 2;

    private readonly byte[]? _bytes;

    private SocketAddress(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsEmpty => _bytes is null or { Length: 0 };

    /// <summary>The family, or -1 when the address is too short to have one.</summary>
    public int Family => Bytes.Length < FamilyLength ? -1 : MemoryMarshal.Read<ushort>(Bytes);

    /// <summary>Copies an address argument; 0, or minus EINVAL or EFAULT as the kernel's own copy would fail.</summary>
    public static unsafe int Read(SyscallContext context, ulong pointer, int length, out SocketAddress address)
    {
        address = default;
        if (length is < 0 or > MaxLength)
        {
            return -Errno.EINVAL;
        }

        var bytes = new byte[length];

        // SAFETY: the array has `length` bytes.
        fixed (byte* destination = bytes)
        {
            var error = length == 0 ? 0 : context.ReadMemory(pointer, destination, length);
            address = new SocketAddress(bytes);
            return error;
        }
    }

    public static SocketAddress Of(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>An address that reaches <paramref name="endPoint"/> from a socket of <paramref name="domain"/>.</summary>
    public static SocketAddress Of(IPEndPoint endPoint, int domain)
    {
        var bytes = new byte[domain == AF_INET ? InetLength : Inet6Length];
        MemoryMarshal.Write(bytes, (ushort)domain);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endPoint.Port);
        var address = domain == AF_INET ? endPoint.Address : endPoint.Address.MapToIPv6();
        address.TryWriteBytes(bytes.AsSpan(domain == AF_INET ? 4 : 8), out _);
        return new SocketAddress(bytes);
    }

    /// <summary>
    /// Interprets an internet address as the kernel does for a socket of <paramref name="domain"/>. The unspecified address means this
    /// machine; a v4-mapped address is its IPv4 address; the scope is dropped, since policies name addresses without.
    /// </summary>
    /// <param name="domain">AF_INET or AF_INET6.</param>
    /// <param name="endPoint">What it stands for.</param>
    /// <returns>0, or minus the errno that the kernel has for it.</returns>
    public int ToEndPoint(int domain, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        var family = Family;
        if (family < 0)
        {
            return -Errno.EINVAL;
        }

        // KERNEL: IPv4 sockets take AF_UNSPEC for AF_INET in bind and sendto; IPv6 datagram sockets take AF_INET addresses.
        var isV4 = family == AF_INET || (family == AF_UNSPEC && domain == AF_INET);
        if ((!isV4 && family != AF_INET6) || (domain == AF_INET && !isV4))
        {
            return -Errno.EAFNOSUPPORT;
        }

        if (Bytes.Length < (isV4 ? InetLength : Inet6MinLength))
        {
            return -Errno.EINVAL;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]);
        var address = new IPAddress(isV4 ? Bytes.Slice(4, 4) : Bytes.Slice(8, 16));
        endPoint = new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
        return 0;
    }

    /// <summary>Interprets a unix address.</summary>
    public UnixName ToUnixName()
    {
        if (Family != AF_UNIX)
        {
            return new UnixName(UnixNameKind.Invalid, default);
        }

        var name = Bytes[FamilyLength..];
        if (name.IsEmpty)
        {
            return new UnixName(UnixNameKind.Unnamed, default);
        }

        if (name.Length > UnixName.MaxLength)
        {
            return new UnixName(UnixNameKind.Invalid, default);
        }

        if (name[0] == 0)
        {
            return new UnixName(UnixNameKind.Abstract, name[1..]);
        }

        var end = name.IndexOf((byte)0);
        return new UnixName(UnixNameKind.Path, end < 0 ? name : name[..end]);
    }

    /// <summary>The unix address of a path; PRECONDITION: it fits.</summary>
    public static SocketAddress OfUnixPath(ReadOnlySpan<byte> path)
    {
        var bytes = new byte[FamilyLength + path.Length + 1];
        MemoryMarshal.Write(bytes, (ushort)AF_UNIX);
        path.CopyTo(bytes.AsSpan(FamilyLength));
        return new SocketAddress(bytes);
    }
}

/// <summary>The kinds of names a unix socket can have (unix(7)).</summary>
internal enum UnixNameKind
{
    Invalid,
    Unnamed,
    Path,
    Abstract,
}

/// <summary>A unix socket's name; of an abstract one, without the leading zero byte.</summary>
internal readonly ref struct UnixName(UnixNameKind kind, ReadOnlySpan<byte> bytes)
{
    /// <summary><c>sizeof(sun_path)</c>.</summary>
    public const int MaxLength = 108;

    public UnixNameKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The name as policies write it: <c>@name</c>.</summary>
    public byte[] ToPolicyName() => [(byte)'@', .. Bytes];
}
