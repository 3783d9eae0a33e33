using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A session whose command (client.py) connects and sends as it is told.</summary>
internal sealed class ClientSession : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly Process _leash;
    private readonly Task<string> _error;
    private readonly StringBuilder _said = new();

    private ClientSession(Process leash)
    {
        _leash = leash;
        _error = leash.StandardError.ReadToEndAsync();
    }

    public string Id { get; private set; } = "";

    /// <summary>Of leash itself; what starts it becomes it.</summary>
    public int LeashPid => _leash.Id;

    /// <summary>All that came out of it.</summary>
    public async Task<string> SaidAsync() => _said + await _error.WaitAsync(s_patience);

    public static async Task<ClientSession> StartAsync(WebWorld world, IEnumerable<string>? options = null, IReadOnlyDictionary<string, string>? variables = null)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        var script = Path.Join(world.Place.Root, "client.py");
        File.Copy(Path.Join(AppContext.BaseDirectory, "client.py"), script, overwrite: true);
        var start = world.Place.StartInfo(world.Session(options ?? [], ["/usr/bin/python3", script]));
        foreach (var (name, value) in variables ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        ClientSession session = new(Process.Start(start)!);
        try
        {
            session.Id = (await session.ReadAsync()).GetString()!;
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives an order, an anonymous object, and waits for what came of it.</summary>
    public async Task<JsonElement> AskAsync(object order)
    {
        await _leash.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        return await ReadAsync();
    }

    public async Task<string> TextAsync(object order) => (await AskAsync(order)) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    /// <summary>Ends the command, so that the log is whole.</summary>
    public async Task EndAsync()
    {
        _leash.StandardInput.Close();
        await _leash.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(0, _leash.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_leash.HasExited)
        {
            _leash.Kill(entireProcessTree: true);
            await _leash.WaitForExitAsync();
        }

        _leash.Dispose();
    }

    private async Task<JsonElement> ReadAsync()
    {
        var line = await _leash.StandardOutput.ReadLineAsync().WaitAsync(s_patience);
        Assert.True(line is not null, line is null ? await _error : null);
        _said.AppendLine(line);
        return JsonDocument.Parse(line!).RootElement;
    }
}
