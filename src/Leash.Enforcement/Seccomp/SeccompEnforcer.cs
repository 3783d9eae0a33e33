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
    private const int WorkerStackSize = 1024 * 1024;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);
    private readonly EnforcerServices _services;
    private readonly HandlerTable _handlers = new();

    // Thread ids of the workers.
    private readonly ConcurrentDictionary<int, byte> _workers = new();
    private readonly TaskCompletionSource<bool> _firstWorker = new();
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
        BlockingCalls.Prepare();
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

        if (!enforcer._firstWorker.Task.GetAwaiter().GetResult())
        {
            enforcer.Dispose();
            throw new EnforcementException("limit the supervisor to the command's capabilities", Errno.EPERM);
        }

        return enforcer;
    }

    /// <summary>
    /// Ends the workers and then closes the listener, in this order: a descriptor number that is closed under a receiving worker could
    /// come back as another session's listener.
    /// </summary>
    public void Dispose()
    {
        _isStopping = true;
        using ManualResetEventSlim never = new();
        long start = TimeProvider.System.GetTimestamp();
        while (!_workers.IsEmpty && TimeProvider.System.GetElapsedTime(start) < StopPatience)
        {
            foreach (int thread in _workers.Keys)
            {
                BlockingCalls.Wake(thread);
            }

            never.Wait(1);
        }

        Kernel.Close(_services.Options.NotifyFd);
        if (_workers.IsEmpty)
        {
            _services.Root.Dispose();
        }
    }

    private void StartWorker()
    {
        _services.Workers.Enter();
        SeccompWorker worker = new(_services, _handlers, () => _isStopping);
        new Thread(() => Run(worker), WorkerStackSize) { IsBackground = true, Name = "supervisor" }.Start();
    }

    private void Run(SeccompWorker worker)
    {
        int thread = (int)Kernel.Call(SyscallNumber.gettid);
        _workers[thread] = 0;
        worker.Run(isPrepared => _firstWorker.TrySetResult(isPrepared));
        _workers.TryRemove(thread, out _);
    }
}
