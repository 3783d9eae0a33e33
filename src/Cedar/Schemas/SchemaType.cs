using System.Collections.Immutable;

namespace Cedar.Schemas;

/// <summary>The type of an attribute, a tag or a context, with every name resolved (Cedar spec, "Schema"). A closed family.</summary>
public abstract record SchemaType
{
    private SchemaType()
    {
    }

    public static SchemaType Bool { get; } = new Boolean();

    public static SchemaType Long { get; } = new Integer();

    public static SchemaType String { get; } = new Text();

    /// <summary><c>Bool</c>; <c>"Boolean"</c> in JSON.</summary>
    public sealed record Boolean : SchemaType;

    /// <summary><c>Long</c>, 64 bits, signed.</summary>
    public sealed record Integer : SchemaType;

    /// <summary><c>String</c>.</summary>
    public sealed record Text : SchemaType;

    /// <summary><c>Set&lt;Element&gt;</c>.</summary>
    public sealed record Set(SchemaType Element) : SchemaType;

    /// <summary><c>{ name: Type, other?: Type }</c>.</summary>
    public sealed record Record(ImmutableSortedDictionary<string, AttributeType> Attributes) : SchemaType
    {
        /// <summary>The record without attributes.</summary>
        public static Record Empty { get; } = new(ImmutableSortedDictionary.Create<string, AttributeType>(StringComparer.Ordinal));

        public bool Equals(Record? other) =>
            other is not null && Attributes.Count == other.Attributes.Count && Attributes.SequenceEqual(other.Attributes);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var (name, type) in Attributes)
            {
                hash.Add(name);
                hash.Add(type);
            }

            return hash.ToHashCode();
        }
    }

    /// <summary>An entity of this type, by its full name such as <c>MCP::Tool</c>.</summary>
    public sealed record Entity(string Name) : SchemaType;

    /// <summary>An extension type: <c>ipaddr</c>, <c>decimal</c>, <c>datetime</c> or <c>duration</c>.</summary>
    public sealed record Extension(string Name) : SchemaType;
}

/// <summary>The type of an attribute, and whether it is always there.</summary>
public sealed record AttributeType(SchemaType Type, bool IsRequired);
