using Cedar.Evaluation;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>What is known about the principal, the action or the resource of a request.</summary>
public sealed record PartialUid
{
    private PartialUid(EntityUid? uid, string? type)
    {
        Uid = uid;
        Type = type;
    }

    /// <summary>Any entity.</summary>
    public static PartialUid Anything { get; } = new(null, null);

    /// <summary>The entity, when it is known.</summary>
    public EntityUid? Uid { get; }

    /// <summary>The full name of its type, when that is known.</summary>
    public string? Type { get; }

    /// <summary>This entity.</summary>
    public static PartialUid Of(EntityUid uid) => new(uid, uid.Type);

    /// <summary>Some entity of this type, by its full name.</summary>
    public static PartialUid OfType(string type) => new(null, type);

    public static implicit operator PartialUid(EntityUid uid) => Of(uid);
}

/// <summary>A request of which some parts are not known yet.</summary>
public sealed record PartialRequest(PartialUid Principal, PartialUid Action, PartialUid Resource, PartialRecord Context)
{
    /// <summary>A request of which everything is known.</summary>
    public static PartialRequest Of(Request request) => new(
        PartialUid.Of(request.Principal), PartialUid.Of(request.Action), PartialUid.Of(request.Resource), PartialRecord.Of(request.Context));
}
