namespace Cedar.Fuzz.Generation;

/// <summary>A type of a generated schema; a closed family.</summary>
internal abstract record GenType
{
    public static readonly GenType Bool = new Primitive("Bool");
    public static readonly GenType Long = new Primitive("Long");
    public static readonly GenType String = new Primitive("String");

    /// <summary>The same text for types that mean the same.</summary>
    public abstract string Key { get; }

    /// <summary>The type behind the names of common types.</summary>
    public virtual GenType Resolved => this;

    public sealed record Primitive(string Name) : GenType
    {
        public override string Key => Name;
    }

    /// <summary><c>ipaddr</c>, <c>decimal</c>, <c>datetime</c> or <c>duration</c>.</summary>
    public sealed record Extension(string Name) : GenType
    {
        public override string Key => Name;
    }

    public sealed record Entity(string Name) : GenType
    {
        public override string Key => $"E:{Name}";
    }

    public sealed record Set(GenType Element) : GenType
    {
        public override string Key => $"Set<{Element.Key}>";
    }

    public sealed record Record(IReadOnlyList<GenAttribute> Attributes) : GenType
    {
        public override string Key =>
            $"{{{string.Join(",", Attributes.Select(a => $"{a.Name}{(a.Required ? "" : "?")}:{a.Type.Key}").Order(StringComparer.Ordinal))}}}";
    }

    /// <summary>A common type by its qualified name.</summary>
    public sealed record Common(string Name, GenType Target) : GenType
    {
        public override string Key => Target.Key;

        public override GenType Resolved => Target.Resolved;
    }
}

internal sealed record GenAttribute(string Name, GenType Type, bool Required);

/// <param name="Name">Qualified.</param>
/// <param name="Namespace">Empty for none.</param>
/// <param name="Parents">Qualified names of types.</param>
/// <param name="Attributes">None for an enumerated type.</param>
/// <param name="Tags">The type of tags, or null when it has none.</param>
/// <param name="Choices">The ids of an enumerated type, or null.</param>
internal sealed record GenEntityType(
    string Name, string Namespace, IReadOnlyList<string> Parents, IReadOnlyList<GenAttribute> Attributes, GenType? Tags,
    IReadOnlyList<string>? Choices);

/// <param name="Uid">Type and id.</param>
/// <param name="Namespace">Empty for none.</param>
/// <param name="Groups">The actions it is in.</param>
/// <param name="Principals">Qualified names; none for a mere group.</param>
/// <param name="Resources">Qualified names; none for a mere group.</param>
/// <param name="Context">A record, or a common type of one.</param>
internal sealed record GenAction(
    GenUid Uid, string Namespace, IReadOnlyList<GenUid> Groups, IReadOnlyList<string> Principals, IReadOnlyList<string> Resources,
    GenType Context)
{
    public bool Applies => Principals.Count > 0;
}

internal sealed record GenUid(string Type, string Id)
{
    public override string ToString() => $"{Type}::{CedarText.Quote(Id)}";
}

internal sealed record GenSchema(
    IReadOnlyList<string> Namespaces, IReadOnlyList<GenType.Common> Commons, IReadOnlyList<GenEntityType> EntityTypes,
    IReadOnlyList<GenAction> Actions)
{
    public GenEntityType? FindEntityType(string name) => EntityTypes.FirstOrDefault(type => type.Name == name);
}
