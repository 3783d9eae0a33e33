using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Leash.Audit;
using Leash.Interop;
using Leash.Policy;
using Leash.Sessions;

namespace Leash.Cli.Daemon;

/// <summary>
/// A session's end of its connection to the daemon, which is started when there is none, and again when it ended. Thread-safe.
/// </summary>
/// <param name="place">Where the daemon is.</param>
/// <param name="onFailure">Called once when nobody holds the session any more: end it.</param>
internal sealed class DaemonLink(DaemonPlace place, Action<string> onFailure) : IAuditSink, IDisposable
{
    private const int StartTimeout = 180_000; // milliseconds; the kernel goes on deciding and keeps events meanwhile
    private const int RetryInterval = 20;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableArray<string>> _names = new(StringComparer.Ordinal);
    private DaemonChannel? _channel;
    private string _id = "";
    private int _spawned;
    private bool _hasFailed;
    private bool _hasEnded;

    /// <summary>Gives a session to the daemon.</summary>
    /// <exception cref="SessionException">It does not take it.</exception>
    public void Begin(HeldSession session)
    {
        lock (_gate)
        {
            _id = session.Id;
            var reply = Call(new DaemonRequest { Kind = DaemonRequestKind.Begin, Session = session }, isAttached: false);
            if (reply.Error is { } error)
            {
                throw new SessionException($"the daemon cannot hold the session: {error}", "`--enforcer seccomp` does without");
            }
        }

        new Thread(Watch) { IsBackground = true, Name = "daemon" }.Start();
    }

    /// <summary>Returns when it is in the log.</summary>
    public void Record(in AuditRecord record) => Send(new DaemonRequest { Kind = DaemonRequestKind.Record, Record = ForwardedRecord.Of(record) });

    /// <summary>Tells the names of an address, for the log.</summary>
    public void Learn(IPAddress address, ImmutableArray<string> names)
    {
        var text = address.ToString();
        lock (_gate)
        {
            if (_names.TryGetValue(text, out var known) && known.SequenceEqual(names))
            {
                return;
            }

            _names[text] = names;
        }

        Send(NamesOf(text, names));
    }

    /// <summary>Exchanges the policies of the running session.</summary>
    /// <param name="documents">The policies.</param>
    /// <param name="pages">Their plan.</param>
    /// <returns>Images that processes run and that the new plan does not know.</returns>
    /// <exception cref="SessionException">Those before are in force.</exception>
    public int Apply(ImmutableArray<PolicyDocument> documents, byte[] pages)
    {
        lock (_gate)
        {
            var reply = Call(new DaemonRequest { Kind = DaemonRequestKind.Apply, Documents = documents, Pages = pages }, isAttached: true);
            return reply.Error is { } error ? throw new SessionException(error) : reply.Unknown;
        }
    }

    /// <summary>The session has ended: its log is complete and closed when this returns.</summary>
    public void End(int exitCode)
    {
        Send(new DaemonRequest { Kind = DaemonRequestKind.End, ExitCode = exitCode });
        _hasEnded = true;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _channel?.Dispose();
            _channel = null;
        }
    }

    private static DaemonRequest NamesOf(string address, ImmutableArray<string> names) =>
        new() { Kind = DaemonRequestKind.Names, Address = address, Names = names };

    private void Send(DaemonRequest request)
    {
        lock (_gate)
        {
            if (Call(request, isAttached: true).Error is { } error)
            {
                Fail(error);
            }
        }
    }

    private void Fail(string error)
    {
        if (!_hasFailed && !_hasEnded)
        {
            _hasFailed = true;
            onFailure(error);
        }
    }

    /// <summary>Sends a request until a daemon has answered it.</summary>
    private DaemonReply Call(DaemonRequest request, bool isAttached)
    {
        var deadline = Environment.TickCount64 + StartTimeout;
        string? problem = null;
        while (!_hasFailed && Environment.TickCount64 < deadline)
        {
            try
            {
                _channel ??= isAttached ? Attach() : Connect();
                _channel.Send(request, DaemonJson.Default.DaemonRequest);
                if (_channel.Receive(DaemonJson.Default.DaemonReply) is { } reply)
                {
                    return reply;
                }
            }
            catch (SocketException e)
            {
                problem = e.Message;
            }
            catch (SessionException e)
            {
                return new DaemonReply(e.Message);
            }

            _channel?.Dispose();
            _channel = null;
        }

        return new DaemonReply($"the daemon cannot be reached: {problem ?? "it ended"}; `{place.Errors}` may say why");
    }

    private DaemonChannel Attach()
    {
        var channel = Connect();
        List<DaemonRequest> requests = [new() { Kind = DaemonRequestKind.Attach, Id = _id }, .. _names.Select(pair => NamesOf(pair.Key, pair.Value))];
        foreach (var request in requests)
        {
            channel.Send(request, DaemonJson.Default.DaemonRequest);
            if (channel.Receive(DaemonJson.Default.DaemonReply)?.Error is { } error)
            {
                channel.Dispose();
                throw new SessionException(error);
            }
        }

        return channel;
    }

    private DaemonChannel Connect()
    {
        var deadline = Environment.TickCount64 + StartTimeout;
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(place.Socket));
                return new DaemonChannel(socket);
            }
            catch (SocketException) when (Environment.TickCount64 < deadline)
            {
                socket.Dispose();
                StartDaemon();
                Thread.Sleep(RetryInterval);
            }
        }
    }

    // Several sessions may do so at once: one daemon stays, the others see that and end.
    private void StartDaemon()
    {
        if (_spawned > 0 && ChildProcess.Wait(_spawned, block: false, out _) == 0)
        {
            return; // it is about to serve, or to see that another one does
        }

        _spawned = DaemonProgram.Start(place);
        if (_spawned < 0)
        {
            throw new SessionException($"the daemon cannot be started: errno {-_spawned}", "leash is not installed completely; build or install it again");
        }
    }

    // FAIL-CLOSED: events wait in the kernel, but not for ever; without a daemon one is started at once.
    private void Watch()
    {
        while (!_hasEnded && !_hasFailed)
        {
            Thread.Sleep(RetryInterval * 5);
            lock (_gate)
            {
                if (!_hasEnded && _channel is not { IsClosed: false })
                {
                    _channel?.Dispose();
                    _channel = null;
                    Send(new DaemonRequest { Kind = DaemonRequestKind.Attach, Id = _id });
                }
            }
        }
    }
}
