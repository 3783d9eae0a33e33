using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>What is known about a record: the context of a request, or the attributes or tags of an entity.</summary>
/// <param name="Known">The fields whose values are known.</param>
/// <param name="Unknown">Names of fields that are there with a value that is not known.</param>
/// <param name="IsOpen">Whether there may be fields of other names.</param>
public sealed record PartialRecord(RecordValue Known, ImmutableArray<string> Unknown, bool IsOpen)
{
    /// <summary>A record of which nothing is known.</summary>
    public static PartialRecord Anything { get; } = new(RecordValue.Empty, [], true);

    /// <summary>Whether nothing is left open.</summary>
    public bool IsKnown => Unknown.IsEmpty && !IsOpen;

    /// <summary>A record that is exactly this value.</summary>
    public static PartialRecord Of(RecordValue value) => new(value, [], false);

    /// <summary>What is known about one field.</summary>
    internal FieldKnowledge Find(string name, out Value? value)
    {
        if (Known.TryGet(name, out value))
        {
            return FieldKnowledge.Known;
        }

        return Unknown.AsSpan().Contains(name) ? FieldKnowledge.Present : IsOpen ? FieldKnowledge.Unknown : FieldKnowledge.Absent;
    }
}

/// <summary>What is known about a field of a record.</summary>
internal enum FieldKnowledge
{
    /// <summary>Its value.</summary>
    Known,

    /// <summary>That it is there.</summary>
    Present,

    /// <summary>That it is not there.</summary>
    Absent,

    /// <summary>Nothing.</summary>
    Unknown,
}
