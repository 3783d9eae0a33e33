using System.Text.Json;
using System.Text.Json.Nodes;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Fuzzing;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>The same entities and requests conform to a schema, and those that do are decided alike.</summary>
internal static class Conformance
{
    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var all = Case.Of(world, withSchema: true);
        var data = all with { Policies = new Dictionary<string, string>(), Templates = new Dictionary<string, string>(), Links = [] };
        var requests = data with { Entities = [] };
        var broken = Case.Of(world, withSchema: false) with { Entities = Mutate(world) };
        var answers = reference.Ask(
            [data.Question("entities"), requests.Question("authorize"), all.Question("authorize"), broken.Question("entities")]);
        CompareEntities(data with { Requests = [] }, answers[0], reference, tallies.Entities);
        CompareEntities(broken with { Requests = [] }, answers[3], reference, tallies.EntitiesJson);
        CompareRequests(requests, answers[1], reference, tallies.Requests);
        Authorizations.Compare(all, answers[2], Library.Authorize, reference, tallies.DecisionsWithSchema);
    }

    private static List<JsonNode> Mutate(World world)
    {
        var mutator = new JsonMutator(new SeededRandom(world.Seed ^ 0xE417));
        var entities = (JsonArray)world.Entities.DeepClone();
        mutator.Mutate(entities);
        mutator.Mutate(entities);
        return [.. entities.Select(entity => entity ?? new JsonObject())];
    }

    private static void CompareEntities(Case all, JsonElement answer, ReferenceCedar reference, Tally tally)
    {
        if (answer.Threw())
        {
            return;
        }

        var ours = Library.AcceptsEntities(all, out _);
        if (!ours && answer.IsOk() && all.Entities.Any(HasBrokenEscape))
        {
            // The reference takes what is almost an entity or a call for a record, so that a misspelt name goes unseen; ours refuses it.
            return;
        }

        tally.Compare(Word(ours), Word(answer.IsOk()), answer.IsOk(), () =>
        {
            var small = all with
            {
                Entities = Shrinking.Items(all.Entities, items =>
                    Library.AcceptsEntities(all with { Entities = items }, out _) == ours
                    && reference.Ask((all with { Entities = items }).Question("entities")).IsOk() == answer.IsOk()),
            };
            Library.AcceptsEntities(small, out var why);
            return $"{small}reference: {reference.Ask(small.Question("entities")).Verdict()}\nours: {why}";
        });
    }

    private static bool HasBrokenEscape(JsonNode? node) => node switch
    {
        JsonArray array => array.Any(HasBrokenEscape),
        JsonObject value => IsBrokenEscape(value) || value.Any(member => HasBrokenEscape(member.Value)),
        _ => false,
    };

    private static bool IsBrokenEscape(JsonObject value) =>
        (value.TryGetPropertyValue("__entity", out var entity) && !(value.Count == 1 && IsText(entity, "type") && IsText(entity, "id")))
        || (value.TryGetPropertyValue("__extn", out var call) && !(value.Count == 1 && IsText(call, "fn") && (call!["arg"] is not null || call["args"] is JsonArray)));

    private static bool IsText(JsonNode? node, string name) =>
        node is JsonObject value && value[name] is JsonValue text && text.GetValueKind() == JsonValueKind.String;

    private static void CompareRequests(Case all, JsonElement answer, ReferenceCedar reference, Tally tally)
    {
        for (var i = 0; i < all.Requests.Count; i++)
        {
            var one = all with { Requests = [all.Requests[i]] };
            var theirs = answer.IsOk() && answer.GetProperty("answers")[i].IsOk();
            tally.Compare(Word(Library.AcceptsRequest(one, out var why)), Word(theirs), theirs, () =>
                $"{one}reference: {reference.Ask(one.Question("authorize")).GetRawText()}\nours: {why}");
        }
    }

    private static string Word(bool accepts) => accepts ? "accepts" : Library.Refused;
}
