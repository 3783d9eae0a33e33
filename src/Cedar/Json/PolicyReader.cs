using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>
/// Reads policies and templates of the JSON policy format (Cedar spec, "JSON policy format"). Every method returns null after a report.
/// </summary>
internal sealed class PolicyReader(JsonShape shape, SourceText source)
{
    /// <summary>Brackets around a body of the deepest expression: an operator is two, and few enclose the whole.</summary>
    public const int MaxJsonDepth = (2 * CedarParser.MaxDepth) + 32;

    private static readonly string[] s_names = ["effect", "principal", "action", "resource", "conditions", "annotations"];

    private readonly ScopeReader _scopes = new(shape);
    private readonly ExpressionReader _expressions = new(shape);

    public Policy? Read(JsonNode node, string id)
    {
        if (shape.Object(node, "a policy, an object") is not { } policy)
        {
            return null;
        }

        var isKnown = shape.HasOnly(policy, s_names);
        var effect = shape.Required(policy, "effect") is { } effectNode ? ReadEffect(effectNode) : null;
        var principal = shape.Required(policy, "principal") is { } principalNode ? _scopes.Read(principalNode, Variable.Principal) : null;
        var action = shape.Required(policy, "action") is { } actionNode ? _scopes.Read(actionNode, Variable.Action) : null;
        var resource = shape.Required(policy, "resource") is { } resourceNode ? _scopes.Read(resourceNode, Variable.Resource) : null;
        var conditions = shape.Required(policy, "conditions") is { } conditionsNode ? ReadConditions(conditionsNode) : null;
        ImmutableArray<Annotation>? annotations = policy.Find("annotations") is { } annotationsNode ? ReadAnnotations(annotationsNode) : [];
        return !isKnown || effect is null || principal is null || action is null || resource is null || conditions is null || annotations is null
            ? null
            : new Policy(id, effect.Value, annotations.Value, principal, action, resource, conditions.Value, source, policy.Span);
    }

    private Effect? ReadEffect(JsonNode node)
    {
        switch ((node as JsonNode.Text)?.Value)
        {
            case "permit":
                return Effect.Permit;
            case "forbid":
                return Effect.Forbid;
            default:
                shape.Wrong<string>(node, "\"permit\" or \"forbid\"");
                return null;
        }
    }

    private ImmutableArray<Condition>? ReadConditions(JsonNode node)
    {
        if (shape.Array(node, "the conditions, an array") is not { } array)
        {
            return null;
        }

        var conditions = array.Items.Select(ReadCondition).OfType<Condition>().ToImmutableArray();
        return conditions.Length == array.Items.Length ? conditions : null;
    }

    private Condition? ReadCondition(JsonNode node)
    {
        if (shape.Object(node, "a condition, an object") is not { } condition || !shape.HasOnly(condition, "kind", "body"))
        {
            return null;
        }

        bool? isUnless = null;
        if (shape.Required(condition, "kind") is { } kind)
        {
            isUnless = (kind as JsonNode.Text)?.Value switch
            {
                "when" => false,
                "unless" => true,
                _ => null,
            };
            if (isUnless is null)
            {
                shape.Wrong<string>(kind, "\"when\" or \"unless\"");
            }
        }

        var body = shape.Required(condition, "body") is { } bodyNode ? _expressions.Read(bodyNode) : null;
        return isUnless is null || body is null ? null : new Condition(isUnless.Value, body, condition.Span);
    }

    private ImmutableArray<Annotation>? ReadAnnotations(JsonNode node)
    {
        if (shape.Object(node, "the annotations, an object") is not { } members)
        {
            return null;
        }

        var annotations = members.Members.Select(ReadAnnotation).OfType<Annotation>().ToImmutableArray();
        return annotations.Length == members.Members.Length ? annotations : null;
    }

    private Annotation? ReadAnnotation(JsonMember member)
    {
        if (!Identifiers.IsIdentifier(member.Name))
        {
            shape.Diagnostics.Error(
                CedarCodes.InvalidJsonValue, $"{CedarString.Quote(member.Name)} cannot be the name of an annotation", member.NameSpan,
                "a name has letters, digits and `_`, and does not begin with a digit");
            return null;
        }

        var value = member.Value is JsonNode.Null ? "" : shape.Text(member.Value, "the value of an annotation, a string or null");
        return value is null ? null : new Annotation(member.Name, value, SourceSpan.Covering(member.NameSpan, member.Value.Span));
    }
}
