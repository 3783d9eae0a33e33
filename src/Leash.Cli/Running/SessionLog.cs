using System.Collections.Immutable;
using Leash.Audit;
using Leash.Cli.Daemon;

namespace Leash.Cli.Running;

/// <summary>A session's log, written by this process or, for a session that the daemon holds, by the daemon.</summary>
internal sealed class SessionLog(string path, TimeProvider time, Action<string> onFailure) : IAuditSink, IDisposable
{
    private readonly AuditWriter _own = new(path, header: null, time, onFailure);
    private volatile DaemonLink? _daemon;

    public string Path => path;

    /// <summary>What was recorded. Complete after <see cref="Close"/>.</summary>
    public AuditTally Tally { get; private set; } = new();

    /// <summary>Writes the first line. Nothing runs before.</summary>
    public void Begin(SessionHeader header) => _own.Begin(header);

    /// <summary>Says which policies decide now, unless the daemon does, which exchanged them.</summary>
    public void Exchanged(ImmutableArray<PolicyOrigin> policies)
    {
        if (_daemon is null)
        {
            _own.Exchanged(policies);
        }
    }

    /// <summary>Everything goes to the daemon, which has written the first line.</summary>
    public void Forward(DaemonLink daemon) => _daemon = daemon;

    public void Record(in AuditRecord record)
    {
        if (_daemon is { } daemon)
        {
            daemon.Record(record);
        }
        else
        {
            _own.Record(record);
        }
    }

    /// <summary>Writes what waits and the last line.</summary>
    public void Close(int exitCode)
    {
        if (_daemon is { } daemon)
        {
            daemon.End(exitCode);
            using FileStream log = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Tally = AuditTally.Of(log);
            return;
        }

        _own.Close(exitCode);
        Tally = _own.Tally;
    }

    public void Dispose() => _own.Dispose();
}
