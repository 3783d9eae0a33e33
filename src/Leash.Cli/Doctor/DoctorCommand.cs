using System.Buffers;
using System.Text;
using System.Text.Json;
using Leash.Cli.Policies;
using Leash.Sessions;
using Leash.Sessions.Probing;

namespace Leash.Cli.Doctor;

/// <summary><c>leash doctor</c>: what this machine can enforce, each claim tried, and how to get more.</summary>
internal static class DoctorCommand
{
    /// <summary>0 when sessions can run here, else 1.</summary>
    public static int Run(Terminal terminal, bool isJson)
    {
        MachineReport report;
        try
        {
            report = MachineProbe.Run();
        }
        catch (SessionException e)
        {
            terminal.Fail(e.Message, e.Help);
            return CliExit.Failure;
        }

        terminal.Out.Write(isJson ? Json(report) : Text(report, terminal.OutPalette));
        terminal.Out.Flush();
        return report.CanRun ? CliExit.Success : CliExit.Negative;
    }

    internal static string Text(MachineReport report, Palette palette)
    {
        var text = new StringBuilder();
        text.Append($"machine: {report.Kernel}, Linux {ProcessStatus.Machine()}\n\nenforcers\n");
        var width = report.Enforcers.Max(enforcer => enforcer.Name.Length);
        foreach (var enforcer in report.Enforcers)
        {
            var mark = enforcer.IsAvailable ? palette.Green("yes") : palette.Dim("no ");
            text.Append($"  {mark}  {enforcer.Name.PadRight(width)}  {enforcer.Reason}\n");
            AppendHelp(text, enforcer.IsAvailable ? null : enforcer.Help, palette);
        }

        text.Append("\nwhat was tried\n");
        width = report.Results.Max(result => result.Title.Length);
        foreach (var result in report.Results)
        {
            text.Append($"  {Mark(result, palette)}  {result.Title.PadRight(width)}  {result.Detail}\n");
            AppendHelp(text, result.Works ? null : result.Help, palette);
        }

        text.Append(report.CanRun
            ? $"\n{palette.Green("Sessions run here.")}\n"
            : $"\n{palette.Red("Sessions cannot run here")}: what is marked NO is required.\n");
        return text.ToString();
    }

    private static void AppendHelp(StringBuilder text, string? help, Palette palette)
    {
        if (help is not null)
        {
            text.Append($"       {palette.Bold("help:")} {help}\n");
        }
    }

    private static string Mark(ProbeResult result, Palette palette) => (result.Works, result.Weight) switch
    {
        (true, _) => palette.Green("yes"),
        (false, ProbeWeight.Required) => palette.Red("NO "),
        (false, _) => palette.Yellow("no "),
    };

    private static string Json(MachineReport report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("kernel", report.Kernel);
            json.WriteBoolean("can_run", report.CanRun);
            json.WriteStartArray("enforcers");
            foreach (var enforcer in report.Enforcers)
            {
                json.WriteStartObject();
                json.WriteString("name", enforcer.Name);
                json.WriteBoolean("available", enforcer.IsAvailable);
                json.WriteString("reason", enforcer.Reason);
                json.WriteString("help", enforcer.Help);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("probes");
            foreach (var result in report.Results)
            {
                WriteProbe(json, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteProbe(Utf8JsonWriter json, ProbeResult result)
    {
        json.WriteStartObject();
        json.WriteString("id", result.Id);
        json.WriteString("title", result.Title);
        json.WriteBoolean("works", result.Works);
        json.WriteString("weight", result.Weight switch
        {
            ProbeWeight.Required => "required",
            ProbeWeight.Recommended => "recommended",
            ProbeWeight.Optional => "optional",
        });
        json.WriteString("detail", result.Detail);
        json.WriteString("help", result.Help);
        json.WriteEndObject();
    }
}
