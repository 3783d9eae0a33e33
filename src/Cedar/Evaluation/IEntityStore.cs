using System.Diagnostics.CodeAnalysis;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>The entities that policies can look at. Implementations may compute what they return when they are asked.</summary>
public interface IEntityStore
{
    /// <summary>The data of an entity; false when it does not exist.</summary>
    bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity);

    /// <summary>
    /// Whether <paramref name="ancestor"/> is a parent of <paramref name="child"/>, or a parent's parent, and so on. Never asked about an
    /// entity and itself; false when the child does not exist. The ancestor need not exist.
    /// </summary>
    bool IsAncestor(EntityUid child, EntityUid ancestor);
}
