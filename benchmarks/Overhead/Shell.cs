using System.Diagnostics;

namespace Leash.Bench.Overhead;

/// <summary>Runs a command to its end; a failing one ends the benchmark with what it said.</summary>
internal static class Shell
{
    public static (string Output, double Milliseconds) Run(string directory, IEnumerable<string> words)
    {
        string[] command = [.. words];
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string word in command.AsSpan(1))
        {
            start.ArgumentList.Add(word);
        }

        long from = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double elapsed = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"`{string.Join(' ', command)}` exited with {process.ExitCode}: {output}{errors.GetAwaiter().GetResult()}");
        }

        return (output, elapsed);
    }
}
