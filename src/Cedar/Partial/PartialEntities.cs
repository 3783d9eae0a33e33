using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>An entity that exists, and what is known of its data.</summary>
/// <param name="Uid">Its name.</param>
/// <param name="Attributes">What <c>e.a</c> reads.</param>
/// <param name="Tags">What <c>e.getTag("t")</c> reads.</param>
/// <param name="Parents">All its parents, or any of its ancestors that cover them; null when they are not known.</param>
public sealed record PartialEntity(EntityUid Uid, PartialRecord Attributes, PartialRecord Tags, ImmutableArray<EntityUid>? Parents);

/// <summary>What is known about the entities that policies can look at.</summary>
public sealed class PartialEntities
{
    private readonly IEntityStore _known;
    private readonly Dictionary<EntityUid, PartialEntity> _partial = [];
    private readonly bool _isOpen;

    /// <summary>Entities of which some are known completely and others in part.</summary>
    /// <param name="known">Entities with all their data.</param>
    /// <param name="partial">Further entities; they take the place of those of the same name in <paramref name="known"/>.</param>
    /// <param name="isOpen">Whether there may be more entities, about which nothing is known. Otherwise others do not exist.</param>
    public PartialEntities(IEntityStore known, IEnumerable<PartialEntity>? partial = null, bool isOpen = false)
    {
        _known = known;
        _isOpen = isOpen;
        foreach (var entity in partial ?? [])
        {
            _partial[entity.Uid] = entity;
        }
    }

    /// <summary>Entities about which nothing is known.</summary>
    public static PartialEntities Anything { get; } = new(EntityStore.Empty, isOpen: true);

    /// <summary>What is known about an entity; null together with false when it does not exist, null with true when it may or may not.</summary>
    internal bool MayExist(EntityUid uid, out PartialEntity? entity)
    {
        if (_partial.TryGetValue(uid, out entity))
        {
            return true;
        }

        if (_known.TryGet(uid, out var known))
        {
            entity = new PartialEntity(uid, PartialRecord.Of(known.Attributes), PartialRecord.Of(known.Tags), known.Parents);
            return true;
        }

        return _isOpen;
    }

    /// <summary>Whether an entity is another one or a descendant of it; null when that is not known.</summary>
    internal bool? IsIn(EntityUid child, EntityUid ancestor)
    {
        if (child.Equals(ancestor))
        {
            return true;
        }

        if (_partial.Count == 0 && !_isOpen)
        {
            return _known.IsAncestor(child, ancestor);
        }

        return Search(child, ancestor);
    }

    /// <summary>Walks up from the child. An ancestor found anywhere is one; otherwise a place that could not be seen leaves it open.</summary>
    private bool? Search(EntityUid child, EntityUid ancestor)
    {
        var isComplete = true;
        HashSet<EntityUid> seen = [child];
        Queue<EntityUid> open = new(seen);
        while (open.TryDequeue(out var next))
        {
            ImmutableArray<EntityUid> parents = [];
            if (_partial.TryGetValue(next, out var partial))
            {
                isComplete &= partial.Parents is not null;
                parents = partial.Parents ?? [];
            }
            else if (_known.TryGet(next, out var known))
            {
                // A store may compute ancestors that it does not list.
                if (_known.IsAncestor(next, ancestor))
                {
                    return true;
                }

                parents = known.Parents.IsDefault ? [] : known.Parents;
            }
            else
            {
                isComplete &= !_isOpen;
            }

            foreach (var parent in parents)
            {
                if (parent.Equals(ancestor))
                {
                    return true;
                }

                if (seen.Add(parent))
                {
                    open.Enqueue(parent);
                }
            }
        }

        return isComplete ? false : null;
    }
}
