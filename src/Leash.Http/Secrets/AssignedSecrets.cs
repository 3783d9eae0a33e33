using System.Collections.Immutable;

namespace Leash.Http.Secrets;

/// <summary>Where one secret comes from.</summary>
/// <param name="Name">What policies call it.</param>
/// <param name="Source">Who is asked.</param>
/// <param name="NameThere">What it is called there.</param>
public sealed record SecretAssignment(string Name, ISecretSource Source, string NameThere);

/// <summary>Secrets that have a source each. No other source is asked for them, and none for other names.</summary>
/// <param name="assignments">Each name once.</param>
public sealed class AssignedSecrets(ImmutableArray<SecretAssignment> assignments) : ISecretSource
{
    public SecretLookup Find(string name)
    {
        if (assignments.FirstOrDefault(candidate => candidate.Name == name) is not { } assignment)
        {
            return SecretLookup.Failed(SecretProblem.NotFound, "what this session was given", name);
        }

        var found = assignment.Source.Find(assignment.NameThere);
        return found with
        {
            Secret = found.Secret is { } secret ? new Secret(name, secret.Reveal()) : null,
            Name = name,
            Source = assignment.NameThere == name ? found.Source : $"{found.Source} (as `{assignment.NameThere}`)",
        };
    }
}
