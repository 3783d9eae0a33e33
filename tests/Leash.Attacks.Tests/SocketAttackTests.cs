using Leash.TestHarness;
using static Leash.Attacks.Tests.Attack;

namespace Leash.Attacks.Tests;

/// <summary>Every way to reach an address: only the permitted one is reached.</summary>
public class SocketAttackTests
{
    private const string Connect = "NetworkConnect";
    private const string Listen = "NetworkListen";
    private const string Unix = "UnixConnect";

    private const string Policy = Arena.Plain + """
        @id("net") permit (principal, action == Action::"NetworkConnect", resource)
          when { resource in [Host::"127.0.0.1", Host::"::1"] && context.port == {ok} };
        @id("listen") permit (principal, action == Action::"NetworkListen", resource)
          when { resource in [Host::"127.0.0.1", Host::"::1"] && context.port == {free} };
        @id("abstract") permit (principal, action == Action::"UnixConnect", resource == File::"@leash-tests-{ok}");
        """;

    private static readonly InKernel _unanswered =
        new("the port is known when the socket listens already: its denial is that no connection is answered") { Errnos = [0] };

    internal static Attack[] Table { get; } =
    [
        Net("tcp", "tcp 127.0.0.1 {no}", "tcp 127.0.0.1 {ok}"),
        Net("tcp, not blocking", "tcp-nonblocking 127.0.0.1 {no}", "tcp-nonblocking 127.0.0.1 {ok}"),
        Net("tcp over IPv6", "tcp ::1 {no}", "tcp ::1 {ok}"),
        Net("tcp to a mapped address", "tcp ::ffff:127.0.0.1 {no}", "tcp ::ffff:127.0.0.1 {ok}"),
        Net("tcp to another loopback address", "tcp 127.0.0.2 {ok}", "tcp 127.0.0.1 {ok}"),
        Net("tcp to the unspecified address", "tcp 0.0.0.0 {no}", "tcp 0.0.0.0 {ok}"),
        Net("tcp to the unspecified address of IPv6", "tcp :: {no}", "tcp :: {ok}"),
        Net("tcp to the metadata address", "tcp 169.254.169.254 80", "tcp 127.0.0.1 {ok}"),
        Net("tcp to the mapped metadata address", "tcp ::ffff:169.254.169.254 80", "tcp 127.0.0.1 {ok}"),
        Net("tcp to the metadata address of IPv6", "tcp fd00:ec2::254 80", "tcp 127.0.0.1 {ok}"),
        Net("udp, connected", "udp-connect 127.0.0.1 {no}", "udp-connect 127.0.0.1 {ok}"),
        Net("udp over IPv6, connected", "udp-connect ::1 {no}", "udp-connect ::1 {ok}"),
        Net("udp sendto", "udp-sendto 127.0.0.1 {no}", "udp-sendto 127.0.0.1 {ok}"),
        Net("udp sendto over IPv6", "udp-sendto ::1 {no}", "udp-sendto ::1 {ok}"),
        Net("udp sendto a mapped address", "udp-sendto ::ffff:127.0.0.1 {no}", "udp-sendto ::ffff:127.0.0.1 {ok}"),
        Net("udp sendmsg", "udp-sendmsg 127.0.0.1 {no}", "udp-sendmsg 127.0.0.1 {ok}"),
        Net("udp sendmmsg", "udp-sendmmsg 127.0.0.1 {ok} 127.0.0.1 {no}", "udp-sendmmsg 127.0.0.1 {ok} 127.0.0.1 {ok}"),
        Net("udp, connected, other address per message", "udp-connected-sendto 127.0.0.1 {ok} 127.0.0.1 {no}", "udp-connected-sendto 127.0.0.1 {ok} 127.0.0.1 {ok}"),
        Net("udp, reconnected", "reconnect 127.0.0.1 {ok} 127.0.0.1 {no}", "reconnect 127.0.0.1 {ok} 127.0.0.1 {ok}"),
        Net("fast open", "fastopen 127.0.0.1 {no}", "fastopen 127.0.0.1 {ok}"),
        Net("fast open by sendmsg", "fastopen-sendmsg 127.0.0.1 {no}", "fastopen-sendmsg 127.0.0.1 {ok}"),
        Net("fast open by option", "fastopen-connect 127.0.0.1 {no}", "fastopen-connect 127.0.0.1 {ok}"),

        new("bind of a port", "bind-tcp 127.0.0.1 {other}", "bind-tcp 127.0.0.1 {free}") { Policy = Policy, Action = Listen },
        new("bind of a port on all addresses", "bind-tcp 0.0.0.0 {free}", "bind-tcp 127.0.0.1 {free}") { Policy = Policy, Action = Listen },
        new("bind of a port of IPv6", "bind-tcp ::1 {other}", "bind-tcp ::1 {free}") { Policy = Policy, Action = Listen },
        new("bind of a mapped address", "bind-tcp ::ffff:127.0.0.1 {other}", "bind-tcp 127.0.0.1 {free}") { Policy = Policy, Action = Listen },
        new("bind of a udp port", "bind-udp 127.0.0.1 {other}", "bind-udp 127.0.0.1 {free}") { Policy = Policy, Action = Listen },
        new("listen without bind", "listen-unbound", "bind-tcp 127.0.0.1 {free}") { Policy = Policy, Action = Listen, Kernel = _unanswered },

        Local("unix", "unix {secret}/no.sock", "unix {work}/ok.sock"),
        Local("unix, by name", "unix {work}/docker.sock", "unix {work}/ok.sock") with { By = "no-socket", Object = "{work}/docker.sock" },
        Local("unix through a symlink", "unix-link {secret}/no.sock {work}/l", "unix-link {work}/ok.sock {work}/t") with { Object = "{secret}/no.sock" },
        Local("unix by relative path", "unix-relative {secret} no.sock", "unix-relative {work} ok.sock") with { Object = "{secret}/no.sock" },
        Local("unix through /proc/self/fd", "unix-proc-fd {secret} no.sock", "unix-proc-fd {work} ok.sock") with { Object = "{secret}/no.sock" },
        Local("unix datagram", "unix-datagram {secret}/no.dgram", "unix-datagram {work}/ok.dgram"),
        Local("unix datagram, sendmsg", "unix-datagram-sendmsg {secret}/no.dgram", "unix-datagram-sendmsg {work}/ok.dgram"),
        Local("unix datagram, connected", "unix-datagram-connect {secret}/no.dgram", "unix-datagram-connect {work}/ok.dgram"),
        Local("abstract", "unix @leash-tests-{no}", "unix @leash-tests-{ok}") with { Object = "@leash-tests-{no}" },
        new("bind of a path", "unix-bind {work}/protected/s", "unix-bind {work}/s") { Policy = Policy, Object = "{work}/protected/s", By = "no-write" },
        new("bind of a path outside", "unix-bind {secret}/s", "unix-bind {work}/s") { Policy = Policy, Object = "{secret}/s" },

        Kind("raw", "2 3 1"),
        Kind("raw of IPv6", "10 3 58"),
        Kind("echo request datagrams", "2 2 1"),
        Kind("packet", "17 3 0"),
        Kind("packet datagrams", "17 2 0"),
        Kind("netlink of the audit system", "16 3 9"),
        Kind("netlink of net filter", "16 3 12"),
        Kind("netlink of devices", "16 2 15"),
        Kind("vsock", "40 1 0"),
        Kind("kernel crypto", "38 5 0"),
        Kind("mptcp", "2 1 262"),
        Kind("sctp", "2 1 132"),
        Kind("sctp, many to one", "2 5 132"),
        Kind("dccp", "2 6 33"),
        Kind("udp-lite", "2 2 136"),
        Kind("bluetooth", "31 3 1"),
        Kind("xdp", "44 3 0"),
        Kind("can", "29 3 1"),
        Kind("tipc", "30 1 0"),
        Kind("key management", "15 3 2"),
        Kind("packet, family with high bits", "0x100000011 3 0"),
        Kind("raw, type with high bits", "2 0x100000003 1"),
        Kind("mptcp, protocol with high bits", "2 1 0x100000106"),
    ];

    public static TheoryData<string, Who> Rows() => Attacks.Rows(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attack_IsDenied(string name, Who who)
    {
        using Listeners listeners = new();
        Attacks.Check(Table, name, who, arena =>
        {
            AttackPlaces.Fill(arena, listeners);
            AttackPlaces.Serve(arena, listeners, "ok.sock ok.dgram no.sock no.dgram docker.sock");
        });

        Assert.Equal(0, Enforcer.IsBatch ? AttackPlaces.Forbidden : listeners.Arrived("forbidden"));
    }

    [Fact]
    public void DeniedConnect_FailsAtOnce()
    {
        Assert.SkipWhen(Enforcer.IsBatch, "the start of a session takes longer than what is measured");
        Arena arena = new();
        arena.Places["ok"] = "1";
        arena.Places["free"] = "1";

        var result = arena.Run(Policy, [arena.Expand("{bin}/attack"), "tcp", "169.254.169.254", "80"]);

        Assert.Equal(EACCES, result.Code);
        // Most of it is the start of the session on a busy machine; a packet that is lost takes minutes.
        Assert.InRange(result.Duration.TotalSeconds, 0, 5);
    }

    private static Attack Net(string name, string command, string twin) => new(name, command, twin) { Policy = Policy, Action = Connect };

    private static Attack Local(string name, string command, string twin) => new(name, command, twin) { Policy = Policy, Action = Unix };

    private static Attack Kind(string name, string arguments) => new(name, $"socket {arguments}", "socket 2 1 0")
    {
        Policy = Policy,
        Errnos = [EACCES, EPERM, EPROTONOSUPPORT, EAFNOSUPPORT, ESOCKTNOSUPPORT],
        Syscall = "socket",
    };
}
