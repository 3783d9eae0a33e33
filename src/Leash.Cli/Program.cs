using Leash.Cli;
using Leash.Cli.CommandLine;
using Leash.Cli.Running;

var terminal = Terminal.OfProcess();
if (args.Length > 0 && SubCommands.Has(args[0]))
{
    return SubCommands.Run(args, terminal);
}

var errors = new List<UsageError>();
var arguments = RunArgumentsParser.Parse(args, errors);
if (args.Length == 0 || arguments.IsHelp)
{
    terminal.Out.Write(HelpText.Text);
    terminal.Out.Flush();
    return CliExit.Success;
}

if (errors.Count == 0 && arguments.IsVersion)
{
    terminal.Out.WriteLine($"leash {ProductVersion.Text}");
    terminal.Out.Flush();
    return CliExit.Success;
}

if (errors.Count == 0 && arguments.Command.IsEmpty)
{
    errors.Add(new UsageError("there is no command to run", "name one: `leash [flags] -- COMMAND [ARG…]`"));
}

foreach (var error in errors)
{
    terminal.Fail(error.Message, error.Help);
}

return errors.Count > 0 ? CliExit.Usage : RunCommand.Run(arguments, terminal, TimeProvider.System);
