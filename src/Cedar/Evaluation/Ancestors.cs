using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// What a store can list of an entity's ancestors. A store that computes memberships rather than holding them need not list all:
/// <see cref="UnlistedTypes"/> says where <see cref="IEntityStore.IsAncestor"/> knows more.
/// </summary>
public readonly ref struct Ancestors
{
    private Ancestors(ReadOnlySpan<EntityUid> listed, ReadOnlySpan<string> unlistedTypes, bool isListed)
    {
        Listed = listed;
        UnlistedTypes = unlistedTypes;
        IsListed = isListed;
    }

    /// <summary>Nothing is listed; every possible ancestor has to be asked for.</summary>
    public static Ancestors Unlisted => new([], [], isListed: false);

    /// <summary>False when every possible ancestor has to be asked for, whatever its type.</summary>
    public bool IsListed { get; }

    /// <summary>Ancestors in any order, each of which <see cref="IEntityStore.IsAncestor"/> confirms.</summary>
    public ReadOnlySpan<EntityUid> Listed { get; }

    /// <summary>The types of entities that may be ancestors without being listed; of other types all are listed.</summary>
    public ReadOnlySpan<string> UnlistedTypes { get; }

    /// <summary>A list of all ancestors but those of some types.</summary>
    public static Ancestors Of(ReadOnlySpan<EntityUid> listed, ReadOnlySpan<string> unlistedTypes = default) => new(listed, unlistedTypes, true);
}
