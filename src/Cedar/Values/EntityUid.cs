namespace Cedar.Values;

/// <summary>The name of an entity: a type such as <c>MCP::Tool</c> and an identifier (Cedar spec, "Entity UIDs"). Compared by value.</summary>
public sealed record EntityUid
{
    // Names are looked up far more often than they are made: every decision asks for those of a request and of all its ancestors.
    private readonly int _hash;
    private EntityValue? _value;

    /// <summary>The name of an entity.</summary>
    /// <param name="type">The type's full name, parts joined by <c>::</c>.</param>
    /// <param name="id">The identifier with all escapes decoded.</param>
    public EntityUid(string type, string id)
    {
        Type = type;
        Id = id;
        _hash = unchecked((type.GetHashCode(StringComparison.Ordinal) * 31) + id.GetHashCode(StringComparison.Ordinal));
    }

    /// <summary>The type's full name, parts joined by <c>::</c>.</summary>
    public string Type { get; }

    /// <summary>The identifier with all escapes decoded.</summary>
    public string Id { get; }

    /// <summary>This name as a value, made once.</summary>
    internal EntityValue Value => _value ??= new EntityValue(this);

    /// <summary>The two parts.</summary>
    public void Deconstruct(out string type, out string id) => (type, id) = (Type, Id);

    /// <inheritdoc/>
    public bool Equals(EntityUid? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Id == other.Id && Type == other.Type);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Cedar syntax, <c>Type::"id"</c>, with escapes where needed.</summary>
    public override string ToString() => $"{Type}::{Syntax.CedarString.Quote(Id)}";
}
