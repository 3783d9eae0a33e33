using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Leash.Audit;

/// <summary>
/// Writes a session's log: producers copy records into a bounded ring, one thread turns them into chained JSON lines and writes them in
/// groups. A full ring makes allowed operations be counted instead of recorded (a <c>gap</c> line says how many) and makes denials wait.
/// </summary>
public sealed class AuditWriter : IAuditSink, IDisposable
{
    private const int GroupBytes = 64 * 1024;
    private const int DefaultCapacity = 8192;

    // Producers do not wake the writer for allowed operations (a wake-up costs more than the record), so it looks by itself, often
    // while there is work and seldom when there is none. A kill -9 of leash loses at most this much of the allowed operations.
    private static readonly TimeSpan _busyPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _idlePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _syncInterval = TimeSpan.FromSeconds(1);

    private readonly AuditRing _ring;
    private readonly TimeProvider _time;
    private readonly Action<string>? _onFailure;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly ManualResetEventSlim _room = new(initialState: true);
    private readonly Thread _thread;
    private readonly AuditTally _tally;
    private readonly AuditContinuation? _before;
    private readonly string _path;
    private readonly JsonLine _line = new();
    private readonly List<byte> _group = new(GroupBytes + 8192);

    private SessionHeader? _header;
    private readonly ConcurrentQueue<ImmutableArray<PolicyOrigin>> _exchanged = new();
    private readonly object _flushGate = new();
    private long _flushesAsked;
    private long _flushesDone;
    private long _dropped;
    private long _sequence;
    private int _exitCode;
    private volatile bool _isClosing;
    private volatile bool _hasFailed;

    /// <param name="path">The log, which must not exist.</param>
    /// <param name="header">The first line, or null to give it later by <see cref="Begin"/>.</param>
    /// <param name="time">The clock of all records.</param>
    /// <param name="onFailure">Called once, on the writer's thread, when the log cannot be written: end the session.</param>
    /// <param name="capacity">Records that may wait; a power of two.</param>
    public AuditWriter(
        string path, SessionHeader? header, TimeProvider time, Action<string>? onFailure = null, int capacity = DefaultCapacity)
        : this(path, header, null, time, onFailure, capacity)
    {
    }

    private AuditWriter(
        string path, SessionHeader? header, AuditContinuation? before, TimeProvider time, Action<string>? onFailure, int capacity)
    {
        _path = path;
        _header = header;
        _before = before;
        _tally = before?.Tally ?? new AuditTally();
        _time = time;
        _onFailure = onFailure;
        _ring = new AuditRing(capacity);
        _thread = new Thread(Run) { Name = "audit", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Writes on in a log whose writer ended without closing it. A line that says so comes first; a line that was cut off is removed.
    /// </summary>
    /// <param name="path">The log.</param>
    /// <param name="why">For people: how it came to that.</param>
    /// <param name="time">The clock of all records.</param>
    /// <param name="onFailure">As in the constructor.</param>
    /// <exception cref="InvalidDataException">The log is not intact, or was closed.</exception>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public static AuditWriter Continue(string path, string why, TimeProvider time, Action<string>? onFailure = null) =>
        new(path, null, AuditContinuation.Read(path, why), time, onFailure, DefaultCapacity);

    /// <summary>Where the log is.</summary>
    public string Path => _path;

    /// <summary>What was recorded. Complete after <see cref="Close"/>.</summary>
    public AuditTally Tally => _tally;

    /// <summary>Whether the log could not be written.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Gives the first line. Records wait in the ring until then.</summary>
    public void Begin(SessionHeader header)
    {
        Volatile.Write(ref _header, header);
        _wake.Set();
    }

    public void Record(in AuditRecord record)
    {
        var time = _time.GetUtcNow().UtcTicks;
        if (_ring.TryAdd(record, time))
        {
            // A denial is worth a wake-up: it is rare, and should be on disk even when leash is killed next.
            if (record.Verdict != AuditVerdict.Allow || _ring.Count > _ring.Capacity / 2)
            {
                _wake.Set();
            }

            return;
        }

        if (record.Verdict == AuditVerdict.Allow)
        {
            Interlocked.Add(ref _dropped, Math.Max(1, record.Count));
            _wake.Set();
            return;
        }

        AddWaiting(record, time);
    }

    /// <summary>Says which policies decide now. Returns when it is in the file, behind what this thread recorded before.</summary>
    public void Exchanged(ImmutableArray<PolicyOrigin> policies)
    {
        Flush();
        _exchanged.Enqueue(policies);
        Flush();
    }

    /// <summary>Writes what waits and the last line, and makes it durable.</summary>
    public void Close(int exitCode)
    {
        if (_isClosing)
        {
            return;
        }

        _exitCode = exitCode;
        _isClosing = true;
        _wake.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        Close(exitCode: 0);
        _wake.Dispose();
        _room.Dispose();
    }

    /// <summary>Returns when everything that this thread has recorded is in the file, where the end of this process does not matter to it.</summary>
    public void Flush()
    {
        var mine = Interlocked.Increment(ref _flushesAsked);
        _wake.Set();
        lock (_flushGate)
        {
            while (_flushesDone < mine && !_hasFailed)
            {
                Monitor.Wait(_flushGate, _busyPause);
            }
        }
    }

    private void FinishFlushes(long asked)
    {
        lock (_flushGate)
        {
            if (_flushesDone < asked)
            {
                _flushesDone = asked;
                Monitor.PulseAll(_flushGate);
            }
        }
    }

    private void AddWaiting(in AuditRecord record, long time)
    {
        while (!_hasFailed)
        {
            _room.Reset();
            _wake.Set();
            if (_ring.TryAdd(record, time))
            {
                return;
            }

            _room.Wait(_busyPause);
        }
    }

    private void Run()
    {
        try
        {
            if (_before is { } before)
            {
                Continue(before);
                return;
            }

            using var chain = new HashChain();
            while (Volatile.Read(ref _header) is null && !_isClosing)
            {
                _wake.WaitOne(_idlePause);
            }

            if (Volatile.Read(ref _header) is not { } header)
            {
                return; // closed before it began: there is nothing to tell
            }

            using var file = AuditLogFile.Create(_path);
            AuditFormat.WriteHeader(_line, ++_sequence, Now, header);
            EndLine(chain);
            WriteAll(chain, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // FAIL-CLOSED: what cannot be recorded must not go on; the session's owner ends it.
            _hasFailed = true;
            _room.Set();
            _onFailure?.Invoke($"cannot write the audit log `{_path}`: {e.Message}");
        }
    }

    private void Continue(AuditContinuation before)
    {
        using var chain = new HashChain(before.Head);
        using var file = AuditLogFile.Continue(_path, before.Length);
        _sequence = before.Records;
        AuditFormat.WriteResumed(_line, ++_sequence, Now, before.Cut, before.Why);
        EndLine(chain);
        WriteAll(chain, file);
    }

    private void WriteAll(HashChain chain, AuditLogFile file)
    {
        Flush(file);
        var synced = _time.GetTimestamp();
        while (true)
        {
            var isLast = _isClosing; // read before draining: what was recorded before closing is written
            var asked = Volatile.Read(ref _flushesAsked);
            var count = Drain(chain, file);
            if (_ring.Peek() is null)
            {
                FinishFlushes(asked);
            }

            if (isLast && _ring.Peek() is null)
            {
                break;
            }

            if (count > 0 && _time.GetElapsedTime(synced) > _syncInterval)
            {
                file.Sync();
                synced = _time.GetTimestamp();
            }

            if (!isLast)
            {
                _wake.WaitOne(count > 0 ? _busyPause : _idlePause);
            }
        }

        AuditFormat.WriteEnd(_line, ++_sequence, Now, _tally.Counts, _exitCode);
        EndLine(chain);
        Flush(file);
        file.Sync();
        _tally.Head = Convert.ToHexStringLower(chain.Head);
    }

    private int Drain(HashChain chain, AuditLogFile file)
    {
        var count = 0;
        while (_exchanged.TryDequeue(out var policies))
        {
            AuditFormat.WriteExchanged(_line, ++_sequence, Now, policies);
            EndLine(chain);
        }

        while (_ring.Peek() is { } slot)
        {
            AuditFormat.WriteOperation(_line, ++_sequence, slot);
            _tally.Add(slot);
            _ring.Release();
            if (!_room.IsSet)
            {
                _room.Set();
            }

            EndLine(chain);
            count++;
            if (_group.Count >= GroupBytes)
            {
                Flush(file);
            }
        }

        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            _tally.AddDropped(dropped);
            AuditFormat.WriteGap(_line, ++_sequence, Now, dropped);
            EndLine(chain);
        }

        Flush(file);
        return count;
    }

    private long Now => _time.GetUtcNow().UtcTicks;

    private void EndLine(HashChain chain)
    {
        Span<byte> hex = stackalloc byte[HashChain.HexLength];
        chain.Next(_line.Written, hex);
        _group.AddRange(_line.Written);
        _group.AddRange(",\"hash\":\""u8);
        _group.AddRange(hex);
        _group.AddRange("\"}\n"u8);
    }

    private void Flush(AuditLogFile file)
    {
        if (_group.Count > 0)
        {
            file.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_group));
            _group.Clear();
        }
    }
}
