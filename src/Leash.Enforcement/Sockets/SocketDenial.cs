using System.Text;
using Leash.Enforcement.Seccomp;
using Leash.Interop;
using static Leash.Interop.SocketConstants;

namespace Leash.Enforcement.Sockets;

/// <summary>Sockets that no policy can open: what leaves this machine through them could not be decided.</summary>
internal static class SocketDenial
{
    /// <summary>Records that a socket of a kind without policy was used (it can only have been inherited); minus EACCES.</summary>
    public static int Domain(SyscallContext context, HeldSocket socket)
    {
        context.DenyStructurally(Errno.EACCES, "no policy governs this kind of socket", Describe(socket.Domain, socket.Type, socket.Protocol));
        return -Errno.EACCES;
    }

    /// <summary>The errno with which <c>socket(2)</c> is refused, or 0 for kinds that are governed.</summary>
    public static int ErrnoFor(int domain, int type, int protocol) => (domain, type & SOCK_TYPE_MASK) switch
    {
        (AF_UNIX, SOCK_STREAM or SOCK_DGRAM or SOCK_SEQPACKET or SOCK_RAW) => 0, // KERNEL: SOCK_RAW is SOCK_DGRAM here
        (AF_INET or AF_INET6, SOCK_STREAM) => protocol is 0 or IPPROTO_TCP ? 0 : Errno.EPROTONOSUPPORT,
        (AF_INET or AF_INET6, SOCK_DGRAM) => protocol switch
        {
            0 or IPPROTO_UDP => 0,
            IPPROTO_ICMP or IPPROTO_ICMPV6 => Errno.EACCES,
            _ => Errno.EPROTONOSUPPORT,
        },
        (AF_INET or AF_INET6, SOCK_RAW or SOCK_PACKET) => Errno.EPERM,
        (AF_INET or AF_INET6, _) => Errno.ESOCKTNOSUPPORT,
        (AF_NETLINK, SOCK_RAW or SOCK_DGRAM) => protocol == NETLINK_ROUTE ? 0 : Errno.EPROTONOSUPPORT,
        (AF_PACKET, _) => Errno.EPERM,
        // As on a kernel that was built without the family: libraries then take their other way.
        _ => Errno.EAFNOSUPPORT,
    };

    public static byte[] Describe(int domain, int type, int protocol)
    {
        var family = domain switch
        {
            AF_UNIX => "AF_UNIX",
            AF_INET => "AF_INET",
            AF_INET6 => "AF_INET6",
            AF_NETLINK => "AF_NETLINK",
            AF_PACKET => "AF_PACKET",
            AF_ALG => "AF_ALG",
            AF_VSOCK => "AF_VSOCK",
            _ => $"family {domain}",
        };
        var kind = (type & SOCK_TYPE_MASK) switch
        {
            SOCK_STREAM => "SOCK_STREAM",
            SOCK_DGRAM => "SOCK_DGRAM",
            SOCK_RAW => "SOCK_RAW",
            SOCK_SEQPACKET => "SOCK_SEQPACKET",
            var other => $"type {other}",
        };
        return Encoding.ASCII.GetBytes($"{family} {kind} protocol {protocol}");
    }
}
