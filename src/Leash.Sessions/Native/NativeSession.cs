using Leash.Interop;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Init;
using Leash.Sessions.Terminals;

namespace Leash.Sessions.Native;

/// <summary>
/// A command run on this machine. Two steps, so that its namespaces are set up while the policy is
/// compiled: <see cref="Begin"/>, then <see cref="Run"/>. Disposing ends every process of the session and undoes the rest.
/// </summary>
internal sealed class NativeSession : IDisposable
{
    private const int RlimitNofile = 7;
    private readonly UndoStack _undo = new();
    private readonly InitProcess _init;

    private NativeSession(InitProcess init) => _init = _undo.Push(init);

    /// <summary>Why the command could not be executed, after <see cref="Run"/> returned 126 or 127; else 0.</summary>
    public int ExecErrno { get; private set; }

    /// <param name="isolation"><c>auto</c>, or the one rung to take: <c>root</c>, <c>user</c>, <c>plain</c>.</param>
    /// <exception cref="SessionException">We are inside a session already, or leash-init cannot be started.</exception>
    public static NativeSession Begin(string isolation = "auto")
    {
        NestedSession.Refuse();
        return new NativeSession(InitProcess.Start(isolation));
    }

    /// <summary>Runs the command to its end. Call once, on the thread that called <see cref="Begin"/>.</summary>
    /// <returns>The exit code for leash itself.</returns>
    /// <exception cref="SessionException">The session could not start; the command has not run.</exception>
    public int Run(SessionConfig config)
    {
        Task<SessionServers> starting = Task.Run(() => SessionServers.Start(config));
        InitReport report = _init.AwaitReport();
        SessionCgroup? cgroup = SessionCgroup.TryCreate(config.SessionId);
        if (cgroup is not null)
        {
            PushBelowInit(cgroup);
        }

        TerminalRelay? terminal = config.UsesTerminal ? TerminalRelay.TryCreate() : null;
        if (terminal is not null)
        {
            PushBelowInit(terminal);
        }

        SessionTemp? sockets = SessionTemp.TryCreate(config.SessionId);
        if (sockets is not null)
        {
            PushBelowInit(sockets);
        }

        using SessionServers servers = starting.GetAwaiter().GetResult();
        using SessionEnforcers enforcers = SessionEnforcers.Choose(config, report.Pid, cgroup);
        CommandFilter filter = enforcers.Files.Filter(report, enforcers.Network.AnswersPeerNames(config));
        IReadOnlyList<EnvironmentEdit> trust = InstallTrust(config, sockets);
        _init.Configure(Configure(config, report, cgroup, terminal, [.. SocketVariables(sockets), .. servers.Dns.Variables, .. trust], filter) with
        {
            Binds = [.. enforcers.Files.Binds(config, report), .. config.Binds],
        });
        terminal?.CloseSlave();
        StoppedCommand command = Admit(config, report, cgroup);
        ChildProcess.ReapOwn();
        enforcers.Network.Start(config, command, servers);
        enforcers.Files.Start(config, command, enforcers.Network, servers);
        using PlanExchange exchange = new(enforcers, servers, config.Decider);
        using SignalQueue signals = new();
        config.OnActive?.Invoke(new ActiveSession(Report(enforcers, command, config.Gateway is not null), exchange));
        terminal?.Start();
        _init.Send(InitMessage.Of(InitMessageKind.Active));
        return Watch(config, signals, terminal);
    }

    public void Dispose() => _undo.Dispose();

    private int Watch(SessionConfig config, SignalQueue signals, TerminalRelay? terminal)
    {
        CommandWatch watch = new(_init, signals, terminal, config.Time);
        int exitCode = watch.Run();
        ExecErrno = watch.ExecErrno;

        // Here and not at disposal: the enforcer has to answer until the last process is gone.
        _undo.Dispose();
        return exitCode;
    }

    // The session's processes end first; only then can its cgroup be removed and its terminal's last output be complete.
    private void PushBelowInit(IDisposable resource)
    {
        _undo.Push(resource);
        _undo.Push(_init);
    }

    private static InitConfig Configure(
        SessionConfig config, InitReport report, SessionCgroup? cgroup, TerminalRelay? terminal, IReadOnlyList<EnvironmentEdit> variables,
        CommandFilter filter) => new()
        {
            Filter = filter.Code,
            Arguments = InheritedBytes.Command(config.Command),
            Environment = InheritedBytes.Environment([.. variables, .. config.Environment, .. OwnVariables(config, filter)]),
            Directory = StartDirectory(config),
            Landlock = filter.Landlock,
            KeepCapabilities = CommandCapabilities.For(report.Rung),
            OpenFiles = InheritedOpenFiles(),
            Terminal = terminal?.Slave ?? -1,
            TerminalInBackground = terminal is { StartsInBackground: true },
            TerminalMask = terminal?.Mask ?? 0,
            Cgroup = cgroup?.Handles,
        };

    private static IReadOnlyList<EnvironmentEdit> InstallTrust(SessionConfig config, SessionTemp? temporary)
    {
        if (config.Gateway is not { } http)
        {
            return [];
        }

        try
        {
            return temporary is null ? throw new IOException("the directory of the session cannot be made") : http.Trust.Install(http.Authority);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SessionException($"the certificates that the session trusts cannot be written to `{http.Trust.Bundle}`: {e.Message}", "`--gateway off` does without");
        }
    }

    // Before the user's: who names another directory gets it. A multiplexer around leash is out of reach, so nothing points to it.
    private static List<EnvironmentEdit> SocketVariables(SessionTemp? sockets) =>
        sockets is null ? [] : [new("TMUX_TMPDIR", sockets.Path), new("TMUX", null), new("TMUX_PANE", null)];

    private static List<EnvironmentEdit> OwnVariables(SessionConfig config, CommandFilter filter)
    {
        List<EnvironmentEdit> own = [new("LEASH", "1"), new(NestedSession.Variable, config.SessionId)];
        if (filter.BrokeredSockets)
        {
            string? before = Environment.GetEnvironmentVariable("RES_OPTIONS");
            own.Add(new("RES_OPTIONS", before is null ? "use-vc" : before + " use-vc"));
        }

        return own;
    }

    private static string StartDirectory(SessionConfig config)
    {
        string current = Environment.CurrentDirectory;
        bool isInside = current == config.Workspace || current.StartsWith(config.Workspace.TrimEnd('/') + "/", StringComparison.Ordinal);

        // Named again when something may have been mounted over it.
        return !isInside ? config.Workspace : config.Binds.Count > 0 ? current : "";
    }

    // The .NET runtime raises its own soft limit to the hard one, which programs that use select() do not survive. Our parent's is
    // what we were started with, unless it is another .NET program.
    private static ulong? InheritedOpenFiles()
    {
        int parent = (int)Kernel.Call(SyscallNumber.getppid);
        return ResourceLimit.ReadSoft(parent, RlimitNofile, out ulong theirs)
            && ResourceLimit.ReadSoft(Environment.ProcessId, RlimitNofile, out ulong ours)
            && theirs < ours ? theirs : null;
    }

    /// <summary>Waits for the command child, which then waits for us.</summary>
    private StoppedCommand Admit(SessionConfig config, InitReport report, SessionCgroup? cgroup)
    {
        int child = 0;
        SessionCgroup? joined = null;
        while (true)
        {
            InitMessage message = _init.Receive(out int sender, out int descriptor);
            switch (message.Kind)
            {
                case InitMessageKind.Hello:
                    (child, joined) = (sender, message.Values[0] == 0 ? cgroup : null);
                    break;
                case InitMessageKind.Listener when child > 0 && descriptor >= 0:
                    return new StoppedCommand(child, descriptor, (uint)message.Values[0], report, joined);
                case InitMessageKind.Failed:
                    throw InitFailure.Describe(message, config.Binds);
                default:
                    // FAIL-CLOSED: no listener, no session.
                    throw new SessionException("leash-init ended before the command could be supervised");
            }
        }
    }

    private static ProtectionReport Report(SessionEnforcers enforcers, StoppedCommand command, bool hasGateway) => new()
    {
        Enforcer = enforcers.Choice.Set.Name,
        Isolation = command.Init.Rung,
        LandlockAbi = command.Init.LandlockAbi,
        Cgroup = command.Cgroup?.Path,
        Refusals = enforcers.Choice.Refusals,
        Lines = ProtectionReporter.Describe(enforcers, command, hasGateway),
    };
}
