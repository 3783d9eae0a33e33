using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>What came of a run: the code of each attack, and the log.</summary>
internal sealed record AttackRun(CommandResult Result, IReadOnlyDictionary<int, int> Codes, AuditLine[] Log)
{
    public int Code(int index) => Codes.TryGetValue(index, out var code) ? code : throw new InvalidOperationException($"attack {index} did not end\n{Result}\n{DeniedText}");

    public string DeniedText => string.Join('\n', Log.Where(line => line.IsDenied).Select(line => line.Text));

    /// <summary>What each attack wrote.</summary>
    public IReadOnlyDictionary<int, string> Outputs { get; init; } = new Dictionary<int, string>();

    public string Output(int index) => Outputs.GetValueOrDefault(index, "");

    /// <summary>Of a session that ran <c>attack each</c>.</summary>
    public static AttackRun Of(Arena arena, CommandResult result)
    {
        Dictionary<int, int> codes = [];
        Dictionary<int, string> outputs = [];
        List<string> written = [];
        foreach (var line in result.Output.Split('\n'))
        {
            if (!line.StartsWith("RESULT ", StringComparison.Ordinal))
            {
                written.Add(line);
                continue;
            }

            var parts = line.Split(' ');
            var index = int.Parse(parts[1], null);
            codes[index] = int.Parse(parts[2], null);
            outputs[index] = string.Join('\n', written);
            written.Clear();
        }

        return new AttackRun(result, codes, AuditLine.ReadAll(arena.State)) { Outputs = outputs };
    }
}
