using System.Text.Json.Nodes;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Formatting;
using Cedar.Fuzz.Generation;
using Cedar.Json;
using Cedar.Partial;
using Cedar.Diagnostics;
using Cedar.Schemas;
using Cedar.Syntax;
using Cedar.Validation;
using Cedar.Values;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>What is compared: the library's public functions, as one who has texts would call them.</summary>
internal static class Library
{
    public const string Refused = "refuses";

    /// <summary>One answer per request.</summary>
    public static string[] Authorize(Case asked) => Answer(asked, Authorizer.Authorize);

    /// <summary>
    /// One answer per request, in two steps: first with parts of the request and of the entities unknown, then the policies that are left with
    /// everything known.
    /// </summary>
    public static string[] AuthorizeInSteps(Case asked) => Answer(asked, (policies, request, entities) =>
    {
        var random = new SeededRandom(asked.Seed);
        var fields = request.Context.Fields.Where(_ => random.Percent(50)).ToList();
        var partial = new PartialRequest(
            Forget(random, request.Principal), Forget(random, request.Action), Forget(random, request.Resource),
            new PartialRecord(
                Value.RecordOf(fields), [.. request.Context.Fields.Select(field => field.Key).Except(fields.Select(field => field.Key))], random.Percent(30)));
        var known = entities.Entities.Where(_ => random.Percent(70)).ToList();
        var isOpen = known.Count < entities.Entities.Count || random.Percent(30);
        var first = PartialAuthorizer.Authorize(policies, partial, new PartialEntities(new EntityStore(known), isOpen: isOpen));
        var response = Authorizer.Authorize(first.ToResidualPolicySet(), request, entities);
        var contradicts = first.Decision switch
        {
            PartialDecision.Allow => response.Decision != Decision.Allow,
            PartialDecision.Deny => response.Decision != Decision.Deny,
            PartialDecision.Undetermined => false,
        };
        return contradicts || first.MustDetermine.Except(response.Determining).Any() || response.Determining.Except(first.MayDetermine).Any()
            ? throw new InvalidOperationException($"{first.Decision} [{Sorted(first.MustDetermine)}] [{Sorted(first.MayDetermine)}], but {Describe(response)}")
            : response;
    });

    /// <summary>The formatted text, or null when it is refused.</summary>
    public static string? Format(string text, int width) =>
        CedarFormatter.Format(new SourceText("policy.cedar", text), new FormatOptions { LineWidth = width }).Text;

    public static bool AcceptsSchema(string text, out string why)
    {
        var result = Schema.Parse(new SourceText("schema.cedarschema", text));
        why = string.Join("; ", result.Diagnostics);
        return !result.HasErrors;
    }

    public static bool AcceptsSchemaJson(string json, out string why)
    {
        var result = Schema.ParseJson(new SourceText("schema.json", json));
        why = string.Join("; ", result.Diagnostics);
        return !result.HasErrors;
    }

    /// <summary>A schema in Cedar syntax as JSON, or null when it is refused.</summary>
    public static string? SchemaToJson(string text) =>
        SchemaParser.Parse(new SourceText("schema.cedarschema", text)).Document is { } document ? SchemaJson.Write(document) : null;

    /// <summary>A JSON schema in Cedar syntax, or null when it is refused.</summary>
    public static string? SchemaToText(string json) =>
        SchemaJson.Parse(new SourceText("schema.json", json)).Document is { } document ? SchemaPrinter.Print(document).Text : null;

    /// <summary>The formatted schema, or null when it is refused.</summary>
    public static string? FormatSchema(string text, int width) =>
        CedarFormatter.FormatSchema(new SourceText("schema.cedarschema", text), new FormatOptions { LineWidth = width }).Text;

    /// <summary>The text that the syntax tree alone gives.</summary>
    public static string Print(string text) => CedarPrinter.Print(CedarParser.Parse(new SourceText("policy.cedar", text)).Policies);

    /// <summary>Whether the entities can be read and, if there is a schema, conform to it.</summary>
    public static bool AcceptsEntities(Case asked, out string why)
    {
        why = "the schema is refused";
        if (asked.Schema is not null && ReadSchema(asked) is null)
        {
            return false;
        }

        var result = ReadEntities(asked, ReadSchema(asked));
        why = string.Join("; ", result.Diagnostics);
        return !result.HasErrors;
    }

    /// <summary>Whether the first request can be read and conforms to the schema.</summary>
    public static bool AcceptsRequest(Case asked, out string why)
    {
        why = "the schema is refused";
        if (ReadSchema(asked) is not { } schema)
        {
            return false;
        }

        var result = ReadRequest(asked.Requests[0], schema);
        why = string.Join("; ", result.Diagnostics);
        return !result.HasErrors;
    }

    /// <summary>Ids of the policies, templates and links that there is something to say about; null when the set is refused.</summary>
    public static Dictionary<string, (bool IsError, string Text)>? Validate(Case asked)
    {
        if (ReadPolicies(asked) is not { } policies || ReadSchema(asked) is not { } schema)
        {
            return null;
        }

        return policies.Templates.Concat(policies)
            .Select(policy => (policy.Id, Found: PolicyValidator.Validate(policy, schema)))
            .Where(policy => !policy.Found.IsEmpty)
            .ToDictionary(policy => policy.Id, policy => (policy.Found.HasErrors(), string.Join("; ", policy.Found)), StringComparer.Ordinal);
    }

    private static PartialUid Forget(SeededRandom random, EntityUid uid) => random.Below(3) switch
    {
        0 => PartialUid.Anything,
        1 => PartialUid.OfType(uid.Type),
        _ => uid,
    };

    private static string[] Answer(Case asked, Func<PolicySet, Request, EntityStore, Response> authorize)
    {
        var schema = ReadSchema(asked);
        if ((asked.Schema is null) != (schema is null) || ReadEntities(asked, schema).Store is not { } entities || ReadPolicies(asked) is not { } policies)
        {
            return [.. asked.Requests.Select(_ => Refused)];
        }

        return [.. asked.Requests.Select(asking =>
        {
            try
            {
                return ReadRequest(asking, schema).Request is { } request ? Describe(authorize(policies, request, entities)) : Refused;
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        })];
    }

    private static Schema? ReadSchema(Case asked) =>
        asked.Schema is null ? null : Schema.Parse(new SourceText("schema.cedarschema", asked.Schema)).Schema;

    private static RequestJsonResult ReadRequest(JsonNode request, Schema? schema) =>
        RequestJson.Read(new SourceText("request.json", request.ToJsonString()), schema);

    private static EntitiesJsonResult ReadEntities(Case asked, Schema? schema) =>
        EntitiesJson.Read(new SourceText("entities.json", asked.EntitiesJson), schema);

    private static string Describe(Response response) =>
        $"{(response.Decision == Decision.Allow ? "allow" : "deny")} by [{Sorted(response.Determining)}], errors in [{Sorted(response.Errors.Select(e => e.PolicyId))}]";

    private static string Sorted(IEnumerable<string> ids) => string.Join(",", ids.Order(StringComparer.Ordinal));

    private static PolicySet? ReadPolicies(Case asked)
    {
        var builder = new PolicySetBuilder();
        foreach (var (id, text) in asked.Policies.Concat(asked.Templates))
        {
            var result = CedarParser.Parse(new SourceText(id, text));
            if (result.HasErrors || result.Policies is not [var policy] || builder.Add(policy with { Id = id }) is not null)
            {
                return null;
            }
        }

        foreach (var link in asked.Links)
        {
            var values = (JsonObject)link["values"]!;
            var slots = new SlotValues(
                values["?principal"] is { } principal ? ReadUid(principal) : null, values["?resource"] is { } resource ? ReadUid(resource) : null);
            if (builder.Link((string)link["templateId"]!, (string)link["newId"]!, slots) is not null)
            {
                return null;
            }
        }

        return builder.ToPolicySet();
    }

    private static EntityUid ReadUid(JsonNode uid)
    {
        uid = uid["__entity"] ?? uid;
        return new EntityUid((string)uid["type"]!, (string)uid["id"]!);
    }
}
