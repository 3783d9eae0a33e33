using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Leash.Http.Secrets;

/// <summary>The secrets of a session: sources in the order they are asked. A secret that was found is kept; one that was not is looked for again.</summary>
public sealed class SecretStore(ImmutableArray<ISecretSource> sources)
{
    private readonly ConcurrentDictionary<string, Secret> _found = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, NameSearch> _searches = new(StringComparer.Ordinal);

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

        var search = _searches.GetOrAdd(name, _ => new NameSearch());
        var before = search.Ended;
        lock (search)
        {
            if (_found.TryGetValue(name, out secret))
            {
                return [];
            }

            if (search.Ended == before)
            {
                search.Failures = Search(name, out secret);
                search.Ended++;
            }

            return secret is null ? search.Failures : [];
        }
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

    /// <summary>
    /// One search for a secret at a time: requests that come together and need the same have its command ask the user once, and those that waited for a search
    /// have its outcome, also when it failed.
    /// </summary>
    private sealed class NameSearch
    {
        private int _ended;

        /// <summary>How many have ended. Written under the lock.</summary>
        public int Ended
        {
            get => Volatile.Read(ref _ended);
            set => Volatile.Write(ref _ended, value);
        }

        public ImmutableArray<SecretLookup> Failures { get; set; } = [];
    }
}
