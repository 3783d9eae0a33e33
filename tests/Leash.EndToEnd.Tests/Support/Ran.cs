using System.Diagnostics;

namespace Leash.EndToEnd.Tests.Support;

/// <summary>A process that has ended, with what it printed.</summary>
internal sealed record Ran(int Exit, string Out, string Error)
{
    /// <summary>Starts a program, gives it input, and waits for its end and for the end of its output.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it was killed with its children.</exception>
    public static async Task<Ran> ToEndAsync(ProcessStartInfo start, string input = "", int seconds = 180)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; its exit code tells the rest.
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Ran(process.ExitCode, await output.WaitAsync(limit.Token), await error.WaitAsync(limit.Token));
        }
        catch (OperationCanceledException e)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            var soFar = $"{(output.IsCompletedSuccessfully ? await output : "")}{(error.IsCompletedSuccessfully ? await error : "")}";
            throw new TimeoutException($"`{start.FileName} {string.Join(' ', start.ArgumentList)}` did not end within {seconds} s; {soFar}", e);
        }
    }

    public override string ToString() => $"exit {Exit}\n-- stdout\n{Out}\n-- stderr\n{Error}";
}
