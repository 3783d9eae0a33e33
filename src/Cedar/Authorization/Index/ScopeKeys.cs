using System.Runtime.InteropServices;
using Cedar.Evaluation;
using Cedar.Values;

namespace Cedar.Authorization.Index;

/// <summary>
/// The entities and types that policies name for one of principal, action and resource, as numbers. A request comes to the numbers that hold
/// for its entity, and a constraint of a policy holds exactly when one of its numbers is among them.
/// </summary>
internal sealed class ScopeKeys
{
    private readonly UidTable _uids = new();
    private readonly Dictionary<string, int> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _uidsByType = new(StringComparer.Ordinal);

    /// <summary>The key that holds for an entity and everything below it.</summary>
    public int AddIn(EntityUid uid) => Add(uid) * 2;

    /// <summary>The key that holds for an entity alone.</summary>
    public int AddEqual(EntityUid uid) => (Add(uid) * 2) + 1;

    /// <summary>The key that holds for entities of a type.</summary>
    public int AddType(string type)
    {
        if (!_types.TryGetValue(type, out var number))
        {
            number = _types.Count;
            _types.Add(type, number);
        }

        return ~number;
    }

    /// <summary>Adds the keys that hold for an entity; some may be added twice.</summary>
    public void Find(EntityUid uid, IEntityStore entities, ref KeyList keys)
    {
        if (_types.Count > 0 && _types.TryGetValue(uid.Type, out var type))
        {
            keys.Add(~type);
        }

        if (_uids.Count == 0)
        {
            return;
        }

        var own = _uids.Find(uid);
        if (own >= 0)
        {
            keys.Add(own * 2);
            keys.Add((own * 2) + 1);
        }

        var ancestors = entities.GetAncestors(uid);
        if (!ancestors.IsListed || ancestors.Listed.Length > _uids.Count)
        {
            for (var i = 0; i < _uids.Count; i++)
            {
                AddIfAbove(uid, i, own, entities, ref keys);
            }

            return;
        }

        foreach (var ancestor in ancestors.Listed)
        {
            if (_uids.Find(ancestor) is >= 0 and var number)
            {
                keys.Add(number * 2);
            }
        }

        foreach (var unlisted in ancestors.UnlistedTypes)
        {
            if (_uidsByType.TryGetValue(unlisted, out var numbers))
            {
                foreach (var number in CollectionsMarshal.AsSpan(numbers))
                {
                    AddIfAbove(uid, number, own, entities, ref keys);
                }
            }
        }
    }

    private void AddIfAbove(EntityUid uid, int number, int own, IEntityStore entities, ref KeyList keys)
    {
        if (number != own && entities.IsAncestor(uid, _uids.Uids[number]))
        {
            keys.Add(number * 2);
        }
    }

    private int Add(EntityUid uid)
    {
        var count = _uids.Count;
        var number = _uids.Add(uid);
        if (number == count)
        {
            ref var numbers = ref CollectionsMarshal.GetValueRefOrAddDefault(_uidsByType, uid.Type, out _);
            (numbers ??= []).Add(number);
        }

        return number;
    }
}
