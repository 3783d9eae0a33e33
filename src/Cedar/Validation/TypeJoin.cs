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
            (StaticType.Set a, StaticType.Set b) => Join(a.Element, b.Element) is { } element ? new StaticType.Set(element) : null,
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

        var builder = first.Attributes.ToBuilder();
        foreach (var (name, attribute) in first.Attributes)
        {
            if (!second.Attributes.TryGetValue(name, out var other) || other.IsRequired != attribute.IsRequired
                || Join(attribute.Type, other.Type) is not { } type)
            {
                return null;
            }

            builder[name] = new StaticAttribute(type, attribute.IsRequired);
        }

        return new StaticType.Record(builder.ToImmutable());
    }
}
