using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>Why entities make no store.</summary>
public enum EntityStoreErrorKind
{
    /// <summary>An entity is its own ancestor.</summary>
    Cycle,

    /// <summary>An entity is given twice with different data.</summary>
    Duplicate,
}

/// <summary>Why entities make no store.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Entities">The entities of the cycle, each a parent of the one before and the first a parent of the last; or the duplicate.</param>
public sealed record EntityStoreError(EntityStoreErrorKind Kind, ImmutableArray<EntityUid> Entities)
{
    private const int MostNamed = 8;

    /// <summary>A lower-case line without period.</summary>
    public string Message => Kind switch
    {
        EntityStoreErrorKind.Duplicate => $"entity `{Entities[0]}` is given twice with different data",
        EntityStoreErrorKind.Cycle when Entities.Length == 1 => $"entity `{Entities[0]}` is its own parent",
        EntityStoreErrorKind.Cycle => $"the hierarchy has a cycle: {Path()}",
    };

    private string Path()
    {
        var names = Entities.Take(MostNamed).Select(uid => $"`{uid}`");
        return string.Join(" in ", [.. names, .. Entities.Length > MostNamed ? ["…"] : Array.Empty<string>(), $"`{Entities[0]}`"]);
    }
}
