namespace Leash.Benchmarks.Gateway;

/// <summary>A way to the origin server: none between, or one of the programs that are compared.</summary>
/// <param name="name">Column title.</param>
/// <param name="originPort">Where the origin server listens.</param>
/// <param name="start">Starts the program between; null for the direct way.</param>
internal sealed class Column(string name, int originPort, Func<Child>? start) : IDisposable
{
    private Child? _between = start?.Invoke();

    public string Name { get; } = name;

    public int OriginPort { get; } = originPort;

    /// <summary>Where to connect to.</summary>
    public int Port => _between?.Port ?? OriginPort;

    /// <summary>The program between; null for the direct way.</summary>
    public Child? Between => _between;

    /// <summary>What requests name, whoever is connected to.</summary>
    public string HostHeader(string host) => $"{host}:{OriginPort}";

    /// <summary>Starts the program anew, so that it has done nothing before.</summary>
    public void Restart()
    {
        _between?.Dispose();
        _between = start?.Invoke();
    }

    public void Dispose() => _between?.Dispose();
}
