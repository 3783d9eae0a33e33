using System.Collections.Immutable;
using System.Text;

namespace Cedar.Values;

/// <summary>
/// A value of the Cedar language. Immutable, a closed family, compared by value: sets without regard to order, records by field, values of
/// different kinds never equal (Cedar spec, "Equality").
/// </summary>
public abstract record Value
{
    private protected Value()
    {
    }

    /// <summary>The kind's name as error messages use it.</summary>
    internal abstract string TypeName { get; }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static BoolValue Of(bool value) => value ? BoolValue.True : BoolValue.False;

    /// <summary>An integer.</summary>
    public static LongValue Of(long value) => new(value);

    /// <summary>A string.</summary>
    public static StringValue Of(string value) => new(value);

    /// <summary>A reference to an entity.</summary>
    public static EntityValue Of(EntityUid value) => value.Value;

    /// <summary>The set of these values; repetitions count once.</summary>
    public static SetValue SetOf(params IEnumerable<Value> elements) => new([.. elements]);

    /// <summary>The record of these fields. Of a name given twice, the later value stays.</summary>
    public static RecordValue RecordOf(params IEnumerable<KeyValuePair<string, Value>> fields) => RecordValue.Create(fields);

    /// <inheritdoc cref="Of(bool)"/>
    public static implicit operator Value(bool value) => Of(value);

    /// <inheritdoc cref="Of(long)"/>
    public static implicit operator Value(long value) => Of(value);

    /// <inheritdoc cref="Of(string)"/>
    public static implicit operator Value(string value) => Of(value);

    /// <inheritdoc cref="Of(EntityUid)"/>
    public static implicit operator Value(EntityUid value) => Of(value);

    /// <summary>Cedar syntax.</summary>
    public sealed override string ToString()
    {
        var builder = new StringBuilder();
        Write(builder);
        return builder.ToString();
    }

    internal abstract void Write(StringBuilder builder);
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record BoolValue : Value
{
    private BoolValue(bool value)
    {
        Value = value;
    }

    /// <summary><c>true</c>.</summary>
    public static BoolValue True { get; } = new(true);

    /// <summary><c>false</c>.</summary>
    public static BoolValue False { get; } = new(false);

    /// <summary>The value.</summary>
    public bool Value { get; }

    internal override string TypeName => "bool";

    internal override void Write(StringBuilder builder) => builder.Append(Value ? "true" : "false");
}

/// <summary>A signed 64-bit integer.</summary>
/// <param name="Value">The value.</param>
public sealed record LongValue(long Value) : Value
{
    internal override string TypeName => "long";

    internal override void Write(StringBuilder builder) => builder.Append(Value);
}

/// <summary>A string, escapes decoded.</summary>
/// <param name="Value">The value.</param>
public sealed record StringValue(string Value) : Value
{
    internal override string TypeName => "string";

    internal override void Write(StringBuilder builder) => builder.Append(Syntax.CedarString.Quote(Value));
}

/// <summary>A reference to an entity; the entity need not exist.</summary>
/// <param name="Uid">The entity's name.</param>
public sealed record EntityValue(EntityUid Uid) : Value
{
    internal override string TypeName => "entity";

    internal override void Write(StringBuilder builder) => builder.Append(Uid);
}
