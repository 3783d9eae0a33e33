using System.Collections.Immutable;

namespace Cedar.Validation;

/// <summary>
/// What is known of an expression's value before it is evaluated (Cedar spec, "Validation"): the types of a schema, booleans known to be
/// <c>true</c> or <c>false</c>, and entities of a type that is not known. Compared by reference; the types without parts exist once.
/// </summary>
internal abstract class StaticType
{
    // Messages name types; a nested record would fill the screen.
    private const int MaxDescribedDepth = 3;

    private StaticType()
    {
    }

    public static StaticType True { get; } = new Boolean(true);

    public static StaticType False { get; } = new Boolean(false);

    public static StaticType Bool { get; } = new Boolean(null);

    public static StaticType Long { get; } = new Named("Long");

    public static StaticType String { get; } = new Named("String");

    public static StaticType AnyEntity { get; } = new Entity(null);

    /// <summary>As messages name it.</summary>
    public string Describe() => Describe(0);

    private string Describe(int depth) => this switch
    {
        Boolean => "Bool",
        Named named => named.Name,
        Extension extension => extension.Name,
        Entity entity => entity.Name ?? "entity",
        Set set => depth == MaxDescribedDepth ? "Set<…>" : $"Set<{set.Element.Describe(depth + 1)}>",
        _ => "record",
    };

    /// <summary>A boolean, perhaps known.</summary>
    internal sealed class Boolean(bool? value) : StaticType
    {
        public bool? Value { get; } = value;
    }

    /// <summary>An integer or a string.</summary>
    internal sealed class Named(string name) : StaticType
    {
        public string Name { get; } = name;
    }

    /// <summary>A set whose elements have one type.</summary>
    internal sealed class Set(StaticType element) : StaticType
    {
        public StaticType Element { get; } = element;
    }

    /// <summary>A record with these attributes and no others.</summary>
    internal sealed class Record(ImmutableSortedDictionary<string, StaticAttribute> attributes) : StaticType
    {
        public ImmutableSortedDictionary<string, StaticAttribute> Attributes { get; } = attributes;
    }

    /// <summary>An entity; of any type when the name is null.</summary>
    internal sealed class Entity(string? name) : StaticType
    {
        public string? Name { get; } = name;
    }

    /// <summary>A value of an extension type.</summary>
    internal sealed class Extension(string name) : StaticType
    {
        public string Name { get; } = name;
    }
}

/// <summary>The type of an attribute, and whether it is always there.</summary>
internal sealed class StaticAttribute(StaticType type, bool isRequired)
{
    public StaticType Type { get; } = type;

    public bool IsRequired { get; } = isRequired;
}
