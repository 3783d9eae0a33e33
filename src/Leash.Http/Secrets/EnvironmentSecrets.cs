namespace Leash.Http.Secrets;

/// <summary>Secrets in variables of leash's own environment; the command's environment is made without them.</summary>
/// <param name="read">The value of a variable, or null.</param>
public sealed class EnvironmentSecrets(Func<string, string?> read) : ISecretSource
{
    private const string Source = "the environment";

    public SecretLookup Find(string name) => read(name) is { } value
        ? SecretLookup.Of(value, Source, name)
        : SecretLookup.Failed(SecretProblem.NotFound, Source, name);
}
