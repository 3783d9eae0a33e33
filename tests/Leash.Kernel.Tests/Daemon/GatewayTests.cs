using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Leash.Audit;
using Leash.Bpf.Probing;
using Leash.Bpf.Programs;

namespace Leash.Kernel.Tests.Daemon;

/// <summary>A session whose connections programs in the kernel lead to its gateway, which knows from them where each was going and for which program.</summary>
public sealed class GatewayTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateDirectory($"/srv/leash-test-{Guid.NewGuid():N}");
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        _server.Dispose();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task Requests_AreDecidedForTheProgramThatMadeThem()
    {
        if (BpfProbe.Missing(HookKind.ModifyReturn) is { } missing)
        {
            Assert.Skip($"{missing.Title}: {missing.Detail}");
        }

        _server.Start();
        Task served = Task.Run(Serve);
        int port = ((IPEndPoint)_server.LocalEndpoint).Port;
        string policy = Path.Join(_home.FullName, "p.cedar");
        File.WriteAllText(policy, $$"""
            permit (principal, action in [Action::"FileOpen", Action::"ProcessExec"], resource);
            permit (principal, action == Action::"NetworkConnect", resource) when { context.protocol == "tcp" };
            @id("other") permit (principal, action == Action::"HttpRequest", resource) when { principal.exe == "{{_home.FullName}}/other" && context.path == "/two" };
            @id("one") permit (principal, action == Action::"HttpRequest", resource) when { context.path == "/one" };
            """);
        File.Copy("/bin/bash", Path.Join(_home.FullName, "other"));
        string ask = $$"""ask() { exec 3<>/dev/tcp/127.0.0.1/{{port}}; printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:{{port}}\r\nConnection: close\r\n\r\n' "$1" >&3; read -r -t 100 a <&3; echo "$0 $1 ${a%$'\r'}"; exec 3>&-; }; ask /one; ask /two""";
        string[] words = ["--quiet", "--enforcer", "bpf-modify-return", "--policy", policy, "--workspace", _home.FullName, "--", "bash", "-c", "bash -c \"$1\" bash; ./other -c \"$1\" other", "x", ask];
        ProcessStartInfo start = new(Path.Join(AppContext.BaseDirectory, "leash"), words)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _home.FullName,
        };
        start.Environment["XDG_STATE_HOME"] = _home.FullName;
        using Process leash = Process.Start(start)!;
        Task<string> errors = leash.StandardError.ReadToEndAsync();
        string[] answers = (await leash.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await leash.WaitForExitAsync();

        Assert.True(
            answers.SequenceEqual(["bash /one HTTP/1.1 200 OK", "bash /two HTTP/1.1 403 Forbidden", "other /one HTTP/1.1 200 OK", "other /two HTTP/1.1 200 OK"]),
            string.Join('\n', [.. answers, await errors]));
        AuditEntry[] requests = [.. Entries().Where(entry => entry.Action == "HttpRequest")];
        Assert.Equal(["allow", "deny", "allow", "allow"], requests.Select(entry => entry.Verdict));
        Assert.All(requests, entry => Assert.Equal(("127.0.0.1", port), (entry.Resource, (int)entry.Port)));
        Assert.Equal($"{_home.FullName}/other", requests[^1].Exe);
        Assert.Contains("other", requests[^1].Policies);
        Assert.Equal(3, Entries().Count(entry => entry.Kind == "outcome" && entry.Number("status") == 200));
        _server.Stop();
        await served;
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                using Socket client = _server.AcceptSocket();
                client.Receive(new byte[4096]);
                client.Send(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private List<AuditEntry> Entries()
    {
        string path = Directory.GetFiles(Path.Join(_home.FullName, "leash", "sessions"), "audit.jsonl", SearchOption.AllDirectories).Single();
        using FileStream log = File.OpenRead(path);
        return [.. AuditReader.ReadEntries(log)];
    }
}
