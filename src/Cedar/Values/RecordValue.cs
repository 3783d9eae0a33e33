using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cedar.Syntax;

namespace Cedar.Values;

/// <summary>A record: fields with distinct names, held in ordinal order of name.</summary>
public sealed record RecordValue : Value
{
    private RecordValue(ImmutableArray<KeyValuePair<string, Value>> fields)
    {
        Fields = fields;
    }

    /// <summary>The record without fields.</summary>
    public static RecordValue Empty { get; } = new([]);

    /// <summary>The fields in ordinal order of their names.</summary>
    public ImmutableArray<KeyValuePair<string, Value>> Fields { get; }

    internal override string TypeName => "record";

    /// <summary>The record of these fields. Of a name given twice, the later value stays.</summary>
    public static RecordValue Create(IEnumerable<KeyValuePair<string, Value>> fields)
    {
        var sorted = new SortedList<string, Value>(StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            sorted[name] = value;
        }

        return sorted.Count == 0 ? Empty : new RecordValue([.. sorted]);
    }

    /// <summary>The value of a field; false when there is no such field.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Value? value)
    {
        var low = 0;
        var high = Fields.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(Fields[middle].Key, name);
            if (order == 0)
            {
                value = Fields[middle].Value;
                return true;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(RecordValue? other)
    {
        if (other is null || Fields.Length != other.Fields.Length)
        {
            return false;
        }

        for (var i = 0; i < Fields.Length; i++)
        {
            if (Fields[i].Key != other.Fields[i].Key || !Fields[i].Value.Equals(other.Fields[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (name, value) in Fields)
        {
            hash.Add(name);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    internal override void Write(StringBuilder builder)
    {
        builder.Append('{');
        for (var i = 0; i < Fields.Length; i++)
        {
            builder.Append(i > 0 ? ", " : "").Append(CedarString.Quote(Fields[i].Key)).Append(": ");
            Fields[i].Value.Write(builder);
        }

        builder.Append('}');
    }
}
