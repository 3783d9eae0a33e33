using System.Diagnostics;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>
/// A Docker daemon of the tests' own, on a socket of its own, without networks. Its containers have Docker's default profile and
/// capabilities; their programs are this machine's, mounted read-only.
/// </summary>
public sealed class DockerEngine : IAsyncLifetime
{
    private const string Image = "leash-tests:empty";
    private const string Client = "/usr/bin/docker";
    private const string Daemon = "/usr/sbin/dockerd";
    private static readonly string[] s_mounts = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc/ssl", "/etc/alternatives"];
    private readonly string _root = Path.Join(Path.GetTempPath(), $"leash-docker-{Environment.ProcessId}");
    private Process? _daemon;

    private string Socket => Path.Join(_root, "docker.sock");

    private string Log => Path.Join(_root, "dockerd.log");

    /// <summary>Why there is no engine here; null when there is one.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Missing = !Accounts.IsRoot ? "a Docker daemon needs root" : !File.Exists(Daemon) || !File.Exists(Client) ? "docker.io is not installed" : null;
        if (Missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(_root);
        var arguments = $"-H unix://{Socket} --data-root {_root}/data --exec-root {_root}/run --pidfile {_root}/pid --bridge=none --iptables=false --ip6tables=false";
        _daemon = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {Daemon} {arguments} >{Log} 2>&1"]));
        for (var attempt = 0; attempt < 150 && Missing is null; attempt++)
        {
            if ((await CommandAsync("info")).Exit == 0)
            {
                await ImportAsync();
                return;
            }

            await Task.Delay(200);
            Missing = _daemon!.HasExited ? $"dockerd ended: {File.ReadLines(Log).LastOrDefault()}" : null;
        }

        Missing ??= "dockerd did not answer within 30 s";
    }

    /// <summary>Runs a shell script in a fresh container that has leash at /leash.</summary>
    internal async Task<Ran> RunAsync(string script, params IEnumerable<string> options)
    {
        var product = Path.GetDirectoryName(new FileInfo(Product.Program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Resolve(Product.Program))!;
        var mounts = s_mounts.Where(Directory.Exists).Append(RuntimeDirectory()).SelectMany(directory => new[] { "-v", $"{directory}:{directory}:ro" });
        return await CommandAsync(
            ["run", "--rm", "--network", "none", .. mounts, "-v", $"{product}:/leash:ro", "-e", $"DOTNET_ROOT={RuntimeDirectory()}",
            "-e", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "-w", "/tmp", .. options, Image, "/bin/sh", "-c", script]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            if (!_daemon.HasExited)
            {
                using var terminate = Process.Start("kill", ["-TERM", $"{_daemon.Id}"]);
                await terminate.WaitForExitAsync();
                await _daemon.WaitForExitAsync();
            }

            _daemon.Dispose();
            Directory.Delete(_root, recursive: true);
        }
    }

    // The product's directory is reached through a link that moves with each build.
    private static string Resolve(string file) =>
        Path.Join(new DirectoryInfo(Path.GetDirectoryName(file)!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetDirectoryName(file)!, Path.GetFileName(file));

    // …/shared/Microsoft.NETCore.App/VERSION/ → …
    private static string RuntimeDirectory() =>
        Path.GetFullPath(Path.Join(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    private async Task ImportAsync()
    {
        var image = Directory.CreateDirectory(Path.Join(_root, "image"));
        foreach (var directory in new[] { "tmp", "etc", "proc", "sys", "dev", "root" })
        {
            image.CreateSubdirectory(directory);
        }

        File.SetUnixFileMode(Path.Join(image.FullName, "tmp"), (UnixFileMode)0b001_111_111_111);
        File.WriteAllText(Path.Join(image.FullName, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n");
        File.WriteAllText(Path.Join(image.FullName, "etc/shadow"), "root:*:1:0:99999:7:::\n");
        File.Copy("/etc/ld.so.cache", Path.Join(image.FullName, "etc/ld.so.cache"));
        var ran = await Ran.ToEndAsync(
            new ProcessStartInfo("sh", ["-c", $"tar -C {image.FullName} -c . | {Client} -H unix://{Socket} import - {Image}"]));
        Assert.True(ran.Exit == 0, ran.ToString());
    }

    private Task<Ran> CommandAsync(params IEnumerable<string> words) =>
        Ran.ToEndAsync(new ProcessStartInfo(Client, ["-H", $"unix://{Socket}", .. words]), seconds: 90);
}
