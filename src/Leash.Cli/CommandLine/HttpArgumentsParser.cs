using System.Collections.Immutable;
using Cedar.Diagnostics;
using Leash.Http.Canonical;
using Leash.Http.Rewriting;
using Leash.Http.Secrets;
using Leash.Sessions.Http;

namespace Leash.Cli.CommandLine;

/// <summary>
/// Parses the values of <c>--secret</c>, <c>--placeholder</c>, <c>--passthrough</c> and <c>--gateway</c>. What may be a secret that was given by mistake is not
/// repeated.
/// </summary>
internal static class HttpArgumentsParser
{
    private const string DefaultHeader = "authorization";
    private const string SecretForms = "write `--secret NAME=env:VARIABLE`, `--secret NAME=file:PATH` (a line `NAME=value`) or `--secret NAME=command:COMMAND`";

    /// <summary><c>on</c> or <c>off</c>.</summary>
    public static HttpArguments WithGateway(HttpArguments result, string value, List<UsageError> errors) => value switch
    {
        "on" => result with { IsGatewayOn = true },
        "off" => result with { IsGatewayOn = false },
        _ => Fail(result, errors, $"the gateway is `on` or `off`, not `{value}`", "it is on without the flag"),
    };

    /// <summary><c>HOST</c> or <c>*.SUFFIX</c>.</summary>
    public static HttpArguments WithPassthrough(HttpArguments result, string value, List<UsageError> errors) => PassthroughHost.Parse(value) is { } host
        ? result with { Passthrough = result.Passthrough.Add(host) }
        : Fail(result, errors, $"`{value}` is not a host", "write `--passthrough api.example.com`, or `--passthrough *.example.com` for all below it");

    /// <summary><c>NAME=env:VARIABLE</c>, <c>NAME=file:PATH</c>, <c>NAME=command:COMMAND</c>.</summary>
    public static HttpArguments WithSecret(HttpArguments result, string value, List<UsageError> errors)
    {
        var equals = value.IndexOf('=');
        if (equals < 0)
        {
            return Fail(result, errors, "`--secret` does not say where the secret is", SecretForms);
        }

        var (name, place) = (value[..equals], value[(equals + 1)..]);
        if (!SecretName.IsValid(name))
        {
            return Fail(result, errors, $"`{name}` is not the name of a secret", "names have letters, digits, `_`, `-`, `.` and `/`, and begin with a letter or `_`");
        }

        if (ReadOrigin(name, place) is not { } origin)
        {
            return Fail(result, errors, $"`--secret {name}` does not say where the secret is", SecretForms + "; the secret itself is never on the command line");
        }

        return result.Secrets.Any(other => other.Name == name)
            ? Fail(result, errors, $"the secret `{name}` is given twice", "give it once")
            : result with { Secrets = result.Secrets.Add(origin) };
    }

    /// <summary><c>VARIABLE</c>, <c>VARIABLE=HOST</c>, <c>VARIABLE=HOST:HEADER</c>.</summary>
    public static HttpArguments WithPlaceholder(HttpArguments result, string value, List<UsageError> errors)
    {
        var equals = value.IndexOf('=');
        var variable = equals < 0 ? value : value[..equals];
        if (!IsVariable(variable))
        {
            return Fail(result, errors, $"`{variable}` is not the name of a variable", "write `--placeholder VARIABLE=HOST[:HEADER]`");
        }

        var known = KnownCredential.All.FirstOrDefault(credential => credential.Variable == variable);
        var credential = equals < 0 ? known ?? Unknown(variable, errors) : ReadCredential(variable, value[(equals + 1)..], known?.Header, errors);
        return credential is null ? result : Add(result, credential, errors);
    }

    /// <summary>What no flag can tell by itself.</summary>
    public static void CheckTogether(RunArguments arguments, List<UsageError> errors)
    {
        var http = arguments.Http;
        if (!http.IsGatewayOn && http != new HttpArguments { IsGatewayOn = false })
        {
            errors.Add(new UsageError("secrets, placeholders and what else is said about HTTP need the gateway", "leave out `--gateway off`"));
        }

        var hidden = http.Placeholders.Select(credential => credential.Variable)
            .Concat(http.Secrets.Where(origin => origin.Kind == SecretOriginKind.Environment).Select(origin => origin.Text));
        foreach (var name in hidden.Intersect(arguments.Environment.Select(edit => edit.Name), StringComparer.Ordinal))
        {
            errors.Add(new UsageError($"`--env {name}` would show the command what is kept from it", "leave it out: a secret's variable is removed, or gets its placeholder"));
        }
    }

    private static SecretOrigin? ReadOrigin(string name, string place)
    {
        var colon = place.IndexOf(':');
        var text = place[(colon + 1)..];
        SecretOriginKind? kind = colon < 0 || text.Length == 0 ? null : place[..colon] switch
        {
            "env" => IsVariable(text) ? SecretOriginKind.Environment : null,
            "file" => SecretOriginKind.File,
            "command" => SecretOriginKind.Command,
            _ => null,
        };
        return kind is { } known ? new SecretOrigin(name, known, text) : null;
    }

    private static KnownCredential? Unknown(string variable, List<UsageError> errors)
    {
        var help = $"say which host gets it: `--placeholder {variable}=HOST[:HEADER]`";
        errors.Add(new UsageError(
            $"it is not known where `{variable}` is sent",
            Suggestion.DidYouMean(variable, KnownCredential.All.Select(credential => credential.Variable)) is { } hint ? $"{hint} Or {help}" : help));
        return null;
    }

    private static KnownCredential? ReadCredential(string variable, string place, string? knownHeader, List<UsageError> errors)
    {
        var colon = place.IndexOf(':');
        var header = (colon < 0 ? knownHeader ?? DefaultHeader : place[(colon + 1)..]).ToLowerInvariant();
        if (HostReader.ReadHost(colon < 0 ? place : place[..colon], out _) is not { Name: { } host })
        {
            errors.Add(new UsageError(
                $"`--placeholder {variable}` does not name a host", "write `--placeholder VARIABLE=HOST[:HEADER]`, with the full name of one host that has a certificate for it"));
            return null;
        }

        if (!FieldText.IsName(header) || !RewritableHeaders.Contains(header) || int.TryParse(header, out _))
        {
            errors.Add(new UsageError($"`{header}` is not a header that can hold a secret", $"write `--placeholder {variable}={host}:HEADER`; it is for all ports of the host"));
            return null;
        }

        return new KnownCredential(variable, header, [host]);
    }

    private static HttpArguments Add(HttpArguments result, KnownCredential credential, List<UsageError> errors)
    {
        var before = result.Placeholders.FirstOrDefault(other => other.Variable == credential.Variable);
        if (before is null)
        {
            return result with { Placeholders = result.Placeholders.Add(credential) };
        }

        ImmutableArray<string> hosts = [.. before.Hosts.Union(credential.Hosts, StringComparer.Ordinal)];
        return before.Header == credential.Header
            ? result with { Placeholders = result.Placeholders.Replace(before, before with { Hosts = hosts }) }
            : Fail(result, errors, $"the placeholder of `{credential.Variable}` is given two headers", "one variable is sent in one header");
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static HttpArguments Fail(HttpArguments result, List<UsageError> errors, string message, string help)
    {
        errors.Add(new UsageError(message, help));
        return result;
    }
}
