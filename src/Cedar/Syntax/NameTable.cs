namespace Cedar.Syntax;

/// <summary>
/// Strings that are shared: names repeat in every policy, and one string for each keeps 100,000 policies small. A hash set of its own, because
/// one from the framework, looked up by span, would be compiled at the start of every program that reads a policy.
/// </summary>
internal sealed class NameTable
{
    private const int InitialSize = 64;

    private string?[] _slots = new string?[InitialSize];
    private int _count;

    /// <summary>The one string of these characters.</summary>
    public string Intern(ReadOnlySpan<char> name)
    {
        var mask = _slots.Length - 1;

        // The framework's hash of strings is seeded at random, so hostile names do not collide.
        var place = string.GetHashCode(name, StringComparison.Ordinal) & mask;
        while (_slots[place] is { } known)
        {
            if (name.SequenceEqual(known))
            {
                return known;
            }

            place = (place + 1) & mask;
        }

        var added = name.ToString();
        _slots[place] = added;
        if (++_count * 2 > _slots.Length)
        {
            Grow();
        }

        return added;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new string?[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var name in old)
        {
            if (name is null)
            {
                continue;
            }

            var place = string.GetHashCode(name, StringComparison.Ordinal) & mask;
            while (_slots[place] is not null)
            {
                place = (place + 1) & mask;
            }

            _slots[place] = name;
        }
    }
}
