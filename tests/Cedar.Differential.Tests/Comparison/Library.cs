using System.Text.Json.Nodes;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Formatting;
using Cedar.Fuzz.Generation;
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

    private sealed class RefusedException : Exception;

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

    /// <summary>Whether the entities conform to the schema.</summary>
    public static bool AcceptsEntities(Case asked, out string why)
    {
        why = "cannot be read";
        if (ReadSchema(asked) is not { } schema || ReadEntities(asked) is not { } entities)
        {
            return false;
        }

        var violations = EntityValidator.Validate(entities.Entities, schema);
        why = string.Join("; ", violations);
        return violations.IsEmpty;
    }

    /// <summary>Whether the first request conforms to the schema.</summary>
    public static bool AcceptsRequest(Case asked, out string why)
    {
        why = "cannot be read";
        try
        {
            if (ReadSchema(asked) is not { } schema)
            {
                return false;
            }

            var violations = RequestValidator.Validate(ReadRequest(asked.Requests[0]), schema);
            why = string.Join("; ", violations);
            return violations.IsEmpty;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>One answer per request; entities and requests have to conform, and the actions are the schema's.</summary>
    public static string[] AuthorizeWithSchema(Case asked)
    {
        if (!AcceptsEntities(asked, out _))
        {
            return [.. asked.Requests.Select(_ => Refused)];
        }

        var schema = ReadSchema(asked)!;
        var accepted = asked.Requests.Select(request => AcceptsRequest(asked with { Requests = [request] }, out _)).ToList();
        var answers = Answer(asked, (policies, request, entities) => Authorizer.Authorize(
            policies, request, new EntityStore([.. entities.Entities.Where(entity => !schema.Actions.ContainsKey(entity.Uid)), .. schema.ActionEntities])));
        return [.. answers.Select((answer, i) => accepted[i] ? answer : Refused)];
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
        if (ReadEntities(asked) is not { } entities || ReadPolicies(asked) is not { } policies)
        {
            return [.. asked.Requests.Select(_ => Refused)];
        }

        return [.. asked.Requests.Select(request =>
        {
            try
            {
                return Describe(authorize(policies, ReadRequest(request), entities));
            }
            catch (RefusedException)
            {
                return Refused;
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        })];
    }

    private static Schema? ReadSchema(Case asked) => Schema.Parse(new SourceText("schema.cedarschema", asked.Schema!)).Schema;

    private static Request ReadRequest(JsonObject request) =>
        new(ReadUid(request["principal"]!), ReadUid(request["action"]!), ReadUid(request["resource"]!), ReadRecord((JsonObject)request["context"]!));

    private static EntityStore? ReadEntities(Case asked)
    {
        try
        {
            return new EntityStore(asked.Entities.Select(ReadEntity));
        }
        catch (Exception e) when (e is RefusedException or ArgumentException)
        {
            return null;
        }
    }

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

    private static Entity ReadEntity(JsonNode entity) => new(
        ReadUid(entity["uid"]!), ReadRecord((JsonObject)entity["attrs"]!), entity["tags"] is JsonObject tags ? ReadRecord(tags) : RecordValue.Empty,
        [.. ((JsonArray)entity["parents"]!).Select(parent => ReadUid(parent!))]);

    private static EntityUid ReadUid(JsonNode uid)
    {
        uid = uid["__entity"] ?? uid;
        return new EntityUid((string)uid["type"]!, (string)uid["id"]!);
    }

    private static RecordValue ReadRecord(JsonObject record) =>
        Value.RecordOf(record.Select(member => KeyValuePair.Create(member.Key, ReadValue(member.Value!))));

    private static Value ReadValue(JsonNode value)
    {
        switch (value)
        {
            case JsonArray array:
                return Value.SetOf(array.Select(item => ReadValue(item!)));
            case JsonObject { Count: 1 } call when call["__extn"] is { } extension:
                var parsed = CedarParser.ParseExpression(new SourceText($"{extension["fn"]}({CedarString.Quote((string)extension["arg"]!)})"));
                var result = Evaluator.EvaluateClosed(parsed.Expression ?? throw new RefusedException());
                return result.Value ?? throw new RefusedException();
            case JsonObject { Count: 1 } entity when entity["__entity"] is not null:
                return ReadUid(entity);
            case JsonObject record:
                return ReadRecord(record);
            default:
                var scalar = value.AsValue();
                return scalar.TryGetValue<bool>(out var flag) ? flag : scalar.TryGetValue<long>(out var number) ? number : scalar.TryGetValue<int>(out var small) ? small : scalar.GetValue<string>();
        }
    }
}
