using System.Collections.Immutable;
using System.Net;
using Leash.Audit;
using Leash.Interop;
using Leash.Policy;
using Leash.Sessions;
using Leash.Sessions.InKernel;

namespace Leash.Cli.Daemon;

/// <summary>Gives a session that the kernel enforces to the daemon.</summary>
/// <param name="place">Where the daemon is.</param>
/// <param name="onFailure">Called when nobody holds the session any more: end it.</param>
internal sealed class DaemonHolder(DaemonPlace place, Action<string> onFailure) : IKernelHolder, IDisposable
{
    private readonly DaemonLink _link = new(place, onFailure);
    private readonly Dictionary<IPAddress, ImmutableArray<string>> _early = [];
    private KernelHold? _session;

    public bool Holds { get; private set; }

    /// <summary>Whether a session waits for <see cref="Begin"/>.</summary>
    public bool IsAsked => _session is not null;

    public string? FindObstacle()
    {
        try
        {
            place.Create();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"its daemon cannot use `{place.Directory}`: {e.Message}";
        }
    }

    public void Offer(KernelHold session) => _session = session;

    public void Learn(IPAddress address, ImmutableArray<string> names)
    {
        lock (_early)
        {
            if (!Holds)
            {
                _early[address] = names;
                return;
            }
        }

        _link.Learn(address, names);
    }

    /// <summary>Begins the session's log, and holds it from then on.</summary>
    /// <param name="log">The log's path.</param>
    /// <param name="header">Its first line.</param>
    /// <param name="documents">The policies in force.</param>
    /// <param name="facts">What they were compiled with.</param>
    /// <returns>Where other records of the session go.</returns>
    /// <exception cref="SessionException">The daemon cannot hold it.</exception>
    public DaemonLink Begin(string log, SessionHeader header, ImmutableArray<PolicyDocument> documents, SessionFacts facts)
    {
        var session = _session!;
        _link.Begin(new HeldSession
        {
            Id = header.SessionId,
            Owner = ProcessStart.OfThis(),
            Log = log,
            Header = header,
            Pins = session.Pins,
            Cgroup = session.Cgroup,
            CgroupPath = session.CgroupPath,
            Facts = facts,
            Policies = [new(session.Generation, documents)],
        });
        lock (_early)
        {
            Holds = true;
            foreach (var (address, names) in _early)
            {
                _link.Learn(address, names);
            }
        }

        return _link;
    }

    /// <summary>Has the policies of the session exchanged in the kernel; the number of running programs that they do not know.</summary>
    /// <exception cref="SessionException">Those before are in force.</exception>
    public int Apply(ImmutableArray<PolicyDocument> documents, byte[] pages) => _link.Apply(documents, pages);

    public void Dispose() => _link.Dispose();
}
