using System.Collections.Concurrent;
using Leash.Enforcement.Files;
using Leash.Enforcement.Labels;
using Leash.Interop;

namespace Leash.Enforcement.Seccomp;

/// <summary>
/// Supervises a session's system calls through a seccomp listener. Started while the command child waits for its acknowledgement;
/// from the return of <see cref="Start"/> on, every notified call is answered. When it ends, or dies with its process, the listener
/// closes and the session's governed calls fail with ENOSYS.
/// </summary>
internal sealed class SeccompEnforcer : IDisposable
{
    private const int WorkerStackSize = 256 * 1024;
    private readonly EnforcerServices _services;
    private readonly HandlerTable _handlers = new();
    private readonly ConcurrentDictionary<int, Thread> _threads = new();
    private int _nextThread;
    private volatile bool _isStopping;

    private SeccompEnforcer(EnforcerOptions options)
    {
        int minimum = options.Workers > 0 ? options.Workers : Math.Clamp(Environment.ProcessorCount, 2, 4);
        AgentRoot root = AgentRoot.Open(options.ChildPid, options.ProtectedPaths);
        TerminalSet terminals = new();
        terminals.Add(TerminalSet.ReadControllingTerminal(options.ChildPid));
        terminals.AddStandardStreams(options.ChildPid);
        _services = new EnforcerServices
        {
            Options = options,
            Labels = new LabelTable(options.Decider.InitialPrincipal),
            Root = root,
            Resolver = new PathResolver(root),
            ProcRules = new ProcRules(options.OwnPidNamespace),
            Terminals = terminals,
            Credentials = new WorkerCredentials(options),
            Workers = new WorkerPool(minimum, StartWorker),
        };
        CoreHandlers.Register(_handlers);
        options.RegisterSockets?.Invoke(_handlers, _services);
    }

    /// <summary>What the workers share; the socket layer and the session look things up here.</summary>
    public EnforcerServices Services => _services;

    /// <summary>Whether the kernel hands replies over synchronously (Linux 6.6); without it a notification costs several times more.</summary>
    public bool HasSynchronousWakeUp { get; private set; }

    /// <summary>Labels the command child and starts the workers.</summary>
    /// <exception cref="EnforcementException">The machine refuses something the session cannot be enforced without.</exception>
    public static SeccompEnforcer Start(EnforcerOptions options)
    {
        SeccompEnforcer enforcer = new(options);
        int error = enforcer._services.Labels.Write(options.ChildPid, enforcer._services.Labels.Initial);
        if (error < 0)
        {
            enforcer._services.Root.Dispose();
            throw new EnforcementException("label the command by its resource limit", -error);
        }

        enforcer.HasSynchronousWakeUp =
            SeccompCalls.SetFlags(options.NotifyFd, SeccompCalls.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) == 0;
        int workers = options.Workers > 0 ? options.Workers : Math.Clamp(Environment.ProcessorCount, 2, 4);
        for (int i = 0; i < workers; i++)
        {
            enforcer.StartWorker();
        }

        return enforcer;
    }

    /// <summary>Closes the listener. Workers end as soon as the session's last process is gone.</summary>
    public void Dispose()
    {
        _isStopping = true;
        Kernel.Close(_services.Options.NotifyFd);
    }

    internal void ThreadEnded(int id) => _threads.TryRemove(id, out _);

    private void StartWorker()
    {
        _services.Workers.Enter();
        int id = Interlocked.Increment(ref _nextThread);
        SeccompWorker worker = new(_services, _handlers, () => _isStopping);
        Thread thread = new(() => Run(worker, id), WorkerStackSize) { IsBackground = true, Name = $"supervisor-{id}" };
        _threads[id] = thread;
        thread.Start();
    }

    private void Run(SeccompWorker worker, int id)
    {
        worker.Run();
        ThreadEnded(id);
    }
}
