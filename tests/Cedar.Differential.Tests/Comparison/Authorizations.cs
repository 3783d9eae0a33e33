using System.Text.Json;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>Requests are decided alike: the decision, the policies that determine it and those that fail.</summary>
internal static class Authorizations
{
    public static void Compare(World world, ReferenceCedar reference, Tallies tallies)
    {
        var plain = Case.Of(world, withSchema: false);
        var answer = reference.Ask(plain.Question("authorize"));
        Compare(plain, answer, Library.Authorize, reference, tallies.Decisions);
        Compare(plain, answer, Library.AuthorizeInSteps, reference, tallies.Steps);
    }

    /// <param name="all">Everything that is known, with or without a schema.</param>
    /// <param name="answer">What the reference implementation says about <paramref name="all"/>.</param>
    /// <param name="authorize">What the library says.</param>
    /// <param name="reference">To be asked about smaller cases.</param>
    /// <param name="tally">Where to count.</param>
    public static void Compare(Case all, JsonElement answer, Func<Case, string[]> authorize, ReferenceCedar reference, Tally tally)
    {
        var theirs = Theirs(all, answer);
        var ours = authorize(all);
        for (var i = 0; i < theirs.Length; i++)
        {
            var request = i;
            tally.Compare(ours[i], theirs[i], theirs[i] != Library.Refused, () =>
            {
                var small = (all with { Requests = [all.Requests[request]] }).Shrink(c =>
                    c.Requests.Count == 1 && authorize(c)[0] != Theirs(c, reference.Ask(c.Question("authorize")))[0]);
                return $"{small}ours: {authorize(small)[0]}, reference: {reference.Ask(small.Question("authorize")).GetRawText()}";
            });
        }
    }

    private static string[] Theirs(Case asked, JsonElement answer) => answer.IsOk()
        ? [.. answer.GetProperty("answers").EnumerateArray().Select(Describe)]
        : [.. asked.Requests.Select(_ => Library.Refused)];

    private static string Describe(JsonElement answer) => answer.IsOk()
        ? $"{answer.Text("decision")} by [{answer.Names("reasons")}], errors in [{answer.Names("errors")}]"
        : Library.Refused;
}
