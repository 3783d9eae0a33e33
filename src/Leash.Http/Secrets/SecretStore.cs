using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Leash.Http.Secrets;

/// <summary>The secrets of a session: sources in the order they are asked. A secret that was found is kept; one that was not is looked for again.</summary>
public sealed class SecretStore(ImmutableArray<ISecretSource> sources)
{
    private readonly ConcurrentDictionary<string, Secret> _found = new(StringComparer.Ordinal);

    /// <summary>One search at a time: requests that come together and need the same secret have its command ask the user once.</summary>
    private readonly Lock _search = new();

    /// <summary>The secret, or null.</summary>
    public Secret? Find(string name) => TryFind(name, out var secret).IsEmpty ? secret : null;

    /// <summary>
    /// The secret; without one, what each source said. A source that has a problem other than not having it ends the search: the value of another
    /// source would not be the one that was meant.
    /// </summary>
    public ImmutableArray<SecretLookup> TryFind(string name, out Secret? secret)
    {
        if (_found.TryGetValue(name, out secret))
        {
            return [];
        }

        lock (_search)
        {
            return _found.TryGetValue(name, out secret) ? [] : Search(name, out secret);
        }
    }

    /// <summary>The text without any value that was found so far.</summary>
    public string Scrub(string text)
    {
        foreach (var secret in _found.Values)
        {
            text = secret.Scrub(text);
        }

        return text;
    }

    private ImmutableArray<SecretLookup> Search(string name, out Secret? secret)
    {
        var failures = ImmutableArray.CreateBuilder<SecretLookup>();
        foreach (var source in sources)
        {
            var lookup = source.Find(name);
            if (lookup.Secret is { } found)
            {
                secret = _found[name] = found;
                return [];
            }

            failures.Add(lookup);
            if (lookup.Problem != SecretProblem.NotFound)
            {
                break;
            }
        }

        secret = null;
        return failures.ToImmutable();
    }
}
