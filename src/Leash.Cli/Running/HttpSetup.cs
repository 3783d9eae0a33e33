using System.Collections;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

        var roots = ReadRoots(arguments.Roots, terminal);
        return problems.Count > 0 || roots is null ? null : new HttpOptions
        {
            IsOn = arguments.IsGatewayOn,
            Passthrough = arguments.Passthrough,
            Secrets = secrets,
            Roots = roots,
            ShowsQueryValues = arguments.ShowsQueries,
        };
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

    private static X509Certificate2Collection? ReadRoots(IEnumerable<string> paths, Terminal terminal)
    {
        X509Certificate2Collection roots = [];
        foreach (var path in paths)
        {
            if (FindProblem(roots, path) is { } problem)
            {
                terminal.Fail($"`--trust {path}` cannot be used: {problem}", "it takes a file of certificates in PEM (-----BEGIN CERTIFICATE-----); nothing was run");
                return null;
            }
        }

        return roots;
    }

    private static string? FindProblem(X509Certificate2Collection roots, string path)
    {
        try
        {
            var before = roots.Count;
            roots.ImportFromPemFile(RunCommand.ExpandHome(path));
            return roots.Count == before ? "there is no certificate in it" : null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static SecretOrigin WithFullPath(SecretOrigin origin) => origin.Kind == SecretOriginKind.File
        ? origin with { Text = CanonicalPath.Of(RunCommand.ExpandHome(origin.Text)) }
        : origin;
}
