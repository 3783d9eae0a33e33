using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>The question put to policies: may this principal do this action to this resource, in this context?</summary>
public sealed record Request(EntityUid Principal, EntityUid Action, EntityUid Resource, RecordValue Context);
