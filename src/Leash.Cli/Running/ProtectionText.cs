using System.Text;
using Leash.Sessions;

namespace Leash.Cli.Running;

/// <summary>The protection report for people: per class what governs it, what does not, why.</summary>
internal static class ProtectionText
{
    public static string Render(ProtectionReport report, Palette palette)
    {
        var text = new StringBuilder();
        var width = report.Lines.Count == 0 ? 0 : report.Lines.Max(line => line.Subject.Length);
        foreach (var line in report.Lines)
        {
            text.Append("  ").Append(line.Holds ? palette.Green("yes") : palette.Yellow("no ")).Append("  ")
                .Append(line.Subject.PadRight(width)).Append("  ").Append(line.Text).Append('\n');
        }

        foreach (var alike in report.Refusals.GroupBy(refusal => refusal.Trial.Reason, StringComparer.Ordinal))
        {
            var names = string.Join(", ", alike.Select(refusal => refusal.Name));
            text.Append("  ").Append(palette.Dim("-  ")).Append("  not ").Append(names).Append(": ").Append(alike.Key).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What everybody is told: the policy kept a better enforcer from being used.</summary>
    public static string Notes(ProtectionReport report, Palette palette)
    {
        var text = new StringBuilder();
        foreach (var refusal in report.Refusals.Where(refusal => refusal.Trial.Statements.Count > 0))
        {
            text.Append(palette.Yellow("note:")).Append($" `{refusal.Name}` cannot enforce this policy exactly, so {report.Enforcer} does\n");
            foreach (var statement in refusal.Trial.Statements)
            {
                text.Append("  ").Append(statement).Append('\n');
            }
        }

        return text.ToString();
    }
}
