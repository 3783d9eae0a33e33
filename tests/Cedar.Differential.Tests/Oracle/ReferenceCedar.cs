using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cedar.Differential.Tests.Oracle;

/// <summary>Cedar's reference implementation in a process of its own; see tools/cedar-wasm/oracle.mjs for the questions. For one thread.</summary>
internal sealed class ReferenceCedar : IDisposable
{
    private readonly Process _node;

    public ReferenceCedar()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo("node", [OracleInstallation.Script])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = utf8, StandardOutputEncoding = utf8,
        };
        _node = OracleInstallation.Start(start, "Node.js is needed to run Cedar's reference implementation");
    }

    public JsonElement Ask(JsonObject question) => Ask([question])[0];

    /// <summary>The answers in the order of the questions.</summary>
    public JsonElement[] Ask(IReadOnlyList<JsonObject> questions)
    {
        var batch = new JsonArray([.. questions]);
        _node.StandardInput.WriteLine(batch.ToJsonString());
        _node.StandardInput.Flush();
        var line = _node.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the reference implementation ended");
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1000 });
        return [.. document.RootElement.EnumerateArray().Select(answer => answer.Clone())];
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        if (!_node.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _node.Kill();
        }

        _node.Dispose();
    }
}

/// <summary>Reading an answer.</summary>
internal static class Answers
{
    public static bool IsOk(this JsonElement answer) => answer.GetProperty("ok").GetBoolean();

    /// <summary>It could not answer: a panic, or a number that JavaScript does not hold.</summary>
    public static bool Threw(this JsonElement answer) => answer.TryGetProperty("threw", out _);

    public static string Text(this JsonElement answer, string name) => answer.GetProperty(name).GetString()!;

    /// <summary>Yes, or no and why, for reports.</summary>
    public static string Verdict(this JsonElement answer) =>
        answer.IsOk() ? "accepted" : $"refused: {(answer.TryGetProperty("message", out var message) ? message.GetString() : "")}";

    public static string Names(this JsonElement answer, string name) =>
        string.Join(",", answer.GetProperty(name).EnumerateArray().Select(item => item.GetString()).Order(StringComparer.Ordinal));
}
