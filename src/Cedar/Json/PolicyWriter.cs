using System.Collections.Immutable;
using System.Text.Json;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>Writes policies and templates.</summary>
internal static class PolicyWriter
{
    public static void Write(Utf8JsonWriter json, Policy policy)
    {
        json.WriteStartObject();
        json.WriteString("effect", policy.Effect == Effect.Permit ? "permit" : "forbid");
        Write(json, Variable.Principal, policy.Principal);
        Write(json, Variable.Action, policy.Action);
        Write(json, Variable.Resource, policy.Resource);
        json.WriteStartArray("conditions");
        foreach (var condition in policy.Conditions)
        {
            json.WriteStartObject();
            json.WriteString("kind", condition.IsUnless ? "unless" : "when");
            json.WritePropertyName("body");
            ExpressionWriter.Write(json, condition.Body);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, policy.Annotations);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ImmutableArray<Annotation> annotations)
    {
        if (annotations.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("annotations");
        foreach (var annotation in annotations)
        {
            json.WriteString(annotation.Name, annotation.Value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Variable variable, ScopeConstraint constraint)
    {
        json.WriteStartObject(ScopeParser.NameOf(variable));
        json.WriteString("op", constraint.Kind switch
        {
            ScopeKind.All => "All",
            ScopeKind.Equal => "==",
            ScopeKind.In or ScopeKind.InSet => "in",
            ScopeKind.Is or ScopeKind.IsIn => "is",
        });
        if (constraint.EntityType is { } type)
        {
            json.WriteString("entity_type", type);
        }

        if (constraint.Kind == ScopeKind.IsIn)
        {
            json.WriteStartObject("in");
        }

        if (constraint.HasSlot)
        {
            json.WriteString("slot", $"?{ScopeParser.NameOf(variable)}");
        }
        else if (constraint.Kind == ScopeKind.InSet && constraint.Entities.Length != 1)
        {
            WriteAll(json, constraint.Entities);
        }
        else if (!constraint.Entities.IsEmpty)
        {
            json.WritePropertyName("entity");
            ValueWriter.WriteUid(json, constraint.Entities[0]);
        }

        if (constraint.Kind == ScopeKind.IsIn)
        {
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, ImmutableArray<EntityUid> uids)
    {
        json.WriteStartArray("entities");
        foreach (var uid in uids)
        {
            ValueWriter.WriteUid(json, uid);
        }

        json.WriteEndArray();
    }
}
