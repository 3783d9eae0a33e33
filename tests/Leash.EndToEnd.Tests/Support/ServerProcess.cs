using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A server that people use, as its place's account.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly byte[] s_network = [(byte)RandomNumberGenerator.GetInt32(64, 128), (byte)RandomNumberGenerator.GetInt32(256)];
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _isReady = new();

    private ServerProcess(Process process) => _process = process;

    /// <summary>Loopback addresses that nothing else listens on, so that servers have their usual ports there.</summary>
    public static IPAddress[] UnusedAddresses(int count) =>
        [.. Enumerable.Range(1, count).Select(last => new IPAddress([127, .. s_network, (byte)last]))];

    /// <summary>Starts it, and waits until it says that it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(Place place, string ready, params IEnumerable<string> command)
    {
        var start = place.StartInfo(command);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        ServerProcess server = new(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Hear(line.Data, ready);
        server._process.ErrorDataReceived += (_, line) => server.Hear(line.Data, ready);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await Task.WhenAny(server._isReady.Task, server._process.WaitForExitAsync()).WaitAsync(s_patience);
            Assert.True(server._isReady.Task.IsCompleted, server._said.ToString());
            return server;
        }
        catch
        {
            server._process.Kill();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // All of them take it for "at once, and in order".
        using var interrupt = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await interrupt.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        _process.Dispose();
    }

    private void Hear(string? line, string ready)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }

        if (line?.Contains(ready, StringComparison.Ordinal) == true)
        {
            _isReady.TrySetResult();
        }
    }
}
