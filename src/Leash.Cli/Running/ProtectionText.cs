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

        return text.ToString();
    }
}
