using System.Collections;
using Leash.Cli.CommandLine;
using Leash.Cli.Policies;
using Leash.Http.Secrets;
using Leash.Plan;
using Leash.Policy;
using Leash.Sessions.Http;

namespace Leash.Cli.Running;

/// <summary>From what the command line says about the HTTP gateway to what a session is told.</summary>
internal static class HttpSetup
{
    /// <summary>The actions that are enforced in a session.</summary>
    public static PlanActionMask EnforcedBy(HttpArguments arguments) =>
        arguments.IsGatewayOn ? PolicyCompiler.Enforced : PolicyCompiler.Enforced & ~PlanActionMask.Http;

    /// <summary>The options; null when a secret is not where it should be, which is told.</summary>
    public static HttpOptions? Read(HttpArguments arguments, Terminal terminal)
    {
        List<SecretLookup> problems = [];
        var secrets = arguments.Secrets.IsEmpty && arguments.Placeholders.IsEmpty
            ? SessionSecrets.None
            : SessionSecrets.Create([.. arguments.Secrets.Select(WithFullPath)], arguments.Placeholders, Environment.GetEnvironmentVariable, problems);
        foreach (var problem in problems)
        {
            terminal.Fail(problem.Describe(), $"`--secret {problem.Name}=…` says where it is; nothing was run");
        }

        return problems.Count > 0 ? null : new HttpOptions { IsOn = arguments.IsGatewayOn, Passthrough = arguments.Passthrough, Secrets = secrets };
    }

    /// <summary>What does not stop a session, and should not surprise its user.</summary>
    public static void Tell(EnforcementPlan plan, HttpOptions options, Terminal terminal)
    {
        foreach (var name in options.Secrets.FindMissing(plan))
        {
            terminal.Note($"the policies put in the secret `{name}`, which has no source; requests that need it are denied", $"`--secret {name}=…` says where it is");
        }

        if (options.Secrets.Environment.IsEmpty)
        {
            return;
        }

        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string)entry.Value!));
        foreach (var (variable, secret) in options.Secrets.FindCopies(variables))
        {
            terminal.Note($"the variable `{variable}` has the secret `{secret}` in it too, and the command sees it", $"start leash without it: `env -u {variable} leash …`");
        }
    }

    private static SecretOrigin WithFullPath(SecretOrigin origin) => origin.Kind == SecretOriginKind.File
        ? origin with { Text = CanonicalPath.Of(RunCommand.ExpandHome(origin.Text)) }
        : origin;
}
