using System.Runtime.InteropServices;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>
/// A message as the caller described it: address, vectors and control data are copied once; the payload stays in the caller's memory
/// until it is sent, since nothing is decided on it.
/// </summary>
internal sealed unsafe class OutgoingMessage : IDisposable
{
    private const int MaxVectors = 1024;
    private const int MaxControl = 65_536;
    private const int MaxPassed = 253;
    private const ulong MaxLength = 0x7ffff000;

    private readonly List<int> _passed = [];
    private IoVec[] _vectors = [];

    /// <summary>The destination; empty when there is none.</summary>
    public SocketAddress Name { get; set; }

    /// <summary>Control data for the kernel, its descriptors replaced by duplicates of this process.</summary>
    public byte[] Control { get; private set; } = [];

    /// <summary>Payload bytes.</summary>
    public ulong Length { get; private set; }

    /// <summary>A message of <c>sendto</c>.</summary>
    public static OutgoingMessage ForBuffer(ulong data, ulong length, SocketAddress name)
    {
        var capped = Math.Min(length, MaxLength);
        return new OutgoingMessage { Name = name, Length = capped, _vectors = [new IoVec { iov_base = (nint)data, iov_len = (nuint)capped }] };
    }

    /// <summary>Copies what a <c>struct msghdr</c> points to, except the payload. 0, or minus an errno as the kernel's copy would fail.</summary>
    public static int Read(SyscallContext context, ISocketAccess access, HeldSocket socket, in MsgHdr header, out OutgoingMessage message)
    {
        message = new OutgoingMessage();
        if (header.msg_namelen < 0)
        {
            return -Errno.EINVAL;
        }

        // KERNEL: a longer name is cut, not refused (net/socket.c, __copy_msghdr).
        var nameLength = header.msg_name == 0 ? 0 : Math.Min(header.msg_namelen, SocketAddress.MaxLength);
        var error = SocketAddress.Read(context, (ulong)header.msg_name, nameLength, out var name);
        message.Name = name;
        error = error < 0 ? error : message.ReadVectors(context, header);
        return error < 0 ? error : message.ReadControl(context, access, socket, header);
    }

    /// <summary>Copies payload bytes from <paramref name="offset"/> on; 0 or minus EFAULT.</summary>
    public int CopyPayload(SyscallContext context, ulong offset, Span<byte> destination)
    {
        foreach (var vector in _vectors)
        {
            if (destination.IsEmpty)
            {
                break;
            }

            if (offset >= vector.iov_len)
            {
                offset -= vector.iov_len;
                continue;
            }

            var count = (int)Math.Min(vector.iov_len - offset, (ulong)destination.Length);

            // SAFETY: `count` is at most the span's length.
            fixed (byte* pointer = destination)
            {
                var error = context.ReadMemory((ulong)vector.iov_base + offset, pointer, count);
                if (error < 0)
                {
                    return error;
                }
            }

            destination = destination[count..];
            offset = 0;
        }

        return 0;
    }

    public void Dispose()
    {
        foreach (var fd in _passed)
        {
            Kernel.Close(fd);
        }

        _passed.Clear();
    }

    private int ReadVectors(SyscallContext context, in MsgHdr header)
    {
        if (header.msg_iovlen > MaxVectors)
        {
            return -Errno.EMSGSIZE;
        }

        _vectors = new IoVec[(int)header.msg_iovlen];
        if (_vectors.Length == 0)
        {
            return 0;
        }

        // SAFETY: the array has exactly that many elements.
        fixed (IoVec* pointer = _vectors)
        {
            var error = context.ReadMemory((ulong)header.msg_iov, (byte*)pointer, _vectors.Length * sizeof(IoVec));
            if (error < 0)
            {
                return error;
            }
        }

        for (var i = 0; i < _vectors.Length; i++)
        {
            if ((nint)_vectors[i].iov_len < 0)
            {
                return -Errno.EINVAL;
            }

            _vectors[i].iov_len = Math.Min(_vectors[i].iov_len, (nuint)(MaxLength - Length));
            Length += _vectors[i].iov_len;
        }

        return 0;
    }

    private int ReadControl(SyscallContext context, ISocketAccess access, HeldSocket socket, in MsgHdr header)
    {
        if (header.msg_control == 0 || header.msg_controllen == 0 || socket.Domain == AF_NETLINK)
        {
            return 0;
        }

        if (header.msg_controllen > MaxControl)
        {
            return -Errno.ENOBUFS;
        }

        var raw = new byte[(int)header.msg_controllen];

        // SAFETY: the array has that many bytes.
        fixed (byte* pointer = raw)
        {
            var error = context.ReadMemory((ulong)header.msg_control, pointer, raw.Length);
            if (error < 0)
            {
                return error;
            }
        }

        var kept = new List<byte>(raw.Length);
        for (var at = 0; raw.Length - at >= sizeof(CMsgHdr);)
        {
            var item = MemoryMarshal.Read<CMsgHdr>(raw.AsSpan(at));
            if (item.cmsg_len < (nuint)sizeof(CMsgHdr) || item.cmsg_len > (nuint)(raw.Length - at))
            {
                return -Errno.EINVAL;
            }

            var length = (int)item.cmsg_len;
            var error = Keep(context, access, socket, item, raw.AsSpan(at, length), kept);
            if (error < 0)
            {
                return error;
            }

            at += (length + 7) & ~7;
        }

        Control = [.. kept];
        return 0;
    }

    private int Keep(SyscallContext context, ISocketAccess access, HeldSocket socket, in CMsgHdr item, Span<byte> bytes, List<byte> kept)
    {
        if (item.cmsg_level == SOL_SOCKET)
        {
            switch (item.cmsg_type)
            {
                case SCM_RIGHTS when socket.Domain == AF_UNIX:
                    var error = Translate(context, access, bytes[sizeof(CMsgHdr)..]);
                    if (error < 0)
                    {
                        return error;
                    }

                    break;
                // The kernel attaches the sender's credentials itself, and the sender is the supervisor: the caller's claim cannot be kept.
                case SCM_CREDENTIALS:
                case SCM_RIGHTS:
                    return 0;
                case SO_MARK:
                    return -Errno.EPERM;
            }
        }

        kept.AddRange(bytes);
        while (kept.Count % 8 != 0)
        {
            kept.Add(0);
        }

        return 0;
    }

    private int Translate(SyscallContext context, ISocketAccess access, Span<byte> data)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(data[..(data.Length & ~3)]);
        if (numbers.Length + _passed.Count > MaxPassed)
        {
            return -Errno.EINVAL;
        }

        foreach (ref var number in numbers)
        {
            var duplicate = access.Duplicate(context, number);
            if (duplicate < 0)
            {
                return duplicate;
            }

            _passed.Add(duplicate);
            number = duplicate;
        }

        return 0;
    }
}
