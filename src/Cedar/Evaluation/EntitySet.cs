using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>A constant set of entities, prepared for the question whether one of them is another entity or above it.</summary>
internal sealed class EntitySet
{
    private const int HashedFrom = 5;

    private readonly EntityUid[] _uids;
    private readonly UidTable? _table;

    public EntitySet(EntityUid[] uids)
    {
        _uids = uids;
        if (uids.Length >= HashedFrom)
        {
            _table = new UidTable(uids.Length);
            foreach (var uid in uids)
            {
                _table.Add(uid);
            }
        }
    }

    /// <summary>The set that stands on the right side of <c>in</c>; null when the value there is of another kind.</summary>
    public static EntitySet? Of(Value value)
    {
        if (value is EntityValue { Uid: var single })
        {
            return new EntitySet([single]);
        }

        if (value is not SetValue { Elements: var elements })
        {
            return null;
        }

        var uids = new EntityUid[elements.Length];
        for (var i = 0; i < uids.Length; i++)
        {
            if (elements[i] is not EntityValue { Uid: var uid })
            {
                return null;
            }

            uids[i] = uid;
        }

        return new EntitySet(uids);
    }

    public bool HasOrIsAbove(EntityUid child, IEntityStore entities)
    {
        if (Contains(child))
        {
            return true;
        }

        if (_table is not null)
        {
            var ancestors = entities.GetAncestors(child);
            if (ancestors.IsListed && ancestors.Listed.Length <= _uids.Length)
            {
                return ContainsAny(ancestors.Listed) || IsBelowUnlisted(child, entities, ancestors.UnlistedTypes);
            }
        }

        foreach (var uid in _uids)
        {
            if (entities.IsAncestor(child, uid))
            {
                return true;
            }
        }

        return false;
    }

    private bool Contains(EntityUid uid)
    {
        if (_table is not null)
        {
            return _table.Find(uid) >= 0;
        }

        foreach (var member in _uids)
        {
            if (member.Equals(uid))
            {
                return true;
            }
        }

        return false;
    }

    private bool ContainsAny(ReadOnlySpan<EntityUid> uids)
    {
        foreach (var uid in uids)
        {
            if (Contains(uid))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsBelowUnlisted(EntityUid child, IEntityStore entities, ReadOnlySpan<string> types)
    {
        foreach (var type in types)
        {
            foreach (var uid in _uids)
            {
                if (uid.Type == type && entities.IsAncestor(child, uid))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
