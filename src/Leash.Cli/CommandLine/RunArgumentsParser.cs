using System.Net;
using Cedar.Diagnostics;

namespace Leash.Cli.CommandLine;

/// <summary>
/// Parses <c>leash [flags] [--] COMMAND [ARG…]</c>. Flags end at the first word that is none, or at <c>--</c>; the rest belongs to the
/// command. Written by hand because it runs before every command (docs/adr/0010-run-form-parsed-by-hand.md).
/// </summary>
internal static class RunArgumentsParser
{
    private static readonly string[] _modes = ["enforce", "shadow", "record"];
    private static readonly string[] _enforcers = [.. Leash.Sessions.Enforcers.EnforcerSelection.Names];

    /// <summary>The arguments; all mistakes are in <paramref name="errors"/>, and the result means nothing when there are any.</summary>
    public static RunArguments Parse(ReadOnlySpan<string> args, List<UsageError> errors)
    {
        var result = ParseFlags(args, errors);
        HttpArgumentsParser.CheckTogether(result, errors);
        return result;
    }

    private static RunArguments ParseFlags(ReadOnlySpan<string> args, List<UsageError> errors)
    {
        var result = new RunArguments();
        var i = 0;
        while (i < args.Length)
        {
            var word = args[i];
            if (word == "--")
            {
                return WithCommand(result, args[(i + 1)..], errors);
            }

            if (word.Length < 2 || word[0] != '-')
            {
                return WithCommand(result, args[i..], errors);
            }

            i++;
            var (name, value) = Split(word);
            if (FlagTable.Find(name) is not { } flag)
            {
                errors.Add(Unknown(name));
                continue;
            }

            if (FlagTable.ValueName(flag) is not { } valueName)
            {
                result = value is null ? WithSwitch(result, flag) : Fail(result, errors, $"`{name}` takes no value", $"write just `{name}`");
                continue;
            }

            if (value is null && i < args.Length && args[i] != "--")
            {
                value = args[i++];
            }

            result = string.IsNullOrEmpty(value)
                ? Fail(result, errors, $"`{name}` needs a value", $"write `{name} {valueName}`")
                : WithValue(result, flag, name, value, errors);
        }

        return result;
    }

    /// <summary><c>--name=value</c>, <c>-nvalue</c> for the short flags with a value, or just a name.</summary>
    private static (string Name, string? Value) Split(string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = word.IndexOf('=');
            return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
        }

        return word.Length > 2 && word[1] is 'e' or 'v' ? (word[..2], word[2..]) : (word, null);
    }

    private static UsageError Unknown(string name) => new(
        $"unknown flag `{name}`",
        Suggestion.DidYouMean(name, FlagTable.LongNames) is { } hint
            ? $"{hint} Flags of the command go behind it: `leash COMMAND {name}`"
            : $"flags of the command go behind it: `leash COMMAND {name}`; `leash --help` lists leash's own");

    private static RunArguments WithCommand(RunArguments result, ReadOnlySpan<string> command, List<UsageError> errors)
    {
        if (!command.IsEmpty && command[0].Length == 0)
        {
            errors.Add(new UsageError("the command is empty", "name a program: `leash -- COMMAND [ARG…]`"));
        }

        return result with { Command = [.. command] };
    }

    private static RunArguments WithSwitch(RunArguments result, RunFlag flag) => flag switch
    {
        RunFlag.LogQueries => result with { Http = result.Http with { ShowsQueries = true } },
        RunFlag.AllEvents => result with { RecordsAll = true },
        RunFlag.NoInteractive => result with { IsNonInteractive = true },
        RunFlag.Verbose => result with { IsVerbose = true },
        RunFlag.Quiet => result with { IsQuiet = true },
        RunFlag.Version => result with { IsVersion = true },
        RunFlag.Help => result with { IsHelp = true },
        RunFlag.Policy or RunFlag.Mode or RunFlag.Enforcer or RunFlag.Workspace or RunFlag.Env or RunFlag.Volume or RunFlag.Dns
            or RunFlag.Gateway or RunFlag.Secret or RunFlag.Placeholder or RunFlag.Passthrough or RunFlag.Trust =>
            throw new ArgumentException("the flag has a value", nameof(flag)),
    };

    private static RunArguments WithValue(RunArguments result, RunFlag flag, string name, string value, List<UsageError> errors) => flag switch
    {
        RunFlag.Policy => result with { PolicyFiles = result.PolicyFiles.Add(value) },
        RunFlag.Workspace => result with { Workspace = value },
        RunFlag.Mode => ParseMode(value) is { } mode
            ? result with { Mode = mode }
            : Fail(result, errors, $"unknown mode `{value}`", OneOf(value, _modes)),
        RunFlag.Enforcer => _enforcers.AsSpan().Contains(value)
            ? result with { Enforcer = value }
            : Fail(result, errors, $"unknown enforcer `{value}`", OneOf(value, _enforcers)),
        RunFlag.Env => WithEnvironment(result, name, value, errors),
        RunFlag.Volume => WithVolume(result, value, errors),
        RunFlag.Dns => WithNameServer(result, value, errors),
        RunFlag.Gateway => result with { Http = HttpArgumentsParser.WithGateway(result.Http, value, errors) },
        RunFlag.Secret => result with { Http = HttpArgumentsParser.WithSecret(result.Http, value, errors) },
        RunFlag.Placeholder => result with { Http = HttpArgumentsParser.WithPlaceholder(result.Http, value, errors) },
        RunFlag.Passthrough => result with { Http = HttpArgumentsParser.WithPassthrough(result.Http, value, errors) },
        RunFlag.Trust => result with { Http = result.Http with { Roots = result.Http.Roots.Add(value) } },
        RunFlag.LogQueries or RunFlag.AllEvents or RunFlag.NoInteractive or RunFlag.Verbose or RunFlag.Quiet or RunFlag.Version or RunFlag.Help =>
            throw new ArgumentException("the flag has no value", nameof(flag)),
    };

    private static RunMode? ParseMode(string word) => word switch
    {
        "enforce" => RunMode.Enforce,
        "shadow" => RunMode.Shadow,
        "record" => RunMode.Record,
        _ => null,
    };

    private static RunArguments WithEnvironment(RunArguments result, string name, string value, List<UsageError> errors)
    {
        var equals = value.IndexOf('=');
        var edit = equals < 0 ? new EnvironmentEdit(value, null) : new EnvironmentEdit(value[..equals], value[(equals + 1)..]);
        return edit.Name.Length == 0
            ? Fail(result, errors, $"`{name} {value}` names no variable", $"write `{name} KEY=VALUE`, or `{name} KEY` to pass leash's own value on")
            : result with { Environment = result.Environment.Add(edit) };
    }

    private static RunArguments WithVolume(RunArguments result, string value, List<UsageError> errors)
    {
        var parts = value.Split(':');
        var isReadOnly = parts.Length == 3 && parts[2] == "ro";
        if (parts.Length is < 2 or > 3 || parts[0].Length == 0 || (parts.Length == 3 && parts[2] is not ("ro" or "rw")))
        {
            return Fail(result, errors, $"`{value}` is not a volume", "write `-v SRC:DST`, or `-v SRC:DST:ro` to show it read-only");
        }

        return parts[1].StartsWith('/')
            ? result with { Volumes = result.Volumes.Add(new VolumeArgument(parts[0], parts[1], isReadOnly)) }
            : Fail(result, errors, $"the destination `{parts[1]}` of a volume is not absolute", $"write `-v {parts[0]}:/…`");
    }

    private static RunArguments WithNameServer(RunArguments result, string value, List<UsageError> errors)
    {
        const int DnsPort = 53;
        if (IPAddress.TryParse(value.Trim('[', ']'), out var address))
        {
            return result with { NameServers = result.NameServers.Add(new IPEndPoint(address, DnsPort)) };
        }

        return IPEndPoint.TryParse(value, out var endpoint)
            ? result with { NameServers = result.NameServers.Add(endpoint) }
            : Fail(result, errors, $"`{value}` is not the address of a name server", "write `--dns 192.0.2.53` or `--dns 192.0.2.53:5353`");
    }

    private static string OneOf(string word, string[] choices) =>
        Suggestion.DidYouMean(word, choices) is { } hint ? $"{hint} There are: {string.Join(", ", choices)}" : $"there are: {string.Join(", ", choices)}";

    private static RunArguments Fail(RunArguments result, List<UsageError> errors, string message, string help)
    {
        errors.Add(new UsageError(message, help));
        return result;
    }
}
