using System.Collections.Immutable;
using System.Net.Sockets;
using Leash.Audit;
using Leash.Cli.Audits;
using Leash.Cli.CommandLine;
using Leash.Cli.Daemon;
using Leash.Cli.Gateways;
using Leash.Cli.Policies;
using Leash.Cli.Summaries;
using Leash.Enforcement.Seccomp;
using Leash.Plan;
using Leash.Policy;
using Leash.Sessions;
using Leash.Sessions.Enforcers;
using Leash.Sessions.Http;
using Leash.Sessions.Native;

namespace Leash.Cli.Running;

/// <summary>Runs a command in a session of its own, and tells how it went.</summary>
internal sealed class RunCommand
{
    private readonly RunArguments _arguments;
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private readonly string _id;
    private readonly DaemonPlace _place = DaemonPlace.OfUser();
    private PolicyControl? _control;

    private RunCommand(RunArguments arguments, Terminal terminal, TimeProvider time)
    {
        _arguments = arguments;
        _terminal = terminal;
        _time = time;
        _id = SessionPlace.NewId(time);
    }

    /// <summary>The exit code.</summary>
    public static int Run(RunArguments arguments, Terminal terminal, TimeProvider time)
    {
        try
        {
            return new RunCommand(arguments, terminal, time).Run();
        }
        catch (SessionException e)
        {
            terminal.Fail(e.Message, e.Help);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Fail(e.Message);
        }

        return CliExit.Failure;
    }

    private int Run()
    {
        var workspace = CanonicalPath.Of(_arguments.Workspace ?? ".");
        if (!Directory.Exists(workspace))
        {
            _terminal.Fail($"the workspace `{workspace}` is not a directory", "`--workspace` takes an existing directory");
            return CliExit.Usage;
        }

        if (HttpSetup.Read(_arguments.Http, _terminal) is not { } http)
        {
            return CliExit.Usage;
        }

        // Its namespaces are set up while the policy is compiled.
        using var session = NativeSession.Begin();
        using var programs = EarlyPrograms.Begin(_arguments.Enforcer, SayWhatTakesLong);
        WarmUp.Start();
        var starting = Task.Run(() => GatewaySetup.Of(http, _id, _time));
        using var audit = new SessionLog(StateDirectory.LogOf(_id), _time, EndAtOnce);
        var files = PolicyTexts.FilesOf(_arguments.PolicyFiles);
        if (PolicyTexts.Load(files, _terminal.Fail) is not { } documents)
        {
            return CliExit.Usage;
        }

        var facts = SessionPlace.Facts(workspace, _arguments.Command[0], _id);
        var compiled = PolicyCompiler.Compile(documents, facts, HttpSetup.EnforcedBy(_arguments.Http));
        if (!_arguments.IsQuiet || compiled.HasErrors)
        {
            _terminal.Show(compiled.Diagnostics.Where(IsWorthTelling));
        }

        if (compiled.Plan is not { } plan)
        {
            _terminal.Fail("the policy has errors, so nothing was run", "`leash policy validate FILE` checks a policy without running anything");
            return CliExit.Usage;
        }

        if (!_arguments.IsQuiet)
        {
            HttpSetup.Tell(plan, http, _terminal);
        }

        using var gateway = starting.GetAwaiter().GetResult();
        return Run(session, audit, facts, documents, files, plan, gateway);
    }

    private int Run(
        NativeSession session, SessionLog audit, SessionFacts facts, ImmutableArray<PolicyDocument> documents, ImmutableArray<string> files,
        EnforcementPlan plan, HttpGateway? gateway)
    {
        var exitCode = CliExit.Failure;
        PolicySwitch? policies = null;
        using DaemonHolder holder = new(_place, EndAtOnce);
        try
        {
            exitCode = session.Run(new SessionConfig
            {
                SessionId = _id,
                Command = _arguments.Command,
                Workspace = facts.Workspace,
                Plan = plan,
                Decider = new PlanDecider(plan),
                Enforcer = _arguments.Enforcer,
                Audit = audit,
                Mode = ModeOf(_arguments.Mode),
                RecordsAll = _arguments.RecordsAll,
                Environment =
                [
                    .. gateway?.Environment ?? [],
                    .. _arguments.Environment.Where(edit => edit.Value is not null).Select(edit => new Sessions.EnvironmentEdit(edit.Name, edit.Value)),
                    .. gateway?.Options.Secrets.Environment ?? [],
                ],
                Binds = BindsOf(),
                UsesTerminal = !_arguments.IsNonInteractive,
                DnsServers = _arguments.NameServers,
                ProtectedPaths =
                [
                    StateDirectory.Root(), _place.Directory, CanonicalPath.Of(AppContext.BaseDirectory), .. files.Select(CanonicalPath.Of),
                    .. gateway?.Options.Secrets.Files ?? [],
                ],
                Gateway = gateway,
                Holder = holder,
                OnActive = active =>
                {
                    Begin(active.Report, audit, holder, facts, documents);
                    policies = new PolicySwitch(facts, HttpSetup.EnforcedBy(_arguments.Http), active.Exchange, holder, audit);
                    _control = Listen(policies);
                },
                OnFailure = EndAtOnce,
                Time = _time,
            });
        }
        finally
        {
            _control?.Dispose();
            audit.Close(exitCode);
        }

        if (session.ExecErrno != 0)
        {
            var problem = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(session.ExecErrno);
            _terminal.Fail($"cannot execute `{ByteText.Visible(_arguments.Command[0])}`: {problem}", ExecHelp(exitCode));
        }

        if (!_arguments.IsQuiet)
        {
            Summarize(audit, policies?.Plan ?? plan);
        }

        return exitCode;
    }

    private void Begin(
        ProtectionReport report, SessionLog audit, DaemonHolder holder, SessionFacts facts, ImmutableArray<PolicyDocument> documents)
    {
        var header = HeaderOf(report, facts.Workspace, documents);
        if (holder.IsAsked)
        {
            audit.Forward(holder.Begin(audit.Path, header, documents, facts));
        }
        else
        {
            audit.Begin(header);
        }

        if (!_arguments.IsQuiet)
        {
            _terminal.Error.Write(FirstLines(report, facts.Workspace, documents));
        }
    }

    /// <summary>Null where no socket can be made: such a session keeps its policies to its end.</summary>
    private PolicyControl? Listen(PolicySwitch policies)
    {
        try
        {
            return PolicyControl.Listen(_place, _id, policies.Apply);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            return null;
        }
    }

    private void SayWhatTakesLong()
    {
        if (!_arguments.IsQuiet)
        {
            _terminal.Error.WriteLine($"{_terminal.ErrorPalette.Bold("leash:")} the kernel verifies the programs that enforce the policy (once, for sessions that follow each other) …");
        }
    }

    private SessionHeader HeaderOf(ProtectionReport report, string workspace, ImmutableArray<PolicyDocument> documents) =>
        new()
        {
            SessionId = _id,
            Version = ProductVersion.Text,
            Command = _arguments.Command,
            Workspace = workspace,
            Mode = ModeWord(_arguments.Mode),
            Enforcer = report.Enforcer,
            Policies = PolicySwitch.OriginsOf(documents),
            Machine = ProcessStatus.Machine(),
            User = Environment.UserName,
            Uid = ProcessStatus.UserId(),
        };

    private string FirstLines(ProtectionReport report, string workspace, ImmutableArray<PolicyDocument> documents)
    {
        var layers = string.Join(" + ", documents.Select(d => d.Layer == PolicyDocument.UserLayer ? ByteText.Visible(d.Name) : d.Layer));
        var text = $"{_terminal.ErrorPalette.Bold("leash:")} {report.Enforcer}, {ModeWord(_arguments.Mode)}, "
            + $"workspace {ByteText.Visible(workspace)}, policy {layers}\n"
            + ProtectionText.Notes(report, _terminal.ErrorPalette);
        return _arguments.IsVerbose ? text + ProtectionText.Render(report, _terminal.ErrorPalette) : text;
    }

    private void Summarize(SessionLog audit, EnforcementPlan plan) => _terminal.Error.Write(new SessionSummary
    {
        Tally = audit.Tally,
        LogPath = audit.Path,
        SessionId = _id,
        Notes = audit.Tally.Denials.Count == 0 ? new Dictionary<string, PolicyNote>(StringComparer.Ordinal) : PolicyNote.Of(plan),
        Suggest = SuggestedPermit.For,
        Palette = _terminal.ErrorPalette,
        IsVerbose = _arguments.IsVerbose,
    }.Render());

    /// <summary>FAIL-CLOSED: without a log nothing may go on. The end of this process ends the session, its processes included.</summary>
    private void EndAtOnce(string message)
    {
        _terminal.Fail(message, "nothing runs unrecorded, so the session was ended");
        Environment.Exit(CliExit.Failure);
    }

    private ImmutableArray<BindMount> BindsOf()
    {
        var binds = ImmutableArray.CreateBuilder<BindMount>();
        foreach (var volume in _arguments.Volumes)
        {
            var source = CanonicalPath.Of(ExpandHome(volume.Source));
            if (!Path.Exists(source))
            {
                throw new SessionException($"the volume's source `{source}` does not exist", "`-v SRC:DST` shows an existing file or directory");
            }

            binds.Add(new BindMount(source, volume.Destination, volume.IsReadOnly));
        }

        return binds.ToImmutable();
    }

    private static string? ExecHelp(int exitCode) => exitCode == CliExit.NotFound
        ? "the command is looked up in PATH; `leash --help` shows leash's own commands"
        : null;

    internal static string ExpandHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Join(SessionPlace.Home(), path[1..]) : path;

    /// <summary>Hints are for <c>leash policy validate</c>; the built-in layers have nothing to say at every start.</summary>
    private static bool IsWorthTelling(Cedar.Diagnostics.Diagnostic diagnostic) => diagnostic.Severity != Cedar.Diagnostics.Severity.Hint;

    private static EnforcementMode ModeOf(RunMode mode) => mode switch
    {
        RunMode.Enforce => EnforcementMode.Enforce,
        RunMode.Shadow => EnforcementMode.Shadow,
        RunMode.Record => EnforcementMode.Record,
    };

    private static string ModeWord(RunMode mode) => mode switch
    {
        RunMode.Enforce => "enforce",
        RunMode.Shadow => "shadow",
        RunMode.Record => "record",
    };
}
