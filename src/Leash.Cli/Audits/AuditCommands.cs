using System.Globalization;
using System.Text;
using Leash.Audit;

namespace Leash.Cli.Audits;

/// <summary><c>leash audit show</c> and <c>leash audit verify</c>.</summary>
internal static class AuditCommands
{
    /// <summary>Prints a session's operations; 1 when there is no such log.</summary>
    public static int Show(Terminal terminal, string? session, AuditFilter filter, bool isJson)
    {
        if (Open(terminal, session) is not { } stream)
        {
            return 1;
        }

        using (stream)
        {
            foreach (var entry in AuditReader.ReadEntries(stream))
            {
                if (filter.Matches(entry))
                {
                    terminal.Out.WriteLine(isJson ? Encoding.UTF8.GetString([.. entry.Raw]) : Line(entry, terminal.OutPalette));
                }
            }
        }

        terminal.Out.Flush();
        return 0;
    }

    /// <summary>Checks a log; 1 when it is not intact and complete.</summary>
    public static int Verify(Terminal terminal, string? session, string? head)
    {
        if (StateDirectory.Find(session, terminal.Fail) is not { } path || Open(terminal, path) is not { } stream)
        {
            return 1;
        }

        using (stream)
        {
            var result = AuditVerifier.Verify(stream, head);
            var records = result.Records == 1 ? "1 record" : string.Create(CultureInfo.InvariantCulture, $"{result.Records} records");
            terminal.Out.WriteLine(result.Integrity switch
            {
                AuditIntegrity.Intact => $"{terminal.OutPalette.Green("intact")}: {records}, head {result.Head}",
                AuditIntegrity.CutOff => $"{terminal.OutPalette.Yellow("cut off")} after {records}, head {result.Head}: {result.Message}",
                AuditIntegrity.Broken => $"{terminal.OutPalette.Red("broken")} {(result.Line == 0 ? "" : $"at line {result.Line}, after {records}")}: {result.Message}",
            });
            terminal.Out.WriteLine($"  {ByteText.Visible(path)}");
            terminal.Out.Flush();
            return result.Integrity == AuditIntegrity.Intact ? 0 : 1;
        }
    }

    private static FileStream? Open(Terminal terminal, string? session)
    {
        if (StateDirectory.Find(session, terminal.Fail) is not { } path)
        {
            return null;
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Fail($"cannot read the log `{path}`: {e.Message}");
            return null;
        }
    }

    /// <summary>One entry for people.</summary>
    internal static string Line(AuditEntry entry, Palette palette) => entry.Kind switch
    {
        "session" => $"{Clock(entry)} session {entry.Text("session")}: {string.Join(' ', entry.List("command").Select(ByteText.Visible))} "
            + $"(workspace {ByteText.Visible(entry.Text("workspace"))}, {entry.Text("mode")}, {entry.Text("enforcer")})",
        "outcome" => Outcome(entry),
        "gap" => $"{Clock(entry)} {entry.Number("dropped")} allowed operations were not recorded: the log could not keep up",
        "resumed" => $"{Clock(entry)} the log goes on here: {ByteText.Visible(entry.Detail)}",
        "policies" => $"{Clock(entry)} other policies decide from here on",
        "end" => $"{Clock(entry)} end: {entry.Number("allowed")} allowed, {entry.Number("denied")} denied, "
            + $"{entry.Number("would_deny")} would be denied, exit code {entry.Number("exit")}",
        _ => Operation(entry, palette),
    };

    private static string Operation(AuditEntry entry, Palette palette)
    {
        var text = new StringBuilder(Clock(entry));
        text.Append(' ').Append(entry.Verdict switch
        {
            "allow" => "allow",
            "would_deny" => palette.Yellow("would deny"),
            _ => palette.Red("deny"),
        });
        text.Append(' ').Append(entry.Action.Length > 0 ? entry.Action : entry.Syscall);
        Append(text, " ", entry.Resource);
        Append(text, " -> ", entry.SecondResource);
        Append(text, " ", entry.Address.Length > 0 ? $"({entry.Address})" : "");
        if (entry.Port > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" port {entry.Port}").Append(entry.Protocol.Length > 0 ? "/" + entry.Protocol : "");
        }

        Append(text, " ", entry.Method);
        Append(text, " ", entry.Target);
        AppendRequest(text, entry);
        if (entry.Verdict != "allow")
        {
            text.Append(": ").Append(Why(entry));
        }

        else
        {
            Append(text, ": ", entry.Detail);
        }

        Append(text, " by ", entry.Exe);
        text.Append(CultureInfo.InvariantCulture, $" [{entry.Pid}]");
        if (entry.Count > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({entry.Count} times)");
        }

        return text.ToString();
    }

    private static string Outcome(AuditEntry entry)
    {
        var text = new StringBuilder(Clock(entry)).Append(" ended");
        AppendRequest(text, entry);
        if (entry.Number("status") is > 0 and var status)
        {
            text.Append(CultureInfo.InvariantCulture, $": status {status}");
        }

        text.Append(CultureInfo.InvariantCulture, $", {entry.Number("sent")} bytes sent, {entry.Number("received")} received in {entry.Number("ms")} ms");
        Append(text, ", ", entry.Detail);
        return text.ToString();
    }

    private static void AppendRequest(StringBuilder text, AuditEntry entry)
    {
        if (entry.Number("request") is > 0 and var number)
        {
            text.Append(CultureInfo.InvariantCulture, $" #{number}");
        }
    }

    private static string Why(AuditEntry entry)
    {
        var why = entry.Policies.Count > 0 ? $"forbidden by {string.Join(", ", entry.Policies.Select(ByteText.Visible))}"
            : entry.Reason == AuditReason.NoPermit.Word() ? "no permit matched" : entry.Reason.Replace('_', ' ');
        return entry.Detail.Length > 0 ? $"{why} ({ByteText.Visible(entry.Detail)})" : why;
    }

    private static void Append(StringBuilder text, string before, string value)
    {
        if (value.Length > 0)
        {
            text.Append(before).Append(ByteText.Visible(value));
        }
    }

    /// <summary>The time of day, in UTC, with milliseconds.</summary>
    private static string Clock(AuditEntry entry) => entry.Time.Length >= 23 ? entry.Time[11..23] : entry.Time;
}
