namespace Leash.Enforcement.Seccomp;

/// <summary>
/// Counts the workers that are free to receive. A worker about to wait for something says so first; when that would leave too few,
/// one more is started, so receiving never starves and no work changes threads.
/// </summary>
/// <param name="minimum">Workers that should be free at any time.</param>
/// <param name="start">Starts one more worker.</param>
internal sealed class WorkerPool(int minimum, Action start)
{
    /// <summary>Each blocked call holds a thread here, so a session cannot hold an unlimited number.</summary>
    public const int MaxWorkers = 1024;

    // Kept beyond the minimum, so that a run of execs does not start and end a thread each time.
    private const int Spare = 4;

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private int _free;
    private int _total;

    /// <summary>A worker begins to receive.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            _free++;
            _total++;
        }
    }

    /// <summary>A worker ends.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _free--;
            _total--;
        }
    }

    /// <summary>True when a worker that has just answered is one too many; it then leaves.</summary>
    public bool LeaveIfSurplus()
    {
        lock (_gate)
        {
            if (_free <= minimum + Spare)
            {
                return false;
            }

            _free--;
            _total--;
            return true;
        }
    }

    public BlockingScope? TryBlock()
    {
        bool isStartNeeded;
        lock (_gate)
        {
            if (_total >= MaxWorkers)
            {
                return null;
            }

            _free--;
            isStartNeeded = _free < minimum;
        }

        if (isStartNeeded)
        {
            start();
        }

        return new BlockingScope(this);
    }

    private void Unblock()
    {
        lock (_gate)
        {
            _free++;
        }
    }

    /// <summary>While held, the worker counts as blocked.</summary>
    internal readonly struct BlockingScope(WorkerPool pool) : IDisposable
    {
        public void Dispose() => pool.Unblock();
    }
}
