using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;

namespace Leash.Http.Secrets;

/// <summary>
/// Secrets that a command prints, such as <c>pass show {name}</c> or <c>secret-tool lookup leash {name}</c>. It is started without a shell; its first
/// line is the value, and what it says otherwise is not kept.
/// </summary>
/// <param name="command">Program and arguments, with <c>{name}</c> where the name goes.</param>
/// <param name="patience">How long it may take: it may ask its user for a passphrase.</param>
public sealed class CommandSecrets(ImmutableArray<string> command, TimeSpan patience) : ISecretSource
{
    private const string Placeholder = "{name}";

    // Not the command itself: whoever is denied for want of the secret is told, and it may have more in it than its author thinks of.
    private const string Source = "its command";

    public SecretLookup Find(string name)
    {
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            // Not the workspace, whose files the agent writes: git, for one, does what they say.
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument.Replace(Placeholder, name, StringComparison.Ordinal));
        }

        try
        {
            using var process = Process.Start(start);
            return process is null ? Failed(name) : Read(process, name);
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            return Failed(name);
        }
    }

    private SecretLookup Read(Process process, string name)
    {
        process.StandardInput.Close();
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(patience) || !output.Wait(patience))
        {
            process.Kill(entireProcessTree: true);
            return Failed(name);
        }

        var text = output.Result;
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return process.ExitCode != 0 ? Failed(name) : SecretLookup.Of(end < 0 ? text : text[..end], Source, name);
    }

    private static SecretLookup Failed(string name) => SecretLookup.Failed(SecretProblem.CommandFailed, Source, name);
}
