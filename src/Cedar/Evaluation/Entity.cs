using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>An entity's data.</summary>
/// <param name="Uid">Its name.</param>
/// <param name="Attributes">What <c>e.a</c> reads.</param>
/// <param name="Tags">What <c>e.getTag("t")</c> reads.</param>
/// <param name="Parents">Its parents, or any of its ancestors: stores add what follows from them.</param>
public sealed record Entity(EntityUid Uid, RecordValue Attributes, RecordValue Tags, ImmutableArray<EntityUid> Parents)
{
    /// <summary>An entity without tags.</summary>
    public Entity(EntityUid uid, RecordValue attributes, ImmutableArray<EntityUid> parents)
        : this(uid, attributes, RecordValue.Empty, parents)
    {
    }

    /// <summary>The parents; empty also when the array was left at its default.</summary>
    internal ImmutableArray<EntityUid> DeclaredParents => Parents.IsDefault ? [] : Parents;
}
