using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// Entities in memory, with the ancestors of each computed once. A hierarchy with a cycle is accepted: an entity in it is its own ancestor.
/// </summary>
public sealed class EntityStore : IEntityStore
{
    private readonly Dictionary<EntityUid, Entity> _entities = [];
    private readonly Dictionary<EntityUid, HashSet<EntityUid>> _ancestors = [];

    /// <summary>The store of these entities. Of an entity given twice, the later stays.</summary>
    public EntityStore(params IEnumerable<Entity> entities)
    {
        foreach (var entity in entities)
        {
            _entities[entity.Uid] = entity;
        }

        foreach (var entity in _entities.Values)
        {
            if (!entity.Parents.IsDefaultOrEmpty)
            {
                _ancestors[entity.Uid] = FindAncestors(entity);
            }
        }
    }

    /// <summary>The store without entities.</summary>
    public static EntityStore Empty { get; } = new();

    /// <summary>All entities, in no particular order.</summary>
    public IReadOnlyCollection<Entity> Entities => _entities.Values;

    public bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity) => _entities.TryGetValue(uid, out entity);

    public bool IsAncestor(EntityUid child, EntityUid ancestor) =>
        _ancestors.TryGetValue(child, out var ancestors) && ancestors.Contains(ancestor);

    private HashSet<EntityUid> FindAncestors(Entity entity)
    {
        // Breadth first with a worklist: hierarchies come from outside and may be deep.
        HashSet<EntityUid> found = [];
        Queue<ImmutableArray<EntityUid>> open = new([entity.Parents]);
        while (open.TryDequeue(out var parents))
        {
            foreach (var parent in parents)
            {
                if (!found.Add(parent))
                {
                    continue;
                }

                if (_ancestors.TryGetValue(parent, out var known))
                {
                    found.UnionWith(known);
                }
                else if (_entities.TryGetValue(parent, out var next) && !next.Parents.IsDefaultOrEmpty)
                {
                    open.Enqueue(next.Parents);
                }
            }
        }

        return found;
    }
}
