using System.Text.Json;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>The same policies, templates and links are valid for a schema, and the same can never take effect.</summary>
internal static class Validations
{
    private const string Invalid = "invalid";

    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var all = Case.Of(world, withSchema: true) with { Requests = [], Entities = [] };
        var answer = reference.Ask(all.Question("validate"));
        if (!answer.IsOk())
        {
            // The schema or the set as a whole.
            return;
        }

        var ours = Library.Validate(all);
        foreach (var id in Ids(all))
        {
            var (mine, theirs) = (Verdict(ours, id), Verdict(answer, id));
            if (all.Links.Any(link => (string)link["newId"]! == id && theirs != Invalid && Has(answer, "errors", (string)link["templateId"]!)))
            {
                // Behind an unknown action ours goes on as if it were any; for the reference nothing applies.
                continue;
            }

            tallies.Validation.Compare(mine, theirs, theirs != Invalid, () =>
            {
                var small = all.Shrink(c =>
                    Ids(c).Contains(id) && Library.Validate(c) is { } again && Verdict(again, id) == mine && Verdict(reference.Ask(c.Question("validate")), id) == theirs);
                return $"{id}\n{small}\nreference: {reference.Ask(small.Question("validate")).GetRawText()}\nours: "
                    + string.Join("\n", Library.Validate(small)?.Values.Select(found => found.Text) ?? []);
            });
        }
    }

    private static IEnumerable<string> Ids(Case asked) =>
        asked.Policies.Keys.Concat(asked.Templates.Keys).Concat(asked.Links.Select(link => (string)link["newId"]!));

    private static string Verdict(Dictionary<string, (bool IsError, string Text)>? ours, string id) =>
        ours is null ? Invalid : !ours.TryGetValue(id, out var found) ? "valid" : found.IsError ? Invalid : "without effect";

    private static string Verdict(JsonElement answer, string id) =>
        !answer.IsOk() || Has(answer, "errors", id) ? Invalid : Has(answer, "warnings", id) ? "without effect" : "valid";

    private static bool Has(JsonElement answer, string list, string id) => answer.Names(list).Split(',').Contains(id);
}
