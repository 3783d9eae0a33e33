using System.Net;
using System.Net.Sockets;
using Leash.Interop;

namespace Leash.Kernel.Tests.Networks;

/// <summary>System calls on sockets as they are, with their errors; each gives up after two seconds.</summary>
internal static unsafe class Sockets
{
    private const int SO_RCVTIMEO = 20;
    private const int AddressRoom = 128;

    public static long Open(int family, int type, int protocol)
    {
        long socket = Interop.Kernel.Call(SyscallNumber.socket, family, type, protocol);
        if (socket >= 0)
        {
            byte[] seconds = new byte[16];
            seconds[0] = 2;
            SetOption((int)socket, SocketConstants.SOL_SOCKET, SO_RCVTIMEO, seconds);
            SetOption((int)socket, SocketConstants.SOL_SOCKET, SocketConstants.SO_SNDTIMEO, seconds);
        }

        return socket;
    }

    public static long Connect(int socket, IPEndPoint to) => Call(SyscallNumber.connect, socket, to);

    public static long Bind(int socket, IPEndPoint to) => Call(SyscallNumber.bind, socket, to);

    public static long Listen(int socket) => Interop.Kernel.Call(SyscallNumber.listen, socket, 8);

    public static long Send(int socket, IPEndPoint? to, int flags)
    {
        byte[] address = to is null ? [] : Bytes(to);
        byte payload = (byte)'x';
        fixed (byte* name = address)
        {
            // SAFETY: both buffers outlive the call.
            return Interop.Kernel.Call(SyscallNumber.sendto, socket, (nint)(&payload), 1, flags | SocketConstants.MSG_NOSIGNAL, (nint)name, address.Length);
        }
    }

    public static long SetOption(int socket, int level, int name, byte[] value)
    {
        fixed (byte* at = value)
        {
            // SAFETY: the buffer outlives the call.
            return Interop.Kernel.Call(SyscallNumber.setsockopt, socket, level, name, (nint)at, value.Length);
        }
    }

    /// <summary>The sender of the next datagram, or the negative errno.</summary>
    public static string Receive(int socket)
    {
        byte* name = stackalloc byte[AddressRoom];
        byte* payload = stackalloc byte[AddressRoom];
        int length = AddressRoom;

        // SAFETY: the buffers are as long as the call is told.
        long got = Interop.Kernel.Call(SyscallNumber.recvfrom, socket, (nint)payload, AddressRoom, 0, (nint)name, (nint)(&length));
        return got < 0 ? $"{got}" : Parse(new ReadOnlySpan<byte>(name, length));
    }

    /// <summary>What getsockname or getpeername says, or the negative errno.</summary>
    public static string Name(int call, int socket)
    {
        byte* name = stackalloc byte[AddressRoom];
        int length = AddressRoom;

        // SAFETY: the buffer is as long as the call is told.
        long error = Interop.Kernel.Call(call, socket, (nint)name, (nint)(&length));
        return error < 0 ? $"{error}" : Parse(new ReadOnlySpan<byte>(name, length));
    }

    private static long Call(int call, int socket, IPEndPoint to)
    {
        byte[] address = Bytes(to);
        fixed (byte* name = address)
        {
            // SAFETY: the buffer outlives the call.
            return Interop.Kernel.Call(call, socket, (nint)name, address.Length);
        }
    }

    private static byte[] Bytes(IPEndPoint endpoint)
    {
        SocketAddress address = endpoint.Serialize();
        return address.Buffer.Span[..address.Size].ToArray();
    }

    private static string Parse(ReadOnlySpan<byte> name)
    {
        bool isV4 = name[0] == SocketConstants.AF_INET;
        SocketAddress address = new(isV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, name.Length);
        name[2..].CopyTo(address.Buffer.Span[2..]);
        return new IPEndPoint(isV4 ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(address).ToString()!;
    }
}
