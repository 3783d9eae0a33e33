using System.Text.Json;

namespace Leash.TestHarness;

/// <summary>One line of a session's log.</summary>
internal sealed record AuditLine(
    DateTimeOffset Time, string Kind, string Verdict, string Reason, string Action, string Syscall, string Resource, string Second, string Exe, string[] Policies, int Port, int Count, string Text)
{
    public bool IsDenied => Kind == "operation" && Verdict == "deny";

    /// <summary>All lines of the one log below <paramref name="state"/>; throws for a line that is not JSON.</summary>
    public static AuditLine[] ReadAll(string state)
    {
        var sessions = Path.Join(state, "leash", "sessions");
        return Directory.Exists(sessions)
            ? [.. Directory.EnumerateFiles(sessions, "audit.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadLines).Select(Parse)]
            : [];
    }

    private static AuditLine Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        string Word(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        int Number(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;
        string[] policies = root.TryGetProperty("policies", out var ids) && Word("kind") == "operation"
            ? [.. ids.EnumerateArray().Select(id => id.GetString()!)]
            : [];
        return new AuditLine(
            root.TryGetProperty("time", out var time) ? time.GetDateTimeOffset() : default, Word("kind"), Word("verdict"), Word("reason"), Word("action"), Word("syscall"), Word("resource"), Word("second"), Word("exe"), policies,
            Number("port"), Math.Max(1, Number("count")), line);
    }
}
