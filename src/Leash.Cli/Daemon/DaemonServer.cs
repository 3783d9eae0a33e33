using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Leash.Bpf.Programs;
using Leash.Bpf.Sessions;
using Leash.Interop.Libbpf;

namespace Leash.Cli.Daemon;

/// <summary>
/// The daemon: holds every session of the machine that the kernel's programs enforce. It may end at any moment: the kernel goes on
/// deciding and keeps events, and the next daemon goes on from the files of this one.
/// </summary>
internal sealed class DaemonServer(DaemonPlace place, TimeProvider time, TextWriter errors)
{
    private const int OwnersEvery = 500; // milliseconds
    private static readonly TimeSpan _idleTime = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, SessionKeeper> _sessions = new(StringComparer.Ordinal);
    private readonly KeptPrograms _kept = new();
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private int _connections;

    /// <summary>Serves until no session has been there for a while. False when another daemon is running.</summary>
    public bool Run()
    {
        place.Create();
        using var held = TryLock();
        if (held is null)
        {
            return false;
        }

        // First of all: whoever waits for this daemon sees that it is there, however long going on with sessions takes.
        File.Delete(place.Socket);
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(place.Socket));
        File.SetUnixFileMode(place.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen();
        foreach (var path in place.States())
        {
            Resume(path);
        }

        Serve(listener);
        _kept.LetGo();
        RemoveFiles();
        return true;
    }

    // All but the lock: who waits for it must not hold another file than the next one who comes.
    private void RemoveFiles()
    {
        File.Delete(place.Socket);
        File.Delete(place.Pid);
        if (new FileInfo(place.Errors) is { Exists: true, Length: 0 })
        {
            File.Delete(place.Errors);
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            FileStream held = new(place.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(place.Pid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Serve(Socket listener)
    {
        var busy = time.GetTimestamp();
        while (time.GetElapsedTime(busy) < _idleTime)
        {
            if (listener.Poll(TimeSpan.FromMilliseconds(OwnersEvery), SelectMode.SelectRead))
            {
                Accept(listener.Accept());
            }

            EndWithoutOwner();
            if (!_sessions.IsEmpty || Volatile.Read(ref _connections) > 0)
            {
                busy = time.GetTimestamp();
            }
        }
    }

    private void Accept(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        new Thread(() => Serve(new DaemonChannel(socket))) { IsBackground = true, Name = "owner" }.Start();
    }

    private void Serve(DaemonChannel channel)
    {
        using (channel)
        {
            try
            {
                // FAIL-CLOSED: the socket is root's alone; whoever else gets there has nothing to ask.
                string? id = null;
                while (channel.PeerUser == 0 && channel.Receive(DaemonJson.Default.DaemonRequest) is { } request)
                {
                    channel.Send(Answer(request, ref id), DaemonJson.Default.DaemonReply);
                }
            }
            catch (SocketException)
            {
                // Gone: it asks again on another connection, or has ended.
            }
        }

        Interlocked.Decrement(ref _connections);
    }

    private DaemonReply Answer(DaemonRequest request, ref string? id)
    {
        try
        {
            id = request.Kind == DaemonRequestKind.Begin ? request.Session?.Id : request.Kind == DaemonRequestKind.Attach ? request.Id : id;
            if (request is { Kind: DaemonRequestKind.Begin, Session: { } wanted })
            {
                // Asked again when the reply was lost with the daemon before.
                _sessions.GetOrAdd(wanted.Id, _ => SessionKeeper.Begin(place, wanted, time));
                _kept.Keep(wanted.Pins);
            }

            if (id is null || !_sessions.TryGetValue(id, out var session))
            {
                return new DaemonReply($"the daemon does not hold the session {id}");
            }

            return session.Failure is { } failure && request.Kind != DaemonRequestKind.End ? new DaemonReply(failure) : Answer(request, session);
        }
        catch (Exception e) when (IsExpected(e))
        {
            return new DaemonReply(e.Message);
        }
    }

    private DaemonReply Answer(DaemonRequest request, SessionKeeper session)
    {
        switch (request.Kind)
        {
            case DaemonRequestKind.Record when request.Record is { } record:
                session.Record(record);
                break;
            case DaemonRequestKind.Names when IPAddress.TryParse(request.Address, out var address):
                session.Learn(address, request.Names);
                break;
            case DaemonRequestKind.Apply:
                return new DaemonReply(Unknown: session.Apply(request.Documents, request.Pages).Unknown);
            case DaemonRequestKind.End:
                End(session, request.ExitCode);
                break;
        }

        return new DaemonReply();
    }

    private void End(SessionKeeper session, int exitCode)
    {
        session.End(exitCode);
        _sessions.TryRemove(session.Id, out _);
        session.Dispose();
    }

    // Its leash was killed: nobody sees what it does any more, and nobody would end it.
    private void EndWithoutOwner()
    {
        foreach (var session in _sessions.Values.Where(session => !session.Owner.IsRunning))
        {
            try
            {
                session.KillProcesses();
                End(session, CliExit.Killed);
                session.RemovePlaces();
            }
            catch (Exception e) when (IsExpected(e))
            {
                // It is tried again, and said once.
                var problem = $"the session {session.Id}, whose leash was killed, cannot be ended: {e.Message}";
                if (_reported.Add(problem))
                {
                    errors.WriteLine(problem);
                }
            }
        }
    }

    private void Resume(string path)
    {
        var state = HeldSession.TryLoad(path);
        try
        {
            if (state is not null)
            {
                _sessions[state.Id] = SessionKeeper.Resume(place, state, time);
                _kept.Keep(state.Pins);
                return;
            }

            errors.WriteLine($"`{path}` is not of this version; its session stays enforced, and ends");
        }
        catch (Exception e) when (IsExpected(e))
        {
            errors.WriteLine($"the session {state?.Id} cannot be gone on with: {e.Message}");
        }

        // FAIL-CLOSED: its leash ends it, which learns that it is not held.
        File.Delete(path);
    }

    private static bool IsExpected(Exception e) => e
        is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or ArgumentException
        or LibbpfException or BpfStartException or PlanSwapException;
}
