using System.Text;
using System.Text.Json;
using Cedar.Authorization;
using Cedar.Evaluation;
using Cedar.Syntax;

namespace Cedar.Conformance.Tests;

/// <summary>Decisions, reasons and errors of the published Cedar cases, against ours.</summary>
public sealed class AuthorizationConformanceTests
{
    // What the reference implementation knows and this one does not yet.
    private static readonly string[] s_unsupported =
    [
        "datetime", "duration", "offset", "durationSince", "toDate", "toTime", "toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays",
    ];

    [Theory]
    [InlineData("cedar-corpus.tar.gz", "corpus-tests/", false)]
    [InlineData("cedar-handwritten.tar.gz", "tests/", true)]
    public void PublishedCases_AgreeInDecisionReasonsAndErrors(string archive, string folder, bool plainUids)
    {
        var corpus = Corpus.OpenOrSkip(archive);
        var json = new CedarJson(plainUids);
        var requests = 0;
        var cases = 0;
        List<string> disagreements = [];
        SortedDictionary<string, int> unsupported = [];
        foreach (var path in corpus.Paths.Where(p => p.StartsWith(folder, StringComparison.Ordinal) && IsCase(p)).Order(StringComparer.Ordinal))
        {
            try
            {
                requests += Run(corpus, json, path, disagreements);
                cases++;
            }
            catch (NotYetSupportedException e)
            {
                unsupported[e.Message] = unsupported.GetValueOrDefault(e.Message) + 1;
            }
        }

        var missing = string.Join(", ", unsupported.Select(p => $"{p.Value} cases need {p.Key}"));
        Console.WriteLine(
            $"{archive}: {requests - disagreements.Count} of {requests} requests agree in {cases} cases; not run: {(missing.Length == 0 ? "none" : missing)}");
        Assert.True(disagreements.Count == 0, string.Join("\n", disagreements.Take(20)));
        Assert.NotEqual(0, requests);
    }

    private static bool IsCase(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".entities.json", StringComparison.Ordinal);

    private static int Run(Corpus corpus, CedarJson json, string path, List<string> disagreements)
    {
        using var document = JsonDocument.Parse(corpus.Read(path), new JsonDocumentOptions { MaxDepth = 256 });
        var test = document.RootElement;
        var policies = ReadPolicies(corpus, test.GetProperty("policies").GetString()!);
        using var entitiesDocument = JsonDocument.Parse(corpus.Read(test.GetProperty("entities").GetString()!));
        var entities = json.ReadEntities(entitiesDocument.RootElement);
        var count = 0;
        foreach (var request in test.GetProperty("requests").EnumerateArray())
        {
            count++;
            var response = Authorizer.Authorize(policies, ReadRequest(json, request), entities);
            var expected = Describe(
                request.GetProperty("decision").GetString()!, Strings(request.GetProperty("reason")), Strings(request.GetProperty("errors")));
            var actual = Describe(
                response.Decision == Decision.Allow ? "allow" : "deny", response.Determining, response.Errors.Select(e => e.PolicyId));
            if (expected != actual)
            {
                disagreements.Add($"{path}, {request.GetProperty("description")}: expected {expected}, found {actual}");
            }
        }

        return count;
    }

    private static PolicySet ReadPolicies(Corpus corpus, string path)
    {
        var parsed = CedarParser.Parse(new SourceText(path, Encoding.UTF8.GetString(corpus.Read(path))));
        foreach (var diagnostic in parsed.Diagnostics)
        {
            var feature = Array.Find(s_unsupported, f => diagnostic.Message.EndsWith($"`{f}`", StringComparison.Ordinal));
            throw feature is null ? new InvalidDataException(diagnostic.ToString()) : new NotYetSupportedException("datetime and duration");
        }

        return new PolicySet(parsed.Policies);
    }

    private static Request ReadRequest(CedarJson json, JsonElement request) => new(
        json.ReadUid(request.GetProperty("principal")),
        json.ReadUid(request.GetProperty("action")),
        json.ReadUid(request.GetProperty("resource")),
        json.ReadRecord(request.GetProperty("context")));

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(e => e.GetString()!);

    private static string Describe(string decision, IEnumerable<string> reasons, IEnumerable<string> errors) =>
        $"{decision} by [{string.Join(", ", reasons.Order(StringComparer.Ordinal))}] with errors [{string.Join(", ", errors.Order(StringComparer.Ordinal))}]";
}
