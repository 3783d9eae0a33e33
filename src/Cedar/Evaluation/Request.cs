using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>The question put to policies: may this principal do this action to this resource, in this context?</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Action">What for.</param>
/// <param name="Resource">To what; neither of the three need exist among the entities.</param>
/// <param name="Context">The circumstances.</param>
public sealed record Request(EntityUid Principal, EntityUid Action, EntityUid Resource, RecordValue Context);
