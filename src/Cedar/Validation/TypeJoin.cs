using System.Collections.Immutable;

namespace Cedar.Validation;

/// <summary>
/// Finds the one type that holds the values of two, as strict validation allows it: only booleans widen. Results are kept, so that types
/// which share parts cost no more than their parts.
/// </summary>
internal sealed class TypeJoin
{
    private readonly Dictionary<StaticType, Dictionary<StaticType, StaticType?>> _joined = [];

    /// <summary>The common type, or null when there is none.</summary>
    public StaticType? Join(StaticType first, StaticType second)
    {
        if (ReferenceEquals(first, second))
        {
            return first;
        }

        return (first, second) switch
        {
            (StaticType.Boolean, StaticType.Boolean) => StaticType.Bool,
            (StaticType.Entity a, StaticType.Entity b) => JoinEntities(a, b),
            (StaticType.Extension a, StaticType.Extension b) => a.Name == b.Name ? a : null,
            (StaticType.Set a, StaticType.Set b) => JoinSets(a, b),
            (StaticType.Record a, StaticType.Record b) => JoinRecords(a, b),
            _ => null,
        };
    }

    private static StaticType.Entity? JoinEntities(StaticType.Entity first, StaticType.Entity second)
    {
        if (first.Name is null || second.Name is null)
        {
            return first.Name is null ? first : second;
        }

        return first.Name == second.Name ? first : null;
    }

    private StaticType.Set? JoinSets(StaticType.Set first, StaticType.Set second)
    {
        var element = Join(first.Element, second.Element);
        if (element is null)
        {
            return null;
        }

        return ReferenceEquals(element, first.Element) ? first : new StaticType.Set(element);
    }

    private StaticType? JoinRecords(StaticType.Record first, StaticType.Record second)
    {
        if (!_joined.TryGetValue(first, out var known))
        {
            _joined.Add(first, known = []);
        }

        if (!known.TryGetValue(second, out var joined))
        {
            joined = JoinAttributes(first, second);
            known.Add(second, joined);
        }

        return joined;
    }

    private StaticType.Record? JoinAttributes(StaticType.Record first, StaticType.Record second)
    {
        if (first.Attributes.Count != second.Attributes.Count)
        {
            return null;
        }

        // Mostly they are equal; keeping the first then keeps the number of types small.
        ImmutableSortedDictionary<string, StaticAttribute>.Builder? builder = null;
        foreach (var (name, attribute) in first.Attributes)
        {
            if (!second.Attributes.TryGetValue(name, out var other) || other.IsRequired != attribute.IsRequired
                || Join(attribute.Type, other.Type) is not { } type)
            {
                return null;
            }

            if (!ReferenceEquals(type, attribute.Type))
            {
                builder ??= first.Attributes.ToBuilder();
                builder[name] = new StaticAttribute(type, attribute.IsRequired);
            }
        }

        return builder is null ? first : new StaticType.Record(builder.ToImmutable());
    }
}
