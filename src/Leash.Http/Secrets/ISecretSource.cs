namespace Leash.Http.Secrets;

/// <summary>A place that secrets are looked for in.</summary>
public interface ISecretSource
{
    /// <summary>The secret, or why it is not there. Never throws for what a user can do wrong.</summary>
    /// <param name="name">A valid <see cref="SecretName"/>.</param>
    SecretLookup Find(string name);
}
