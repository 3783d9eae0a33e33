using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Validation;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>The request of a JSON text; <see cref="Request"/> is null exactly when there are errors.</summary>
public sealed record RequestJsonResult(Request? Request, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.HasErrors();
}

/// <summary>Requests in JSON: an object with <c>principal</c>, <c>action</c>, <c>resource</c> and, if there is any, <c>context</c>.</summary>
public static class RequestJson
{
    private static readonly string[] s_names = ["principal", "action", "resource", "context"];

    /// <summary>Reads a request. With a schema, the context may use the short forms that its type allows, and what does not fit is reported.</summary>
    public static RequestJsonResult Read(SourceText source, Schema? schema = null)
    {
        var diagnostics = new DiagnosticSink(source);
        var request = JsonReader.Read(source, diagnostics) is { } root ? Read(root, diagnostics, schema) : null;
        if (request is not null && schema is not null)
        {
            foreach (var violation in RequestValidator.Validate(request, schema))
            {
                var place = violation.Path.IsEmpty ? "" : $"`{string.Join('.', violation.Path)}`: ";
                diagnostics.Error(violation.Code, $"{place}{violation.Message}", new SourceSpan(0, 0), violation.Help);
            }
        }

        return new RequestJsonResult(diagnostics.ErrorCount == 0 ? request : null, diagnostics.ToImmutable());
    }

    /// <summary>Writes a request so that it can be read without a schema.</summary>
    public static string Write(Request request) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("principal");
        ValueWriter.WriteUid(json, request.Principal);
        json.WritePropertyName("action");
        ValueWriter.WriteUid(json, request.Action);
        json.WritePropertyName("resource");
        ValueWriter.WriteUid(json, request.Resource);
        json.WritePropertyName("context");
        ValueWriter.WriteRecord(json, request.Context);
        json.WriteEndObject();
    });

    private static Request? Read(JsonNode root, DiagnosticSink diagnostics, Schema? schema)
    {
        var shape = new JsonShape(diagnostics);
        var values = new ValueReader(shape);
        if (shape.Object(root, "a request, an object") is not { } members)
        {
            return null;
        }

        shape.WarnOfUnknown(members, s_names);
        EntityUid? Uid(string name) => shape.Required(members, name) is { } node ? values.Uid(node) : null;
        var (principal, action, resource) = (Uid("principal"), Uid("action"), Uid("resource"));
        var type = action is null ? null : schema?.Actions.GetValueOrDefault(action)?.Context;
        var context = members.Find("context") is { } given
            ? values.Record(given, "the context, an object", name => type?.Attributes.GetValueOrDefault(name)?.Type)
            : RecordValue.Empty;
        return principal is null || action is null || resource is null || context is null ? null : new Request(principal, action, resource, context);
    }
}
