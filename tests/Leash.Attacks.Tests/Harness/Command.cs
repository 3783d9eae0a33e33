using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Leash.TestHarness;

/// <summary>How a program ended and what it wrote. Code is 128 + signal for one that was killed, and -1 for one that ran too long.</summary>
internal sealed record CommandResult(string Description, int Code, string Output, string Error, TimeSpan Duration)
{
    public CommandResult ThrowIfFailed() => Code == 0 ? this : throw new InvalidOperationException(ToString());

    public override string ToString() => $"`{Description}` ended with {Code}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

internal static partial class Command
{
    /// <summary>Gives a file another name.</summary>
    public static void Link(string from, string to)
    {
        if (link(from, to) != 0)
        {
            throw new IOException($"cannot link `{from}` to `{to}`: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public static CommandResult Run(
        string program,
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        string input = "",
        int seconds = 60)
    {
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "/",
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("LEASH", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return Collect(start, input, seconds);
    }

    private static CommandResult Collect(ProcessStartInfo start, string input, int seconds)
    {
        using Process process = new() { StartInfo = start };
        var begin = Stopwatch.GetTimestamp();
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading.
        }

        var ended = process.WaitForExit(seconds * 1000);
        var duration = Stopwatch.GetElapsedTime(begin);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        // A process that outlives the program keeps the pipes open: that is a leak, and told as one.
        var closed = Task.WaitAll([output, error], TimeSpan.FromSeconds(10));
        return new CommandResult(
            $"{start.FileName} {string.Join(' ', start.ArgumentList)}",
            ended && closed ? process.ExitCode : -1,
            output.IsCompleted ? output.Result : "",
            error.IsCompleted ? error.Result : closed ? "" : "(a process that outlived it holds its output open)",
            duration);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);
}
