using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cedar.Diagnostics;
using Cedar.Json;
using Cedar.Syntax;

namespace Cedar.Schemas;

/// <summary>
/// The JSON form of schemas (Cedar spec, "JSON schema format"). Reading never throws and never overflows the stack, whatever the text, and reports
/// all mistakes; names that the form does not know are mistakes.
/// </summary>
public static class SchemaJson
{
    // The text goes into files, not into web pages: what is not ASCII stays readable.
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as written. Whether its names are declared is found by <see cref="SchemaResolver"/>.</summary>
    public static SchemaParseResult Parse(SourceText source)
    {
        var diagnostics = new DiagnosticSink(source);
        var document = JsonReader.Read(source, diagnostics) is { } root ? new SchemaJsonReader(source, diagnostics).Read(root) : null;
        return new SchemaParseResult(diagnostics.ErrorCount == 0 ? document : null, diagnostics.ToImmutable());
    }

    /// <summary>
    /// A JSON text, indented and without a line feed at the end, that resolves to the same schema as the document. Names that Cedar syntax leaves
    /// open stay open, as <c>EntityOrCommon</c>. Comments are not kept.
    /// </summary>
    public static string Write(SchemaDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            new SchemaJsonWriter(json).Write(document);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
