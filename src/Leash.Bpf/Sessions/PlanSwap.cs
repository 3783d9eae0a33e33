using Leash.Bpf.Events;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Sessions;

/// <summary>A plan was not exchanged; the one before is still in force.</summary>
internal sealed class PlanSwapException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How an exchange went.</summary>
/// <param name="Generation">What is in force now.</param>
/// <param name="Unknown">Images that processes run and whose exec was not recorded: from now on they are denied everything.</param>
internal sealed record SwapResult(ulong Generation, int Unknown);

/// <summary>
/// Exchanges the plan of a running session: no decision sees two plans, and no process is without a class meanwhile. The order is that
/// of <c>leash_abi.h</c>. For the thread that reads the session's ring.
/// </summary>
/// <param name="kernel">The session's maps.</param>
/// <param name="drain">Hands to the trail what the ring has when it is called.</param>
/// <param name="trail">What is known about running processes.</param>
/// <param name="generations">The plans that events may speak of.</param>
internal sealed class PlanSwap(ISessionKernel kernel, Action drain, KernelAuditTrail trail, GenerationTable generations)
{
    // Each round covers what was started during the one before, and a round takes less than a millisecond.
    private const int MaxRounds = 200;

    private readonly HashSet<ulong> _entered = [];
    private ulong _enteredFor;

    /// <summary>The generation in force; 0 before the first.</summary>
    public ulong Current { get; private set; }

    /// <summary>Tells which generation is in force already, when another process put it there.</summary>
    public void Assume(ulong generation)
    {
        Current = generation;
        _enteredFor = generation;
        _entered.UnionWith(trail.Execs.All.Keys);
        kernel.AbandonPending();
    }

    /// <summary>Removes every class that was entered: no process of the session is left.</summary>
    public void Forget()
    {
        Remove(_enteredFor, _entered);
        _entered.Clear();
    }

    /// <exception cref="PlanSwapException">The plan before is still in force.</exception>
    public SwapResult Apply(PreparedPlan next)
    {
        HashSet<ulong> entered = [];
        try
        {
            generations.Add(next.Generation);
            kernel.SetPending(next.Pages.Span);
            int unknown = next.PrincipalCount == 1 ? 0 : EnterAll(next, entered);
            kernel.CommitPending();
            Finish(next.Generation.Number, entered);
            return new SwapResult(Current, unknown);
        }
        catch (Exception e) when (e is not PlanSwapException)
        {
            Undo(next.Generation.Number, entered);
            throw new PlanSwapException($"the plan could not be exchanged, and the one before is still in force: {e.Message}", e);
        }
        catch (PlanSwapException)
        {
            Undo(next.Generation.Number, entered);
            throw;
        }
    }

    /// <summary>Forgets the images that no process runs any more.</summary>
    public void Prune()
    {
        ulong[] candidates = [.. trail.Execs.All.Keys];
        kernel.AwaitPrograms();
        drain();
        IReadOnlySet<ulong> living = kernel.LivingExecs();

        // What a living process was started from may still be named as the parent of an exec that is on its way.
        drain();
        trail.Execs.Forget(candidates, living);
        foreach (ulong id in candidates.Where(id => trail.Execs.Find(id) is null && _entered.Remove(id)))
        {
            kernel.RemoveClass(_enteredFor, id);
        }
    }

    private int EnterAll(PreparedPlan next, HashSet<ulong> entered)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            drain();
            if (!Enter(next, entered))
            {
                IReadOnlySet<ulong> living = kernel.LivingExecs();

                // An exec that is seen there may be on its way to the ring.
                kernel.AwaitPrograms();
                drain();
                if (!Enter(next, entered))
                {
                    return living.Count(id => trail.Execs.Find(id) is null);
                }
            }

            kernel.AwaitPrograms();
        }

        throw new PlanSwapException("programs were started faster than their classes could be entered; the plan before is still in force");
    }

    /// <summary>Enters what was learnt; true when something had no entry before.</summary>
    private bool Enter(PreparedPlan next, HashSet<ulong> entered)
    {
        bool isNew = false;
        foreach ((ulong id, ExecIdentity identity) in trail.Execs.All)
        {
            if (entered.Add(id))
            {
                isNew |= kernel.TryEnterClass(next.Generation.Number, id, next.PrincipalOf(identity));
            }
        }

        return isNew;
    }

    private void Finish(ulong generation, HashSet<ulong> entered)
    {
        Remove(_enteredFor, _entered);
        _entered.Clear();
        _entered.UnionWith(entered);
        _enteredFor = generation;
        Current = generation;
    }

    private void Undo(ulong generation, HashSet<ulong> entered)
    {
        try
        {
            kernel.AbandonPending();
            Remove(generation, entered);
        }
        catch (Exception e) when (e is LibbpfException or IOException)
        {
            // What stays pending decides nothing; the next exchange replaces it.
        }
    }

    private void Remove(ulong generation, IEnumerable<ulong> ids)
    {
        foreach (ulong id in ids)
        {
            kernel.RemoveClass(generation, id);
        }
    }
}
