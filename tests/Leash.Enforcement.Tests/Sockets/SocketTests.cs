using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Leash.Enforcement.Seccomp;

namespace Leash.Enforcement.Tests.Sockets;

public sealed class SocketTests
{
    private const string Loopback = """permit (principal, action == Action::"NetworkConnect", resource in Cidr::"127.0.0.0/8");""";
    private const string LoopbackV6 = """permit (principal, action == Action::"NetworkConnect", resource in Host::"::1");""";
    private const string AnyListen = """permit (principal, action == Action::"NetworkListen", resource);""";

    private static TcpListener Listen(IPAddress? address = null)
    {
        TcpListener listener = new(address ?? IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static UdpClient Receiver(IPAddress? address = null)
    {
        UdpClient receiver = new(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        receiver.Client.ReceiveTimeout = 5000;
        return receiver;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static string Receive(UdpClient receiver)
    {
        IPEndPoint? from = null;
        return Encoding.ASCII.GetString(receiver.Receive(ref from));
    }

    [Fact]
    public void TcpConnect_PermittedAddress_Connects()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        SocketRun run = SocketSession.Run(Loopback, $"socket inet stream 0 connect 127.0.0.1 {port} getpeer flags send hello");
        using TcpClient accepted = listener.AcceptTcpClient();
        byte[] data = new byte[5];
        accepted.GetStream().ReadExactly(data);
        Assert.Equal("hello", Encoding.ASCII.GetString(data));
        Assert.Equal(["socket=0", "connect=0", $"getpeer=127.0.0.1:{port}", "flags=0", "send=5"], run.Lines);
        Assert.Contains($"allow NetworkConnect 127.0.0.1:{port}/tcp permit", run.Records);
    }

    [Fact]
    public void TcpConnect_DeniedAddress_IsEaccesAndSendsNothing()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        SocketRun run = SocketSession.Run("", $"socket inet stream 0 connect 127.0.0.1 {port}");
        Assert.Equal("EACCES", run["connect"]);
        Assert.False(listener.Pending());
        Assert.Contains($"deny NetworkConnect 127.0.0.1:{port}/tcp no_permit", run.Records);
    }

    [Fact]
    public void TcpConnect_ShadowMode_HappensAndIsRecorded()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        SocketRun run = new SocketSession { Mode = EnforcementMode.Shadow }.Run($"socket inet stream 0 connect 127.0.0.1 {port}");
        Assert.Equal("0", run["connect"]);
        Assert.Contains($"would_deny NetworkConnect 127.0.0.1:{port}/tcp no_permit", run.Records);
    }

    [Fact]
    public void TcpConnect_NothingListens_IsRefusedAsWithoutSupervision() =>
        Assert.Equal("ECONNREFUSED", SocketSession.Run(Loopback, "socket inet stream 0 connect 127.0.0.1 1")["connect"]);

    [Fact]
    public void TcpConnect_NonBlocking_IsInProgressAndThenDone()
    {
        using TcpListener listener = Listen();
        SocketRun run = SocketSession.Run(Loopback, $"socket inet stream 0 nonblock connect 127.0.0.1 {Port(listener.Server)} finish flags");
        Assert.Equal(["socket=0", "connect=EINPROGRESS", "finish=0", "flags=1"], run.Lines);
    }

    [Fact]
    public void TcpConnect_UnspecifiedAddress_IsDecidedAsLoopback()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        Assert.Equal("0", SocketSession.Run(Loopback, $"socket inet stream 0 connect 0.0.0.0 {port}")["connect"]);
        Assert.Equal("EACCES", SocketSession.Run(LoopbackV6, $"socket inet stream 0 connect 0.0.0.0 {port}")["connect"]);
    }

    [Fact]
    public void TcpConnect_MappedAddress_IsDecidedAsIPv4()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        Assert.Equal("0", SocketSession.Run(Loopback, $"socket inet6 stream 0 connect ::ffff:127.0.0.1 {port}")["connect"]);
        Assert.Equal("EACCES", SocketSession.Run(LoopbackV6, $"socket inet6 stream 0 connect ::ffff:127.0.0.1 {port}")["connect"]);
    }

    [Fact]
    public void TcpConnect_IPv6_IsDecided()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        using TcpListener listener = Listen(IPAddress.IPv6Loopback);
        int port = Port(listener.Server);
        Assert.Equal("0", SocketSession.Run(LoopbackV6, $"socket inet6 stream 0 connect ::1 {port}")["connect"]);
        Assert.Equal("EACCES", SocketSession.Run(Loopback, $"socket inet6 stream 0 connect ::1 {port}")["connect"]);
    }

    [Fact]
    public void TcpConnect_ByPort_IsDecided()
    {
        using TcpListener good = Listen();
        using TcpListener bad = Listen();
        string policy = $"permit (principal, action == Action::\"NetworkConnect\", resource in Host::\"127.0.0.1:{Port(good.Server)}\");";
        Assert.Equal("0", SocketSession.Run(policy, $"socket inet stream 0 connect 127.0.0.1 {Port(good.Server)}")["connect"]);
        Assert.Equal("EACCES", SocketSession.Run(policy, $"socket inet stream 0 connect 127.0.0.1 {Port(bad.Server)}")["connect"]);
    }

    [Fact]
    public void TcpConnect_ByName_IsDecidedAndRecordedWithTheName()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        SocketSession session = new()
        {
            Policy = """permit (principal, action == Action::"NetworkConnect", resource in Host::"*.example.com");""",
            NamesFor = address => address.Equals(IPAddress.Loopback) ? ["api.example.com"] : ImmutableArray<string>.Empty,
        };
        SocketRun run = session.Run($"socket inet stream 0 connect 127.0.0.1 {port} socket inet stream 0 connect 127.0.0.2 {port}");
        Assert.Equal(["socket=0", "connect=0", "socket=0", "connect=EACCES"], run.Lines);
        Assert.Contains($"allow NetworkConnect api.example.com(127.0.0.1):{port}/tcp permit", run.Records);
    }

    [Fact]
    public void Connect_BadArguments_FailAsInLinux()
    {
        SocketRun run = SocketSession.Run(Loopback, "socket inet stream 0 connectshort 8 connectshort 200 connectshort -1 connectbad connectunspec close connect 127.0.0.1 1");
        Assert.Equal(["socket=0", "connectshort=EINVAL", "connectshort=EINVAL", "connectshort=EINVAL", "connectbad=EFAULT", "connectunspec=0", "connect=EBADF"], run.Lines);
    }

    [Fact]
    public void FastOpen_IsDecidedLikeAConnect()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        SocketRun run = SocketSession.Run(Loopback, $"socket inet stream 0 fastopen 127.0.0.1 {port} early");
        Assert.Equal("5", run["fastopen"]);
        Assert.Equal("EACCES", SocketSession.Run("", $"socket inet stream 0 fastopen 127.0.0.1 {port} early")["fastopen"]);
        using TcpClient accepted = listener.AcceptTcpClient();
        byte[] data = new byte[5];
        accepted.GetStream().ReadExactly(data);
        Assert.Equal("early", Encoding.ASCII.GetString(data));
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("sendto")]
    [InlineData("sendmsg")]
    public void UdpSend_ByAddress_IsDecided(string call)
    {
        using UdpClient good = Receiver();
        using UdpClient bad = Receiver(IPAddress.Parse("127.0.0.2"));
        string policy = """permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1") when { context.protocol == "udp" };""";
        SocketRun run = SocketSession.Run(
            policy, $"socket inet dgram 0 {call} 127.0.0.1 {Port(good.Client)} hello {call} 127.0.0.2 {Port(bad.Client)} leak {call} 127.0.0.1 {Port(good.Client)} again");
        Assert.Equal(["socket=0", $"{call}=5", $"{call}=EACCES", $"{call}=5"], run.Lines);
        Assert.Equal("hello", Receive(good));
        Assert.Equal("again", Receive(good));
        Assert.Equal(0, bad.Available);
        Assert.Contains($"deny NetworkConnect 127.0.0.2:{Port(bad.Client)}/udp no_permit", run.Records);
    }

    [Fact]
    public void UdpSend_MappedAndUnspecifiedFamily_AreDecidedAsIPv4()
    {
        using UdpClient receiver = Receiver();
        int port = Port(receiver.Client);
        SocketRun allowed = SocketSession.Run(Loopback, $"socket inet6 dgram 0 sendto ::ffff:127.0.0.1 {port} m6 sendto 127.0.0.1 {port} v4 socket inet dgram 0 sendtounspec 127.0.0.1 {port}");
        Assert.Equal(["socket=0", "sendto=2", "sendto=2", "socket=0", "sendtounspec=1"], allowed.Lines);
        Assert.Equal(["m6", "v4", "u"], new[] { Receive(receiver), Receive(receiver), Receive(receiver) });
        SocketRun denied = SocketSession.Run(LoopbackV6, $"socket inet6 dgram 0 sendto ::ffff:127.0.0.1 {port} m6 sendto 127.0.0.1 {port} v4 socket inet dgram 0 sendtounspec 127.0.0.1 {port}");
        Assert.Equal(["socket=0", "sendto=EACCES", "sendto=EACCES", "socket=0", "sendtounspec=EACCES"], denied.Lines);
        Assert.Equal(0, receiver.Available);
    }

    [Fact]
    public void UdpConnect_ThenSend_NeedsOneDecision()
    {
        using UdpClient receiver = Receiver();
        int port = Port(receiver.Client);
        Assert.Equal(["socket=0", "connect=0", "send=2"], SocketSession.Run(Loopback, $"socket inet dgram 0 connect 127.0.0.1 {port} send hi").Lines);
        Assert.Equal("hi", Receive(receiver));
        Assert.Equal(["socket=0", "connect=EACCES", "send=EDESTADDRREQ"], SocketSession.Run("", $"socket inet dgram 0 connect 127.0.0.1 {port} send hi").Lines);
    }

    [Fact]
    public void SendMany_StopsAtTheFirstDenied()
    {
        using UdpClient receiver = Receiver();
        int port = Port(receiver.Client);
        string policy = """permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1");""";
        Assert.Equal(["socket=0", "sendmmsg=3", "lengths=4,4,4"], SocketSession.Run(policy, $"socket inet dgram 0 sendmmsg 127.0.0.1 127.0.0.1 {port}").Lines);
        Assert.Equal(["socket=0", "sendmmsg=1", "lengths=4,0,0"], SocketSession.Run(policy, $"socket inet dgram 0 sendmmsg 127.0.0.1 127.0.0.9 {port}").Lines);
        Assert.Equal(["socket=0", "sendmmsg=EACCES", "lengths=0,0,0"], SocketSession.Run(policy, $"socket inet dgram 0 sendmmsg 127.0.0.9 127.0.0.1 {port}").Lines);
    }

    [Fact]
    public void Send_AddressChangedInMemoryMeanwhile_NeverReachesTheDenied()
    {
        using UdpClient good = Receiver();
        int port = Port(good.Client);
        using UdpClient bad = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        string policy = """permit (principal, action == Action::"NetworkConnect", resource in Host::"127.0.0.1");""";
        SocketRun run = SocketSession.Run(policy, $"socket inet dgram 0 race 127.0.0.1 127.0.0.2 {port} 20000");
        Assert.Equal("done", run["race"]);
        Assert.Contains(run.Records, record => record.StartsWith("deny NetworkConnect 127.0.0.2", StringComparison.Ordinal));
        Assert.Equal(0, bad.Available);
    }

    [Fact]
    public void Dns_AnyServer_IsRedirectedToTheResolver()
    {
        using UdpClient resolver = Receiver();
        using TcpListener tcp = new(IPAddress.Loopback, Port(resolver.Client));
        tcp.Start();
        SocketSession session = new() { Resolver = (IPEndPoint)resolver.Client.LocalEndPoint! };
        SocketRun run = session.Run(
            "socket inet dgram 0 sendto 203.0.113.1 53 one socket inet dgram 0 connect 203.0.113.1 53 send two "
            + "socket inet6 dgram 0 sendto 2001:db8::1 53 three socket inet stream 0 connect 203.0.113.1 53 socket inet dgram 0 sendto 203.0.113.1 54 no");
        Assert.Equal(["socket=0", "sendto=3", "socket=0", "connect=0", "send=3", "socket=0", "sendto=5", "socket=0", "connect=0", "socket=0", "sendto=EACCES"], run.Lines);
        Assert.Equal(["one", "two", "three"], new[] { Receive(resolver), Receive(resolver), Receive(resolver) });
        Assert.True(tcp.Pending());
    }

    [Fact]
    public void Listen_IsDecidedAtBindAndForUnboundSocketsAtListen()
    {
        string policy = """permit (principal, action == Action::"NetworkListen", resource in Cidr::"127.0.0.0/8");""";
        int free = FreePort();
        SocketRun allowed = SocketSession.Run(policy, $"socket inet stream 0 reuse bind 127.0.0.1 {free} listen 5 socket inet stream 0 bind 127.0.0.1 0 listen 5");
        Assert.Equal(["socket=0", "bind=0", "listen=0", "socket=0", "bind=0", "listen=0"], allowed.Lines);
        SocketRun denied = SocketSession.Run(
            policy, $"socket inet stream 0 bind 0.0.0.0 {free} socket inet stream 0 bind 0.0.0.0 0 listen 5 socket inet stream 0 listen 5 socket inet6 stream 0 bind :: {free} socket inet dgram 0 bind 0.0.0.0 {free} bind 0.0.0.0 0");
        Assert.Equal(
            ["socket=0", "bind=EACCES", "socket=0", "bind=0", "listen=EACCES", "socket=0", "listen=EACCES", "socket=0", "bind=EACCES", "socket=0", "bind=EACCES", "bind=0"],
            denied.Lines);
        Assert.Contains($"deny NetworkListen 0.0.0.0:{free}/tcp no_permit", denied.Records);
        Assert.Contains($"deny NetworkListen [::]:{free}/tcp no_permit".Replace("[", "").Replace("]", ""), denied.Records);
    }

    [Fact]
    public void Bind_AddressInUse_FailsAsInLinux()
    {
        using TcpListener listener = Listen();
        Assert.Equal("EADDRINUSE", SocketSession.Run(AnyListen, $"socket inet stream 0 bind 127.0.0.1 {Port(listener.Server)}")["bind"]);
    }

    [Theory]
    [InlineData("inet raw 1", "EPERM")]
    [InlineData("inet6 raw 58", "EPERM")]
    [InlineData("inet dgram 1", "EACCES")]
    [InlineData("inet stream 262", "EPROTONOSUPPORT")]
    [InlineData("inet stream 132", "EPROTONOSUPPORT")]
    [InlineData("inet seqpacket 0", "ESOCKTNOSUPPORT")]
    [InlineData("inet dgram 136", "EPROTONOSUPPORT")]
    [InlineData("packet raw 768", "EPERM")]
    [InlineData("packet dgram 0", "EPERM")]
    [InlineData("netlink raw 9", "EPROTONOSUPPORT")]
    [InlineData("netlink raw 15", "EPROTONOSUPPORT")]
    [InlineData("netlink dgram 4", "EPROTONOSUPPORT")]
    [InlineData("vsock stream 0", "EAFNOSUPPORT")]
    [InlineData("alg seqpacket 0", "EAFNOSUPPORT")]
    [InlineData("bluetooth raw 1", "EAFNOSUPPORT")]
    [InlineData("44 raw 0", "EAFNOSUPPORT")]
    public void Socket_KindWithoutPolicy_IsRefused(string kind, string error)
    {
        SocketRun run = SocketSession.Run(Loopback, $"socket {kind}");
        Assert.Equal(error, run["socket"]);
        Assert.Contains(run.Records, record => record.StartsWith("deny - ", StringComparison.Ordinal) && record.Contains(" structural ", StringComparison.Ordinal));
    }

    [Fact]
    public void Netlink_Route_Works() =>
        Assert.Equal(["nlbind=0", "nlsend=20", "nlrecv=1"], SocketSession.Run("", "netlink").Lines);

    [Fact]
    public void UnixConnect_PathAndAbstract_AreDecided()
    {
        string directory = Directory.CreateTempSubdirectory("leash-unix-").FullName;
        string path = directory + "/s.sock";
        using Socket server = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen(5);
        File.CreateSymbolicLink(directory + "/link", path);
        string name = "leash-test-" + Guid.NewGuid().ToString("N");
        using Socket hidden = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        hidden.Bind(new UnixDomainSocketEndPoint("\0" + name));
        hidden.Listen(5);
        string policy = $$"""
            permit (principal, action == Action::"UnixConnect", resource == File::"{{path}}");
            permit (principal, action == Action::"UnixConnect", resource == File::"@{{name}}");
            """;
        string operations = $"socket unix stream 0 connectunix {path} socket unix stream 0 connectunix {directory}/link socket unix stream 0 connectunix @{name} socket unix stream 0 connectunix {directory}/none";
        Assert.Equal(["socket=0", "connectunix=0", "socket=0", "connectunix=0", "socket=0", "connectunix=0", "socket=0", "connectunix=ENOENT"], SocketSession.Run(policy, operations).Lines);
        SocketRun denied = SocketSession.Run("", operations);
        Assert.Equal(["socket=0", "connectunix=EACCES", "socket=0", "connectunix=EACCES", "socket=0", "connectunix=EACCES", "socket=0", "connectunix=ENOENT"], denied.Lines);
        Assert.Contains($"deny UnixConnect {path} no_permit", denied.Records);
        Assert.Contains($"deny UnixConnect @{name} no_permit", denied.Records);
    }

    [Fact]
    public void UnixBind_CreatesWithTheCallersMask()
    {
        string directory = Directory.CreateTempSubdirectory("leash-unix-").FullName;
        string policy = $"permit (principal, action in [Action::\"FileCreate\", Action::\"UnixConnect\"], resource in Dir::\"{directory}\");";
        string path = directory + "/made.sock";
        SocketRun run = SocketSession.Run(policy, $"umask 027 socket unix stream 0 bindunix {path} listen 3 statmode {path} socket unix stream 0 connectunix {path} socket unix stream 0 bindunix {path}");
        Assert.Equal(["socket=0", "bindunix=0", "listen=0", "statmode=750", "socket=0", "connectunix=0", "socket=0", "bindunix=EADDRINUSE"], run.Lines);
        Assert.Equal("EACCES", SocketSession.Run("", $"socket unix stream 0 bindunix {directory}/other.sock")["bindunix"]);
        Assert.False(File.Exists(directory + "/other.sock"));
    }

    [Fact]
    public void UnixDatagram_ByPathAndAbstract_IsDecided()
    {
        string directory = Directory.CreateTempSubdirectory("leash-unix-").FullName;
        using Socket receiver = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        receiver.Bind(new UnixDomainSocketEndPoint(directory + "/d.sock"));
        string policy = $"permit (principal, action == Action::\"UnixConnect\", resource in Dir::\"{directory}\");";
        Assert.Equal("4", SocketSession.Run(policy, $"socket unix dgram 0 sendtounix {directory}/d.sock")["sendtounix"]);
        byte[] data = new byte[10];
        Assert.Equal(4, receiver.Receive(data));
        Assert.Equal("EACCES", SocketSession.Run("", $"socket unix dgram 0 sendtounix {directory}/d.sock")["sendtounix"]);
        Assert.Equal("EACCES", SocketSession.Run(policy, "socket unix dgram 0 sendtounix @nobody")["sendtounix"]);
        Assert.Equal(0, receiver.Available);
    }

    [Fact]
    public void AbstractBind_AndSocketPairs_Work()
    {
        string name = "leash-test-" + Guid.NewGuid().ToString("N");
        SocketRun run = SocketSession.Run("", $"socket unix stream 0 bindunix @{name} listen 1 socketpair unix dgram send pair socketpair unix seqpacket send pair");
        Assert.Equal(["socket=0", "bindunix=0", "listen=0", "socketpair=0", "send=4", "socketpair=0", "send=4"], run.Lines);
    }

    [Fact]
    public void SendMessage_PassesDescriptors() => Assert.Equal("through", SocketSession.Run("", "passfd")["passfd"]);

    [Fact]
    public void SendMessage_TenMebibytes_ArriveWhole() =>
        Assert.Equal(["sendbig=10485760", "received=0"], SocketSession.Run("", "sendbig 10485760").Lines);

    [Fact]
    public void SendMessage_PeerGone_SignalsTheCallerUnlessAskedNot() =>
        Assert.Equal(["sigpipe=EPIPE", "signalled=1", "sigpipe=EPIPE", "signalled=0"], SocketSession.Run("", "sigpipe nosigpipe").Lines);

    [Fact]
    public void SendMessage_CaughtSignal_EndsTheWait() =>
        Assert.Equal("partly signal=1", SocketSession.Run("", "interrupted")["interrupted"]);

    [Fact]
    public void Brokered_StreamsWorkAndDatagramsAreRefused()
    {
        using TcpListener listener = Listen();
        int port = Port(listener.Server);
        SocketSession session = new() { Policy = Loopback + AnyListen, Brokered = true };
        SocketRun run = session.Run(
            $"socket inet stream 0 connect 127.0.0.1 {port} send hi socket inet stream 0 connect 127.0.0.1 1 connect 203.0.113.1 80 "
            + $"socket inet stream 0 bind 127.0.0.1 0 listen 4 socket inet dgram 0 socket inet stream 0 fastopen 127.0.0.1 {port} x "
            + "socketpair unix dgram socketpair unix stream passfd netlink");
        Assert.Equal(
            [
                "socket=0", "connect=0", "send=2", "socket=0", "connect=ECONNREFUSED", "connect=EACCES", "socket=0", "bind=0", "listen=0", "socket=EPERM",
                "socket=0", "fastopen=EOPNOTSUPP", "socketpair=EPERM", "socketpair=0", "passfd=through", "nlbind=0", "nlsend=20", "nlrecv=1",
            ],
            run.Lines);
    }

    [Fact]
    public void Brokered_AbandonedSocket_GivesItsPortBack()
    {
        int port = FreePort();
        SocketRun run = new SocketSession { Policy = AnyListen, Brokered = true }.Run($"socket inet stream 0 bind 127.0.0.1 {port} close socket inet stream 0 bind 127.0.0.1 {port}");
        Assert.Equal(["socket=0", "bind=0", "socket=0", "bind=0"], run.Lines);
    }

    private static int FreePort()
    {
        using TcpListener probe = Listen();
        return Port(probe.Server);
    }
}
