using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>Finds an entity that is its own ancestor.</summary>
internal static class HierarchyCycle
{
    private const byte Open = 1;
    private const byte Done = 2;

    /// <summary>A cycle among entities numbered as in the table, or null. Linear in entities and parents.</summary>
    public static EntityStoreError? Find(UidTable table, Entity[] entities)
    {
        // Depth first with a stack of our own: hierarchies come from outside and may be deep.
        var states = new byte[entities.Length];
        Stack<(int Number, int NextParent)> path = new();
        for (var start = 0; start < entities.Length; start++)
        {
            if (states[start] != 0)
            {
                continue;
            }

            states[start] = Open;
            path.Push((start, 0));
            while (path.TryPop(out var step))
            {
                var parents = entities[step.Number].DeclaredParents;
                if (step.NextParent == parents.Length)
                {
                    states[step.Number] = Done;
                    continue;
                }

                path.Push((step.Number, step.NextParent + 1));
                var parent = table.Find(parents[step.NextParent]);
                if (parent < 0 || states[parent] == Done)
                {
                    continue;
                }

                if (states[parent] == Open)
                {
                    return Describe(path, parent, entities);
                }

                states[parent] = Open;
                path.Push((parent, 0));
            }
        }

        return null;
    }

    private static EntityStoreError Describe(Stack<(int Number, int NextParent)> path, int start, Entity[] entities)
    {
        List<EntityUid> cycle = [];
        foreach (var (number, _) in path)
        {
            cycle.Add(entities[number].Uid);
            if (number == start)
            {
                break;
            }
        }

        cycle.Reverse();
        return new EntityStoreError(EntityStoreErrorKind.Cycle, [.. cycle]);
    }
}
