using System.Diagnostics.CodeAnalysis;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// The entities that policies can look at. Implementations may compute what they return when they are asked, but answer alike as long as one
/// decision lasts.
/// </summary>
public interface IEntityStore
{
    /// <summary>The data of an entity; false when it does not exist.</summary>
    bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity);

    /// <summary>
    /// Whether <paramref name="ancestor"/> is a parent of <paramref name="child"/>, or a parent's parent, and so on. Never asked about an
    /// entity and itself; false when the child does not exist. The ancestor need not exist.
    /// </summary>
    bool IsAncestor(EntityUid child, EntityUid ancestor);

    /// <summary>
    /// The ancestors of an entity as far as they can be listed without allocation, to select policies by. A store that lists nothing decides
    /// the same, slower.
    /// </summary>
    Ancestors GetAncestors(EntityUid child) => Ancestors.Unlisted;
}
