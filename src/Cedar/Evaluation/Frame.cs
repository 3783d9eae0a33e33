using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>What an expression is evaluated for. Without a request, naming a variable or reading an entity is an error.</summary>
internal readonly struct Frame(Request? request, IEntityStore entities)
{
    /// <summary>No request and no entities.</summary>
    public static readonly Frame Closed = new(null, EntityStore.Empty);

    public Request? Request => request;

    public IEntityStore Entities => entities;

    /// <summary>Whether an entity is another one or a descendant of it.</summary>
    public bool IsIn(EntityUid child, EntityUid ancestor) => child.Equals(ancestor) || entities.IsAncestor(child, ancestor);
}
