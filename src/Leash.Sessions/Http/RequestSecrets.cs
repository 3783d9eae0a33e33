using Leash.Http.Secrets;

namespace Leash.Sessions.Http;

/// <summary>The secrets of one request. One that is not there is looked for once: its command may ask the user.</summary>
internal sealed class RequestSecrets(SecretStore store)
{
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    public Secret? Find(string name)
    {
        if (_problems.ContainsKey(name))
        {
            return null;
        }

        var failures = store.TryFind(name, out var secret);
        if (secret is null)
        {
            _problems[name] = failures[^1].Describe();
        }

        return secret;
    }

    /// <summary>Why it was not found.</summary>
    public string ProblemOf(string name) => _problems.GetValueOrDefault(name, $"secret `{name}` cannot be had");
}
