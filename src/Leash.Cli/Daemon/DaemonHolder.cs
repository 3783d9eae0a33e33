using System.Collections.Immutable;
using System.Net;
using Leash.Audit;
using Leash.Plan;
using Leash.Policy;
using Leash.Sessions;
using Leash.Sessions.InKernel;

namespace Leash.Cli.Daemon;

/// <summary>Gives a session that the kernel enforces to the daemon, and takes changes of its policies.</summary>
/// <param name="place">Where the daemon is.</param>
/// <param name="onFailure">Called when nobody holds the session any more: end it.</param>
internal sealed class DaemonHolder(DaemonPlace place, Action<string> onFailure) : IKernelHolder, IDisposable
{
    private readonly DaemonLink _link = new(place, onFailure);
    private readonly Dictionary<IPAddress, ImmutableArray<string>> _early = [];
    private KernelHold? _session;
    private SessionFacts? _facts;
    private PolicyControl? _control;

    public bool Holds { get; private set; }

    /// <summary>Whether a session waits for <see cref="Begin"/>.</summary>
    public bool IsAsked => _session is not null;

    public void Hold(KernelHold session) => _session = session;

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
        _facts = facts;
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

        _control = PolicyControl.Listen(place.ControlOf(header.SessionId), Apply);
        return _link;
    }

    public void Dispose()
    {
        _control?.Dispose();
        _link.Dispose();
    }

    /// <summary>Exchanges the policies, all or none.</summary>
    private ControlReply Apply(ImmutableArray<PolicyDocument> documents)
    {
        var compiled = PolicyCompiler.Compile(documents, _facts!);
        if (compiled.Plan is not { } plan)
        {
            return new ControlReply("the policies have errors; those before are in force")
            {
                Details = [.. compiled.Diagnostics.Select(d => d.ToString())],
            };
        }

        try
        {
            var unknown = 0;
            _session!.Exchange(plan, new PlanDecider(plan), pages => unknown = _link.Apply(documents, pages.ToArray()));
            return new ControlReply { Unknown = unknown };
        }
        catch (SessionException e)
        {
            return new ControlReply(e.Message) { Details = e.Help is { } help ? [help] : [] };
        }
    }
}
