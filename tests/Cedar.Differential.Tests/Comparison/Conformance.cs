using System.Text.Json;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>The same entities and requests conform to a schema, and those that do are decided alike.</summary>
internal static class Conformance
{
    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        if (world.Seed % 2 != 0)
        {
            return;
        }

        var all = Case.Of(world, withSchema: true);
        var data = all with { Policies = new Dictionary<string, string>(), Templates = new Dictionary<string, string>(), Links = [] };
        var requests = data with { Entities = [] };
        var answers = reference.Ask([data.Question("entities"), requests.Question("authorize"), all.Question("authorize")]);
        CompareEntities(data with { Requests = [] }, answers[0], reference, tallies.Entities);
        CompareRequests(requests, answers[1], reference, tallies.Requests);
        Authorizations.Compare(all, answers[2], Library.AuthorizeWithSchema, reference, tallies.DecisionsWithSchema);
    }

    private static void CompareEntities(Case all, JsonElement answer, ReferenceCedar reference, Tally tally)
    {
        var ours = Library.AcceptsEntities(all, out _);
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
