using System.Collections.Concurrent;

namespace Leash.Gateway.Decisions;

/// <summary>The decider in force, and what it and those before it allowed that is still open.</summary>
internal sealed class CurrentDecider(IHttpDecider first)
{
    private readonly ConcurrentDictionary<OpenFlow, IHttpDecider> _open = new();
    private volatile IHttpDecider _decider = first;

    /// <summary>Whom to ask now.</summary>
    public IHttpDecider Decider => _decider;

    /// <summary>How much is open.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Decides by another one from now on; what is open and denied by it ends before this returns.</summary>
    public void Exchange(IHttpDecider next)
    {
        _decider = next;
        foreach (var flow in _open.Keys)
        {
            flow.Review(next);
        }
    }

    /// <summary>Keeps an eye on what <paramref name="allowedBy"/> allowed, until it is closed.</summary>
    public OpenFlow Open(Func<IHttpDecider, GatewayVerdict> decide, IHttpDecider allowedBy)
    {
        var flow = new OpenFlow(decide);
        _open.TryAdd(flow, allowedBy);
        // An exchange between the decision and this line has not seen the flow.
        if (_decider is var now && !ReferenceEquals(now, allowedBy))
        {
            flow.Review(now);
        }

        return flow;
    }

    /// <summary>Forgets what has ended.</summary>
    public void Close(OpenFlow flow)
    {
        _open.TryRemove(flow, out _);
        flow.Dispose();
    }
}
