using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>
/// Inside a plain <c>docker run</c>: no capabilities for namespaces, <c>pidfd_getfd</c>, <c>unshare</c> and <c>process_vm_readv</c> refused.
/// </summary>
public sealed class DockerTests(DockerEngine engine) : IClassFixture<DockerEngine>
{
    public static TheoryData<string> Users => ["0:0", "1000:1000"];

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Files_ThePolicyHolds(string user)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? "");
        var ran = await engine.RunAsync(
            "mkdir w && cd w && HOME=/tmp/w /leash/leash -- sh -c 'echo text > file && cat file; cat /etc/shadow; echo x > /etc/passwd; exit 7'; echo code $?",
            "--user", user);
        Assert.True(ran.Out == "text\ncode 7\n", ran.ToString());
        Assert.Contains("FileOpenReadOnly /etc/shadow by cat", ran.Error, StringComparison.Ordinal);
        Assert.Contains("/etc/passwd by", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Programs_RunAndEndWithTheSession(string user)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? "");
        var ran = await engine.RunAsync(
            """
            mkdir w && cd w
            HOME=/tmp/w /leash/leash --quiet -- bash -c 'cp /usr/bin/id mine && ./mine -u; sleep 1000 & (setsid sleep 1000 &); seq 3 | tail -1; kill -0 $$ && echo alive; kill -9 1 2>/dev/null || echo safe'
            for process in /proc/[0-9]*; do read name < $process/comm; [ "$name" = sleep ] && echo "left over"; done; echo end
            """,
            "--user", user);
        Assert.True(ran.Out == $"{user.Split(':')[0]}\n3\nalive\nsafe\nend\n", ran.ToString());
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Sockets_StreamsAreDecidedAndDatagramsRefused(string user)
    {
        Assert.SkipWhen(engine.Missing is not null, engine.Missing ?? "");
        const string Script = """
            import socket, threading
            server = socket.create_server(("127.0.0.1", 0))
            def serve():
                connection, _ = server.accept()
                connection.sendall(connection.recv(100).upper())
                connection.close()
            threading.Thread(target=serve).start()
            client = socket.create_connection(server.getsockname())
            client.sendall(b"hello")
            print(client.recv(100).decode())
            def attempt(act):
                try:
                    act()
                    print("permitted")
                except OSError as error:
                    print(error.errno)
            attempt(lambda: socket.create_connection(("169.254.169.254", 80), 3))
            attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            """;
        var ran = await engine.RunAsync(
            $"mkdir w && cd w && cat > net.py <<'END'\n{Script}\nEND\nHOME=/tmp/w /leash/leash -V -- /usr/bin/python3 net.py", "--user", user);
        Assert.True(ran.Out is "HELLO\n13\n1\n" or "HELLO\n13\n13\n", ran.ToString());
        Assert.Contains("169.254.169.254", ran.Error, StringComparison.Ordinal);
        Assert.Contains("UDP is refused", ran.Error, StringComparison.Ordinal);
    }
}
