using System.Collections.Immutable;
using Leash.Http.Rewriting;
using Leash.Http.Secrets;
using Leash.Plan;

namespace Leash.Sessions.Http;

/// <summary>
/// The secrets that a session's gateway puts into requests, and what the command has in their place: its environment has none of the variables that they come from,
/// and placeholders for those that it needs.
/// </summary>
internal sealed class SessionSecrets
{
    /// <summary>A command that asks its user for a passphrase takes as long as the user does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What is shorter is in other values by chance.</summary>
    private const int MinLengthOfCopies = 8;

    private readonly ImmutableArray<SecretOrigin> _origins;

    private SessionSecrets(ImmutableArray<SecretOrigin> origins, SecretStore store, ImmutableArray<Placeholder> placeholders)
    {
        _origins = origins;
        Store = store;
        Placeholders = placeholders;
        Environment =
        [
            .. origins.Where(origin => origin.Kind == SecretOriginKind.Environment).Select(origin => new EnvironmentEdit(origin.Text, null)),
            .. placeholders.Select(placeholder => new EnvironmentEdit(placeholder.SecretName, placeholder.Token)),
        ];
        Files = [.. origins.Where(origin => origin.Kind == SecretOriginKind.File).Select(origin => origin.Text)];
    }

    /// <summary>Of a session that was given none.</summary>
    public static SessionSecrets None { get; } = new([], new SecretStore([new AssignedSecrets([])]), []);

    public SecretStore Store { get; }

    public ImmutableArray<Placeholder> Placeholders { get; }

    /// <summary>Changes to the command's environment; they come last.</summary>
    public ImmutableArray<EnvironmentEdit> Environment { get; }

    /// <summary>Files with secrets: no operation of the session may reach them.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>Looks for all secrets but those of commands, which may ask questions and are asked when a request needs them.</summary>
    /// <param name="origins">Where secrets come from; each name once.</param>
    /// <param name="credentials">The variables that get placeholders; each once. One without an origin comes from leash's own environment.</param>
    /// <param name="readVariable">A variable of leash's own environment, or null.</param>
    /// <param name="problems">Receives what was not found; the result is not to be used then.</param>
    public static SessionSecrets Create(
        ImmutableArray<SecretOrigin> origins, ImmutableArray<KnownCredential> credentials, Func<string, string?> readVariable, List<SecretLookup> problems)
    {
        ImmutableArray<SecretOrigin> all =
        [
            .. origins,
            .. credentials.Select(credential => credential.Variable).Except(origins.Select(origin => origin.Name), StringComparer.Ordinal)
                .Select(variable => new SecretOrigin(variable, SecretOriginKind.Environment, variable)),
        ];
        var environment = new EnvironmentSecrets(readVariable);
        var store = new SecretStore([new AssignedSecrets([.. all.Select(origin => Assign(origin, environment))])]);
        foreach (var origin in all.Where(origin => origin.Kind != SecretOriginKind.Command))
        {
            problems.AddRange(store.TryFind(origin.Name, out _));
        }

        return new SessionSecrets(all, store, [.. credentials.Select(Placeholder.Create)]);
    }

    /// <summary>The secrets that a plan puts into requests and that have no origin: these requests are denied.</summary>
    public IEnumerable<string> FindMissing(EnforcementPlan plan) => plan.Statements
        .SelectMany(statement => RewriteProposals.Of(statement))
        .SelectMany(edit => RewriteValue.Parse(edit.Value, out _)?.Secrets ?? [])
        .Except(_origins.Select(origin => origin.Name), StringComparer.Ordinal);

    /// <summary>Variables that the command sees all the same, and the secrets whose values are in them. Those of commands are not known yet.</summary>
    /// <param name="environment">Leash's own.</param>
    public IEnumerable<(string Variable, string Secret)> FindCopies(IEnumerable<KeyValuePair<string, string>> environment)
    {
        ImmutableArray<Secret?> secrets = [.. _origins.Where(origin => origin.Kind != SecretOriginKind.Command).Select(origin => Store.Find(origin.Name))];
        return from variable in environment
               where !Environment.Any(edit => edit.Name == variable.Key)
               from secret in secrets
               where secret?.Reveal() is { Length: >= MinLengthOfCopies } value && variable.Value.Contains(value, StringComparison.Ordinal)
               select (variable.Key, secret.Name);
    }

    private static SecretAssignment Assign(SecretOrigin origin, EnvironmentSecrets environment) => origin.Kind switch
    {
        SecretOriginKind.Environment => new SecretAssignment(origin.Name, environment, origin.Text),
        SecretOriginKind.File => new SecretAssignment(origin.Name, new FileSecrets(origin.Text), origin.Name),
        SecretOriginKind.Command => new SecretAssignment(origin.Name, new CommandSecrets(["/bin/sh", "-c", origin.Text], Patience), origin.Name),
    };
}
