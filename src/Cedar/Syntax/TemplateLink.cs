using Cedar.Values;

namespace Cedar.Syntax;

/// <summary>The entities to put into a template's slots; null for a slot that the template does not have.</summary>
/// <param name="Principal">For <c>?principal</c>.</param>
/// <param name="Resource">For <c>?resource</c>.</param>
public sealed record SlotValues(EntityUid? Principal = null, EntityUid? Resource = null);

/// <summary>Where a policy comes from that was made from a template (Cedar spec, "Policy templates").</summary>
/// <param name="TemplateId">The id of the template in the same set.</param>
/// <param name="Values">What stands in its slots.</param>
public sealed record TemplateLink(string TemplateId, SlotValues Values);
