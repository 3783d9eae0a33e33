using Leash.Plan;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Native;

namespace Leash.Sessions;

/// <summary>
/// Exchanges the plan of a running session in everything that decides by it, or in nothing. The operations that begin after its return are
/// decided by the new one; those that begin meanwhile are allowed when every enforcer they meet allows them by its plan. Thread-safe.
/// </summary>
internal sealed class PlanExchange : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SessionEnforcers _enforcers;
    private readonly SessionServers _servers;

    // Guarded by _gate; null when the session has ended.
    private PlanDecider? _inForce;

    public PlanExchange(SessionEnforcers enforcers, SessionServers servers, PlanDecider inForce) =>
        (_enforcers, _servers, _inForce) = (enforcers, servers, inForce);

    /// <param name="plan">The new one.</param>
    /// <param name="give">Hands its pages to whoever holds the session's kernel side, where that is another process (<see cref="PlanGift"/>).</param>
    /// <returns>Running programs that the new plan does not know and denies everything.</returns>
    /// <exception cref="SessionException">The plan before is in force.</exception>
    public int Apply(EnforcementPlan plan, PlanGift give)
    {
        PlanDecider decider = new(plan);
        lock (_gate)
        {
            PlanDecider before = _inForce ?? throw new SessionException("the session has ended");
            if (before.DependsOnPrincipal || decider.DependsOnPrincipal)
            {
                // FAIL-CLOSED: what running processes were started by is not known to every enforcer, so their classes would be guesses.
                throw new SessionException(
                    $"{(before.DependsOnPrincipal ? "the policies in force" : "the new policies")} tell programs apart, and such policies hold for a whole session",
                    "start another session with the new policies");
            }

            _servers.Http?.Prepare(plan);
            int unknown = _enforcers.Network.Exchange(plan, decider, give);

            // Neither can fail, so nothing is exchanged by halves.
            _enforcers.Files.Exchange(decider);
            _servers.Exchange(plan, decider);
            _inForce = decider;
            return unknown;
        }
    }

    /// <summary>From its return on nothing is exchanged any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _inForce = null;
        }
    }
}

/// <summary>Hands a plan's pages to the process that holds the session, which puts them in force.</summary>
/// <returns>Running programs that the plan does not know.</returns>
/// <exception cref="SessionException">It cannot; the plan before is in force.</exception>
internal delegate int PlanGift(ReadOnlyMemory<byte> pages);
