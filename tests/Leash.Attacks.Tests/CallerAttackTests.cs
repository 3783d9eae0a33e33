using Leash.TestHarness;
using static Leash.Attacks.Tests.Attack;

namespace Leash.Attacks.Tests;

/// <summary>Rights that depend on the program that asks, for files, programs and endpoints alike, whichever thread or process makes the call.</summary>
public class CallerAttackTests
{
    private const string Connect = "NetworkConnect";
    private const string Listen = "NetworkListen";
    private const string Exec = "ProcessExec";
    private const string Read = "FileOpenReadOnly";

    private const string Policy = Arena.Plain + Arena.Principals + """
        @id("net-trusted") permit (principal, action == Action::"NetworkConnect", resource == Host::"127.0.0.1")
          when { principal.exe == "{bin}/trusted" && context.port == {ok} };
        @id("net-all") permit (principal, action == Action::"NetworkConnect", resource == Host::"::1") when { context.port == {ok} };
        @id("net-boxed") forbid (principal in Exe::"{bin}/boxed", action == Action::"NetworkConnect", resource);
        @id("listen-trusted") permit (principal, action == Action::"NetworkListen", resource == Host::"127.0.0.1")
          when { principal.exe == "{bin}/trusted" && context.port == {free} };
        @id("run-trusted") permit (principal, action == Action::"ProcessExec", resource == File::"{work}/program")
          when { principal.exe == "{bin}/trusted" };
        """;

    internal static Attack[] Table { get; } =
    [
        new("file of one program", "read {secret}/trusted", "exec {bin}/trusted read {secret}/trusted") { Policy = Policy, Action = Read, Object = "{secret}/trusted" },
        new("program of one program", "exec {work}/program true", "exec {bin}/trusted exec {work}/program true") { Policy = Policy, Action = Exec, Object = "{work}/program" },

        // What one program may.
        Trusted("connect", "tcp 127.0.0.1 {ok}"),
        Trusted("connect of datagrams", "udp-connect 127.0.0.1 {ok}"),
        Trusted("datagram", "udp-sendto 127.0.0.1 {ok}"),
        Trusted("datagrams", "udp-sendmmsg 127.0.0.1 {ok} 127.0.0.1 {ok}"),
        Trusted("fast open", "fastopen-sendmsg 127.0.0.1 {ok}"),
        Trusted("connect by a child", "by-fork tcp 127.0.0.1 {ok}"),
        Trusted("connect by a vforked child", "by-vfork tcp 127.0.0.1 {ok}"),
        Trusted("connect by a thread", "by-thread tcp 127.0.0.1 {ok}"),
        Trusted("datagrams by many threads", "by-threads 40 udp-sendto 127.0.0.1 {ok}"),
        Trusted("listen", "bind-tcp 127.0.0.1 {free}") with { Action = Listen },
        Trusted("bind of datagrams", "bind-udp 127.0.0.1 {free}") with { Action = Listen },

        // What the program is that makes the call, not what its process was.
        Became("becomes another", "become {bin}/attack", "become {bin}/trusted"),
        Became("starts another", "exec {bin}/attack", "exec {bin}/trusted"),
        Became("becomes another in a thread", "by-thread become {bin}/attack", "by-thread become {bin}/trusted"),
        Became("becomes another in a thread that connected", "by-thread then 3 tcp 127.0.0.1 {ok} become {bin}/attack", "by-thread then 3 tcp 127.0.0.1 {ok} become {bin}/trusted"),
        Became("starts another in a child", "by-fork exec {bin}/attack", "by-fork exec {bin}/trusted"),

        // Not whose socket it is.
        new("socket of a trusted program", "exec {bin}/trusted hand 1 exec {bin}/attack connect-handed 127.0.0.1 {ok}", "hand 1 exec {bin}/trusted connect-handed 127.0.0.1 {ok}") { Policy = Policy, Action = Connect },
        new("datagrams by a socket of a trusted program", "exec {bin}/trusted hand 2 exec {bin}/attack connect-handed 127.0.0.1 {ok}", "hand 2 exec {bin}/trusted connect-handed 127.0.0.1 {ok}") { Policy = Policy, Action = Connect },
        new("bind of a trusted program's socket", "exec {bin}/trusted hand 1 exec {bin}/attack bind-handed 127.0.0.1 {free}", "hand 1 exec {bin}/trusted bind-handed 127.0.0.1 {free}") { Policy = Policy, Action = Listen },

        // What one program may not, nor anything that it starts.
        Boxed("boxed connect", "tcp ::1 {ok}"),
        Boxed("boxed datagram", "udp-sendto ::1 {ok}"),
        Boxed("boxed connect by a child", "by-fork tcp ::1 {ok}"),
        Boxed("boxed connect by a vforked child", "by-vfork tcp ::1 {ok}"),
        Boxed("boxed connect by a thread", "by-thread tcp ::1 {ok}"),
        Boxed("boxed program starts one that connects", "exec {bin}/attack tcp ::1 {ok}"),
        Boxed("boxed program becomes another", "become {bin}/attack tcp ::1 {ok}"),
        Boxed("boxed program becomes another in a thread", "by-thread become {bin}/attack tcp ::1 {ok}"),
    ];

    public static TheoryData<string, Who> Rows() => Attacks.Rows(Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attack_IsDenied(string name, Who who)
    {
        using Listeners listeners = new();
        Attacks.Check(Table, name, who, arena => AttackPlaces.Fill(arena, listeners));
    }

    // The same by a program that may.
    private static Attack Trusted(string name, string command) =>
        new($"untrusted {name}", command, $"exec {{bin}}/trusted {command}") { Policy = Policy, Action = Connect };

    // A trusted program that connected goes on as another one.
    private static Attack Became(string name, string command, string twin) =>
        new($"trusted program {name}", After(command), After(twin)) { Policy = Policy, Action = Connect };

    private static string After(string command) => $"exec {{bin}}/trusted then 3 tcp 127.0.0.1 {{ok}} {command} tcp 127.0.0.1 {{ok}}";

    private static Attack Boxed(string name, string command) =>
        new(name, $"exec {{bin}}/boxed {command}", command) { Policy = Policy, Action = Connect, By = "net-boxed" };
}
