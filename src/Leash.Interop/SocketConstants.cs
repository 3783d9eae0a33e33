namespace Leash.Interop;

/// <summary>Numbers of the socket interface (linux/socket.h, asm-generic/socket.h, linux/in.h), equal on x86-64 and AArch64.</summary>
internal static class SocketConstants
{
    public const int AF_UNSPEC = 0;
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;
    public const int AF_PACKET = 17;
    public const int AF_ALG = 38;
    public const int AF_VSOCK = 40;

    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_PACKET = 10;
    public const int SOCK_TYPE_MASK = 0xF;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int IPPROTO_IP = 0;
    public const int IPPROTO_ICMP = 1;
    public const int IPPROTO_TCP = 6;
    public const int IPPROTO_UDP = 17;
    public const int IPPROTO_IPV6 = 41;
    public const int IPPROTO_ICMPV6 = 58;

    public const int SOL_SOCKET = 1;
    public const int SO_TYPE = 3;
    public const int SO_SNDTIMEO = 21;
    public const int SO_PROTOCOL = 38;
    public const int SO_DOMAIN = 39;
    public const int IPV6_V6ONLY = 26;

    public const int SCM_RIGHTS = 1;
    public const int SCM_CREDENTIALS = 2;
    public const int SO_MARK = 36;
    public const int SCM_TXTIME = 61;
    public const int SO_PRIORITY = 12;

    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int MSG_ZEROCOPY = 0x4000000;
    public const int MSG_FASTOPEN = 0x20000000;

    public const int NETLINK_ROUTE = 0;

    public const int F_GETFL = 3;
    public const int F_SETFL = 4;

    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    public const int SIGPIPE = 13;
}
