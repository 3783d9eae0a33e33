using System.Text;
using System.Text.Json;
using Cedar.Authorization;
using Cedar.Syntax;

namespace Cedar.Conformance.Tests;

/// <summary>One published case: policies, entities, a schema, requests and what is to come out.</summary>
internal sealed class CorpusCase(Corpus corpus, string path, JsonElement test)
{
    public string Path => path;

    /// <summary>Whether the policies pass validation.</summary>
    public bool ShouldValidate => test.GetProperty("shouldValidate").GetBoolean();

    public byte[] Entities => corpus.Read(test.GetProperty("entities").GetString()!);

    public SourceText Schema => Text("schema");

    public IEnumerable<JsonElement> Requests => test.GetProperty("requests").EnumerateArray();

    public SourceText PolicyText => Text("policies");

    public PolicySet Policies
    {
        get
        {
            var parsed = CedarParser.Parse(PolicyText);
            return parsed.HasErrors ? throw new InvalidDataException(parsed.Diagnostics[0].ToString()) : new PolicySet(parsed.Policies);
        }
    }

    /// <summary>All cases of an archive, in order of name; a plain skip where the archive is not.</summary>
    public static IEnumerable<CorpusCase> All(string archive, string folder)
    {
        var corpus = Corpus.OpenOrSkip(archive);
        var paths = corpus.Paths.Where(path => path.StartsWith(folder, StringComparison.Ordinal) && IsCase(path));
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(corpus.Read(path), new JsonDocumentOptions { MaxDepth = 256 });
            yield return new CorpusCase(corpus, path, document.RootElement);
        }
    }

    private static bool IsCase(string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".entities.json", StringComparison.Ordinal);

    private SourceText Text(string property)
    {
        var name = test.GetProperty(property).GetString()!;
        return new SourceText(name, Encoding.UTF8.GetString(corpus.Read(name)));
    }
}
