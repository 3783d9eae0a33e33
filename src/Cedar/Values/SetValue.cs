using System.Collections.Immutable;
using System.Text;

namespace Cedar.Values;

/// <summary>A set. <see cref="Elements"/> are distinct and in the order of first appearance, which equality disregards.</summary>
public sealed record SetValue : Value
{
    // Below this size a scan beats hashing.
    private const int HashedFrom = 9;

    private readonly HashSet<Value>? _lookup;

    /// <summary>The set of these elements; repetitions count once.</summary>
    public SetValue(ImmutableArray<Value> elements)
    {
        if (elements.Length >= HashedFrom)
        {
            _lookup = new HashSet<Value>(elements.Length);
            Elements = Distinct(elements, _lookup.Add);
        }
        else
        {
            var seen = new List<Value>(elements.Length);
            Elements = Distinct(elements, element =>
            {
                if (seen.Contains(element))
                {
                    return false;
                }

                seen.Add(element);
                return true;
            });
        }
    }

    /// <summary>Without repetition.</summary>
    public ImmutableArray<Value> Elements { get; }

    internal override string TypeName => "set";

    /// <summary>Whether a value is one of the elements.</summary>
    public bool Contains(Value value) => _lookup?.Contains(value) ?? Elements.Contains(value);

    /// <summary>Whether every element of <paramref name="other"/> is in this set.</summary>
    public bool ContainsAll(SetValue other)
    {
        foreach (var element in other.Elements)
        {
            if (!Contains(element))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the sets have an element in common.</summary>
    public bool ContainsAny(SetValue other)
    {
        foreach (var element in other.Elements)
        {
            if (Contains(element))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Equals(SetValue? other) => other is not null && Elements.Length == other.Elements.Length && ContainsAll(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = Elements.Length;
        foreach (var element in Elements)
        {
            // A sum, because equal sets may list their elements in different orders.
            hash = unchecked(hash + element.GetHashCode());
        }

        return hash;
    }

    internal override void Write(StringBuilder builder)
    {
        builder.Append('[');
        for (var i = 0; i < Elements.Length; i++)
        {
            if (i > 0)
            {
                builder.Append(", ");
            }

            Elements[i].Write(builder);
        }

        builder.Append(']');
    }

    private static ImmutableArray<Value> Distinct(ImmutableArray<Value> elements, Predicate<Value> isNew)
    {
        var distinct = ImmutableArray.CreateBuilder<Value>(elements.Length);
        foreach (var element in elements)
        {
            if (isNew(element))
            {
                distinct.Add(element);
            }
        }

        return distinct.Count == elements.Length ? elements : distinct.ToImmutable();
    }
}
