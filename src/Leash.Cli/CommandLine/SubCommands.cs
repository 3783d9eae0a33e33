using System.CommandLine;
using Cedar.Formatting;
using Leash.Audit;
using Leash.Cli.Audits;
using Leash.Cli.Daemon;
using Leash.Cli.Doctor;
using Leash.Cli.Gateways;
using Leash.Cli.Policies;

namespace Leash.Cli.CommandLine;

/// <summary><c>leash policy …</c>, <c>leash audit …</c>, <c>leash ca …</c>, <c>leash doctor</c>, <c>leash daemon</c>.</summary>
internal static class SubCommands
{
    /// <summary>Whether a command line's first word is one of leash's own commands; <c>leash -- WORD</c> runs a program of that name.</summary>
    public static bool Has(string word) => word is "policy" or "audit" or "ca" or "doctor" or DaemonProgram.Command;

    public static int Run(string[] args, Terminal terminal)
    {
        var root = new RootCommand("Runs a command under a Cedar policy.") { Policy(terminal), Audit(terminal), Authority(terminal), Doctor(terminal), Daemon(terminal) };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Fail(error.Message);
            }

            terminal.Error.WriteLine($"  help: `{PathOf(parsed.CommandResult.Command)} --help` shows what it takes");
            return CliExit.Usage;
        }

        var exit = parsed.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error });
        terminal.Out.Flush(); // the help text
        return exit;
    }

    private static string PathOf(Command command) =>
        command is RootCommand ? "leash" : $"{PathOf(command.Parents.OfType<Command>().First())} {command.Name}";

    private static Command Policy(Terminal terminal) => new("policy", "Check, format and explain policies")
    {
        Validate(terminal), Format(terminal), Explain(terminal), Schema(terminal), Apply(terminal),
    };

    private static Command Validate(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Cedar files; without one, LEASH_POLICY_FILE or the standard policy" };
        files.Validators.Add(RefuseFlags);
        var workspace = Workspace();
        var command = new Command("validate", "Report everything that is wrong with policies; exit code 1 when there are errors") { files, workspace };
        command.SetAction(parsed => PolicyCommands.Validate(terminal, parsed.GetValue(files) ?? [], parsed.GetValue(workspace)));
        return command;
    }

    private static Command Format(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "policies, and schemas by their suffix .cedarschema; `-` or none: from standard input to standard output",
        };
        files.Validators.Add(RefuseFlags);
        var isCheck = new Option<bool>("--check") { Description = "change nothing; name what is not formatted, exit code 1 if there is any" };
        var width = new Option<int>("--width") { Description = "characters in a line, as far as can be (default: 80)", DefaultValueFactory = _ => 80 };
        width.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 20 or > 1000)
            {
                result.AddError("`--width` takes a number from 20 to 1000");
            }
        });
        var command = new Command("fmt", "Format files in place, comments kept, and name those that changed") { files, isCheck, width };
        command.SetAction(parsed => new FormatCommand(
            terminal, new FormatOptions { LineWidth = parsed.GetValue(width) }, parsed.GetValue(isCheck)).Run([.. parsed.GetValue(files) ?? []]));
        return command;
    }

    private static Command Explain(Terminal terminal)
    {
        var action = new Argument<string>("ACTION") { Description = "as in policies: FileOpenReadOnly, ProcessExec, NetworkConnect …" };
        var resource = new Argument<string>("RESOURCE") { Description = "a path, HOST:PORT, or \"[METHOD] URL\"" };
        var policy = new Option<string[]>("--policy") { Description = "a Cedar file; may be repeated" };
        var workspace = Workspace();
        var exe = new Option<string[]>("--exe") { Description = "the executable that asks; repeated: its ancestors first" };
        var argument = new Option<string[]>("--arg") { Description = "an argument of a ProcessExec; may be repeated" };
        var interpreter = new Option<string>("--interpreter") { Description = "the interpreter of a script that is executed" };
        var address = new Option<string>("--address") { Description = "the address that a host name stands for" };
        var header = new Option<string[]>("--header") { Description = "a header of an HttpRequest, or what an HttpRewrite makes of one; `NAME: VALUE`" };
        var protocol = new Option<string>("--protocol") { Description = "tcp (default) or udp", DefaultValueFactory = _ => "tcp" };
        var command = new Command("explain", "Decide one request and name the statements that decided; exit code 1 when it is denied")
        {
            action, resource, policy, workspace, exe, argument, interpreter, address, protocol, header,
        };
        command.SetAction(parsed => ExplainCommand.Run(
            terminal, [.. parsed.GetValue(policy) ?? []], parsed.GetValue(workspace), new ExplainRequest
            {
                Action = parsed.GetValue(action)!,
                Resource = parsed.GetValue(resource)!,
                Lineage = [.. parsed.GetValue(exe) ?? []],
                Arguments = [.. parsed.GetValue(argument) ?? []],
                Interpreter = parsed.GetValue(interpreter),
                Address = parsed.GetValue(address),
                Protocol = parsed.GetValue(protocol)!,
                Headers = [.. parsed.GetValue(header) ?? []],
            }));
        return command;
    }

    private static Command Apply(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Cedar files; together with the base layer they replace all policies", Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(RefuseFlags);
        var session = new Option<string>("--session") { Description = "a session's id, or the beginning of one; needed when several run" };
        var command = new Command("apply", "Give a running session other policies, all or none") { files, session };
        command.SetAction(parsed => ApplyCommand.Run(
            terminal, DaemonPlace.OfUser(), parsed.GetValue(files) ?? [], parsed.GetValue(session)));
        return command;
    }

    private static Command Schema(Terminal terminal)
    {
        var command = new Command("schema", "Print the vocabulary as a Cedar schema");
        command.SetAction(_ => PolicyCommands.Schema(terminal));
        return command;
    }

    private static Command Audit(Terminal terminal) => new("audit", "Read and verify the logs of sessions") { Show(terminal), Verify(terminal) };

    private static Command Show(Terminal terminal)
    {
        var session = Session();
        var isDenied = new Option<bool>("--denied") { Description = "only what was denied, or would have been" };
        var action = new Option<string>("--action") { Description = "only this action or system call" };
        var resource = new Option<string>("--resource") { Description = "only resources that contain this" };
        var exe = new Option<string>("--exe") { Description = "only this executable (path, or last component)" };
        var policy = new Option<string>("--policy") { Description = "only what this policy id decided" };
        var isJson = new Option<bool>("--json") { Description = "the lines as they are in the log" };
        var command = new Command("show", "What a session did") { session, isDenied, action, resource, exe, policy, isJson };
        command.SetAction(parsed => AuditCommands.Show(
            terminal, parsed.GetValue(session), new AuditFilter
            {
                DeniedOnly = parsed.GetValue(isDenied),
                Action = parsed.GetValue(action),
                Resource = parsed.GetValue(resource),
                Exe = parsed.GetValue(exe),
                Policy = parsed.GetValue(policy),
            },
            parsed.GetValue(isJson)));
        return command;
    }

    private static Command Verify(Terminal terminal)
    {
        var session = Session();
        var head = new Option<string>("--head") { Description = "the last hash, when it was kept elsewhere" };
        var command = new Command("verify", "Whether a log is complete and unchanged; exit code 1 when not") { session, head };
        command.SetAction(parsed => AuditCommands.Verify(terminal, parsed.GetValue(session), parsed.GetValue(head)));
        return command;
    }

    private static Command Authority(Terminal terminal)
    {
        var show = new Command("show", "Whose certificates sessions see, and until when");
        show.SetAction(_ => CaCommands.Show(terminal, TimeProvider.System));
        var file = new Option<string>("--out") { Description = "a file to write it to (default: standard output)" };
        var export = new Command("export", "The certificate, for programs that take it by hand") { file };
        export.SetAction(parsed => CaCommands.Export(terminal, TimeProvider.System, parsed.GetValue(file)));
        var rotate = new Command("rotate", "Replace the authority; sessions that run keep the one before");
        rotate.SetAction(_ => CaCommands.Rotate(terminal, TimeProvider.System));
        return new("ca", "The certificate authority that opens HTTPS in sessions") { show, export, rotate };
    }

    private static Command Doctor(Terminal terminal)
    {
        var isJson = new Option<bool>("--json") { Description = "for programs" };
        var command = new Command("doctor", "What this machine can enforce, each claim tried, and how to get more") { isJson };
        command.SetAction(parsed => DoctorCommand.Run(terminal, parsed.GetValue(isJson)));
        return command;
    }

    private static Command Daemon(Terminal terminal)
    {
        var directory = new Option<string>("--directory")
        {
            Description = $"where it is found (default: {DaemonPlace.Default})", DefaultValueFactory = _ => DaemonPlace.Default,
        };
        var command = new Command(
            DaemonProgram.Command, "Hold the sessions that the kernel enforces: their logs, their policies. leash starts it when it is needed") { directory };
        command.SetAction(parsed => DaemonProgram.Run(new DaemonPlace(Path.GetFullPath(parsed.GetValue(directory)!)), terminal));
        return command;
    }

    private static Option<string> Workspace() =>
        new("--workspace") { Description = "the directory that policies call ${workspace} (default: the current one)" };

    private static Argument<string?> Session()
    {
        var session = new Argument<string?>("SESSION")
        {
            Description = "a session's id, the beginning of one, or a log file; without it, the newest session",
            DefaultValueFactory = _ => null,
        };
        session.Validators.Add(RefuseFlags);
        return session;
    }

    /// <summary>The library takes an unknown flag for a value.</summary>
    private static void RefuseFlags(System.CommandLine.Parsing.ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (token.Value.StartsWith('-') && token.Value != PolicyTexts.StandardInput)
            {
                result.AddError($"unknown flag `{token.Value}`");
            }
        }
    }
}
