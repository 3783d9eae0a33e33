using System.Text.Json.Nodes;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>What is compared: the library's public functions, as one who has texts would call them.</summary>
internal static class Library
{
    public const string Refused = "refuses";

    private sealed class RefusedException : Exception;

    /// <summary>One answer per request.</summary>
    public static string[] Authorize(Case asked)
    {
        EntityStore entities;
        try
        {
            entities = new EntityStore(asked.Entities.Select(ReadEntity));
            if (entities.Entities.Any(e => entities.IsAncestor(e.Uid, e.Uid)))
            {
                throw new RefusedException();
            }
        }
        catch (RefusedException)
        {
            return [.. asked.Requests.Select(_ => Refused)];
        }

        if (ReadPolicies(asked) is not { } policies)
        {
            return [.. asked.Requests.Select(_ => Refused)];
        }

        return [.. asked.Requests.Select(request =>
        {
            try
            {
                return Describe(Authorizer.Authorize(
                    policies,
                    new Request(ReadUid(request["principal"]!), ReadUid(request["action"]!), ReadUid(request["resource"]!), ReadRecord((JsonObject)request["context"]!)),
                    entities));
            }
            catch (RefusedException)
            {
                return Refused;
            }
        })];
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
