using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>
/// Rows that share a session because they share a policy. Each has an arena of its own, whose statements are added to the session's
/// policy under ids of their own, and the denial of each row's canary ends its part of the log.
/// </summary>
internal sealed partial class AttackBatch
{
    private const int SecondsPerRow = 5;
    private static readonly ConcurrentDictionary<string, Lazy<AttackBatch>> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Arena Arena, AttackRun Run)> _rows = new(StringComparer.Ordinal);

    private AttackBatch(Attack[] attacks)
    {
        Arena common = new();
        AttackPlaces.Common(common);
        List<(Attack Attack, Arena Arena)> rows = [];
        foreach (var attack in attacks)
        {
            var arena = common.Neighbour(rows.Count);
            AttackPlaces.Prepare(attack, arena, common);
            rows.Add((attack, arena));
        }

        var commands = rows.SelectMany(row => row.Attack.Commands.Select(row.Arena.Words));
        var result = common.RunExpanded(
            Policy(rows), [common.Expand("{bin}/attack"), "each", .. Arena.Join(commands)], 60 + (SecondsPerRow * rows.Count));
        var run = AttackRun.Of(common, result);

        // The log's order is that of arrival; what the kernel decided arrives after what leash refused at the same time.
        Split(run with { Log = [.. run.Log.OrderBy(line => line.Time)] }, rows);
    }

    /// <summary>The row's run in the session of all rows with its policy.</summary>
    public static (Arena Arena, AttackRun Run) Run(Attack attack)
    {
        var batch = _batches.GetOrAdd(attack.Policy, policy => new Lazy<AttackBatch>(
            () => new AttackBatch([.. AttackTables.All.Where(row => row.Policy == policy)])));
        return batch.Value._rows[attack.Name];
    }

    // A statement that is the same for all stands there once; others get the number of their row.
    private static string Policy(List<(Attack Attack, Arena Arena)> rows)
    {
        StringBuilder text = new();
        foreach (var statement in rows[0].Attack.Policy.Split("@id", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            HashSet<string> written = new(StringComparer.Ordinal);
            for (var row = 0; row < rows.Count; row++)
            {
                var expanded = rows[row].Arena.Expand("@id" + statement);
                if (written.Add(expanded))
                {
                    var number = row.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    text.Append(Identifier().Replace(expanded, $"@id(\"${{id}}~{number}\")", 1)).Append('\n');
                }
            }
        }

        return text.ToString();
    }

    private void Split(AttackRun run, List<(Attack Attack, Arena Arena)> rows)
    {
        var code = 0;
        var line = 0;
        foreach (var (attack, arena) in rows)
        {
            Dictionary<int, int> codes = [];
            Dictionary<int, string> outputs = [];
            for (var i = 0; i < attack.Commands.Length; i++, code++)
            {
                if (run.Codes.TryGetValue(code, out var value))
                {
                    codes[i] = value;
                    outputs[i] = run.Output(code);
                }
            }

            var canary = arena.Expand("{secret}/canary");
            var last = Array.FindLastIndex(run.Log, entry => entry.IsDenied && entry.Resource == canary);
            var end = Math.Max(line, last + 1);
            _rows.Add(attack.Name, (arena, run with { Codes = codes, Outputs = outputs, Log = run.Log[line..end] }));
            line = end;
        }
    }

    [GeneratedRegex("@id\\(\"(?<id>[^\"]*)\"\\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Identifier();
}
