using System.Globalization;
using System.Text;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>A session that may do everything and tries to reach what leash itself consists of.</summary>
internal sealed record SelfProtectionRun(Arena Arena, CommandResult Result, IReadOnlyDictionary<string, int> Codes, int TwinCode, AuditLine[] Log, string[] Commands)
{
    private const string Mark = "mark-";

    public static SelfProtectionRun Of(string[] commands)
    {
        Arena arena = new();
        // The session's directory has a name that nobody knows before it runs: a shell in the session looks for it by what it can see.
        StringBuilder script = new($"""
            session=$(for d in '{arena.State}'/leash/sessions/*; do echo "$d"; done)
            [ -n "$LEASH_SESSION" ] && session='{arena.State}'/leash/sessions/$LEASH_SESSION

            """);
        for (var i = 0; i < commands.Length; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            script.Append($"{Line(arena, commands[i])}; echo CODE {number} $?\n{Line(arena, "create {session}/" + Mark + number)}\n");
        }

        script.Append($"{Line(arena, "write {work}/open")}; echo TWIN $?\n");
        var result = arena.Run(Arena.Everything, ["/bin/sh", "-c", script.ToString()], seconds: 120);
        Dictionary<string, int> codes = new(StringComparer.Ordinal);
        var twin = -1;
        foreach (var line in result.Output.Split('\n'))
        {
            var words = line.Split(' ');
            if (words is ["CODE", var index, var code])
            {
                codes[commands[int.Parse(index, CultureInfo.InvariantCulture)]] = int.Parse(code, CultureInfo.InvariantCulture);
            }
            else if (words is ["TWIN", var last])
            {
                twin = int.Parse(last, CultureInfo.InvariantCulture);
            }
        }

        return new SelfProtectionRun(arena, result, codes, twin, AuditLine.ReadAll(arena.State), commands);
    }

    /// <summary>The log between the marks before and after a command.</summary>
    public IEnumerable<AuditLine> LogOf(string command)
    {
        var number = Array.IndexOf(Commands, command);
        var begin = number == 0 ? 0 : MarkAt(number - 1) + 1;
        return Log[begin..Math.Max(begin, MarkAt(number))];
    }

    private int MarkAt(int number) => Array.FindIndex(
        Log, line => line.IsDenied && line.Resource.EndsWith($"/{Mark}{number.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal));

    private static string Line(Arena arena, string command) => $"'{arena.Expand("{bin}/attack")}' "
        + arena.Expand(command).Replace("{log}", "$session/audit.jsonl", StringComparison.Ordinal).Replace("{session}", "$session", StringComparison.Ordinal);
}
