using System.Text;
using System.Text.Json;
using Cedar.Authorization;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Json;
using Cedar.Schemas;
using Cedar.Syntax;

namespace Cedar.Conformance.Tests;

/// <summary>One published case: policies, entities, a schema, requests and what is to come out.</summary>
internal sealed class CorpusCase(Corpus corpus, string path, JsonElement test)
{
    public string Path => path;

    /// <summary>Whether the policies pass validation.</summary>
    public bool ShouldValidate => test.GetProperty("shouldValidate").GetBoolean();

    public SourceText EntitiesText => Text("entities");

    public SourceText SchemaText => Text("schema");

    /// <summary>The schema, which every case has.</summary>
    public Schema Schema => Schema.Parse(SchemaText) is { Schema: { } schema } ? schema : throw new InvalidDataException($"{path}: its schema is not read");

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

    /// <summary>The entities, by the schema.</summary>
    public EntityStore ReadEntities(Schema schema)
    {
        var result = EntitiesJson.Read(EntitiesText, schema);
        return result.Store ?? throw new InvalidDataException(result.Diagnostics[0].ToString());
    }

    /// <summary>One of the <see cref="Requests"/>; by the schema, unless the case says that it need not fit.</summary>
    public Request ReadRequest(JsonElement request, Schema schema)
    {
        var isValid = !request.TryGetProperty("validateRequest", out var validate) || validate.GetBoolean();
        var result = RequestJson.Read(new SourceText(path, request.GetRawText()), isValid ? schema : null);
        return result.Request ?? throw new InvalidDataException(string.Join('\n', result.Diagnostics.Where(d => d.Severity == Severity.Error)));
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
