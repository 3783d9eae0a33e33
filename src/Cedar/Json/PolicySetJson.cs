using System.Collections.Immutable;
using System.Text.Json;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>The policy set of a JSON text; <see cref="PolicySet"/> is null exactly when there are errors.</summary>
/// <param name="PolicySet">The policies, templates and links.</param>
/// <param name="Diagnostics">
/// In order of place. What is wrong within a policy in Cedar syntax points into that policy's own text, whose name has the name of the JSON text
/// and the place in it.
/// </param>
public sealed record PolicySetJsonResult(PolicySet? PolicySet, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Whether any diagnostic is an error.</summary>
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>
/// Policy sets in JSON (Cedar spec, "JSON policy format"): an object with <c>staticPolicies</c>, <c>templates</c> and <c>templateLinks</c>, each
/// of which may be left out. Never throws on a text.
/// </summary>
public static class PolicySetJson
{
    /// <summary>
    /// Reads a policy set. Policies and templates may be in JSON or strings in Cedar syntax; <c>staticPolicies</c> are an object with their ids
    /// as names, or an array or one Cedar text whose policies get the ids <c>policy0</c>, <c>policy1</c>, ….
    /// </summary>
    public static PolicySetJsonResult Read(SourceText source)
    {
        var diagnostics = new DiagnosticSink(source);
        if (JsonReader.Read(source, diagnostics, PolicyReader.MaxJsonDepth) is not { } root)
        {
            return new PolicySetJsonResult(null, diagnostics.ToImmutable());
        }

        var reader = new PolicySetReader(source, diagnostics);
        var policies = reader.Read(root);
        var all = diagnostics.ToImmutable().AddRange(reader.Embedded);
        return new PolicySetJsonResult(all.HasErrors() ? null : policies, all);
    }

    /// <summary>Writes a policy set, every policy in JSON, linked policies as links.</summary>
    public static string Write(PolicySet policies) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("staticPolicies");
        foreach (var policy in policies.Policies)
        {
            if (policy.Link is null)
            {
                json.WritePropertyName(policy.Id);
                PolicyWriter.Write(json, policy);
            }
        }

        json.WriteEndObject();
        json.WriteStartObject("templates");
        foreach (var template in policies.Templates)
        {
            json.WritePropertyName(template.Id);
            PolicyWriter.Write(json, template);
        }

        json.WriteEndObject();
        json.WriteStartArray("templateLinks");
        foreach (var policy in policies.Policies)
        {
            if (policy.Link is { } link)
            {
                Write(json, policy.Id, link);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, string id, TemplateLink link)
    {
        json.WriteStartObject();
        json.WriteString("templateId", link.TemplateId);
        json.WriteString("newId", id);
        json.WriteStartObject("values");
        Write(json, "?principal", link.Values.Principal);
        Write(json, "?resource", link.Values.Resource);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string slot, EntityUid? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(slot);
            ValueWriter.WriteUid(json, value);
        }
    }
}
