using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// Entities in memory. Their hierarchy has no cycle (Cedar spec, "Entity hierarchy"). Immutable; safe to use from several threads.
/// </summary>
public sealed class EntityStore : IEntityStore
{
    // Below this number a scan beats hashing.
    private const int HashedFrom = 9;

    private readonly UidTable _table;
    private readonly Entity[] _entities;

    // Computed at the first question: of many entities most are never asked about, and a deep hierarchy has a quadratic closure.
    private readonly AncestorList?[] _ancestors;

    /// <summary>The store of these entities. An entity may be given twice with the same data.</summary>
    /// <exception cref="ArgumentException">An entity is given twice with different data, or the hierarchy has a cycle.</exception>
    public EntityStore(params IEnumerable<Entity> entities)
        : this(Read(entities, out var table, out var error), table)
    {
        error ??= HierarchyCycle.Find(_table, _entities);
        if (error is not null)
        {
            throw new ArgumentException(error.Message, nameof(entities));
        }
    }

    private EntityStore(Entity[] entities, UidTable table)
    {
        _table = table;
        _entities = entities;
        _ancestors = new AncestorList?[entities.Length];
    }

    /// <summary>The store without entities.</summary>
    public static EntityStore Empty { get; } = new([], new UidTable());

    /// <summary>All entities, each once, in the order of their first appearance.</summary>
    public IReadOnlyCollection<Entity> Entities => _entities;

    /// <summary>The store of these entities, or why there is none. An entity may be given twice with the same data.</summary>
    public static bool TryCreate(
        IEnumerable<Entity> entities, [NotNullWhen(true)] out EntityStore? store, [NotNullWhen(false)] out EntityStoreError? error)
    {
        var distinct = Read(entities, out var table, out error);
        error ??= HierarchyCycle.Find(table, distinct);
        store = error is null ? new EntityStore(distinct, table) : null;
        return store is not null;
    }

    /// <inheritdoc/>
    public bool TryGet(EntityUid uid, [NotNullWhen(true)] out Entity? entity)
    {
        var number = _table.Find(uid);
        entity = number < 0 ? null : _entities[number];
        return entity is not null;
    }

    /// <inheritdoc/>
    public bool IsAncestor(EntityUid child, EntityUid ancestor) =>
        _table.Find(child) is >= 0 and var number && AncestorsOf(number).Contains(ancestor);

    /// <inheritdoc/>
    public Ancestors GetAncestors(EntityUid child) =>
        _table.Find(child) is >= 0 and var number ? Ancestors.Of(AncestorsOf(number).Uids) : Ancestors.Of([]);

    private static Entity[] Read(IEnumerable<Entity> entities, out UidTable table, out EntityStoreError? error)
    {
        error = null;
        table = new UidTable(entities.TryGetNonEnumeratedCount(out var count) ? count : 0);
        List<Entity> distinct = [];
        foreach (var entity in entities)
        {
            var number = table.Add(entity.Uid);
            if (number == distinct.Count)
            {
                distinct.Add(entity);
            }
            else if (!HaveSameData(distinct[number], entity))
            {
                error ??= new EntityStoreError(EntityStoreErrorKind.Duplicate, [entity.Uid]);
            }
        }

        return [.. distinct];
    }

    private static bool HaveSameData(Entity a, Entity b) =>
        a.Attributes.Equals(b.Attributes) && a.Tags.Equals(b.Tags) && new HashSet<EntityUid>(a.DeclaredParents).SetEquals(b.DeclaredParents);

    private AncestorList AncestorsOf(int number) => _ancestors[number] ??= FindAncestors(number);

    private AncestorList FindAncestors(int number)
    {
        // A worklist: hierarchies come from outside and may be deep.
        var found = new UidTable();
        foreach (var parent in _entities[number].DeclaredParents)
        {
            found.Add(parent);
        }

        for (var next = 0; next < found.Count; next++)
        {
            if (_table.Find(found.Uids[next]) is >= 0 and var known)
            {
                foreach (var parent in _entities[known].DeclaredParents)
                {
                    found.Add(parent);
                }
            }
        }

        return new AncestorList(found.Uids.ToArray(), found.Count >= HashedFrom ? found : null);
    }

    private sealed class AncestorList(EntityUid[] uids, UidTable? table)
    {
        public EntityUid[] Uids => uids;

        public bool Contains(EntityUid uid)
        {
            if (table is not null)
            {
                return table.Find(uid) >= 0;
            }

            foreach (var ancestor in uids)
            {
                if (ancestor.Equals(uid))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
