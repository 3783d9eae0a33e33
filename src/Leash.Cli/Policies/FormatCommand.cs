using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Formatting;
using Cedar.Syntax;
using Leash.Policy;

namespace Leash.Cli.Policies;

/// <summary><c>leash policy fmt</c>: policies and schemas in their canonical layout.</summary>
/// <param name="terminal">Names of changed files and diagnostics go there; formatted standard input, too.</param>
/// <param name="options">Width and indentation.</param>
/// <param name="isCheck">Whether files stay as they are, and the exit code says if any would change.</param>
internal sealed class FormatCommand(Terminal terminal, FormatOptions options, bool isCheck)
{
    private const string SchemaSuffix = ".cedarschema";


    /// <summary>0; 1 when a file has errors or, with <c>--check</c>, is not formatted; 2 when one cannot be read or written.</summary>
    public int Run(ImmutableArray<string> files)
    {
        var exit = CliExit.Success;
        foreach (var file in files.IsEmpty ? [PolicyTexts.StandardInput] : files)
        {
            exit = Math.Max(exit, FormatFile(file));
        }

        terminal.Out.Flush();
        return exit;
    }

    private int FormatFile(string file)
    {
        if (PolicyTexts.Read(file, terminal.Fail) is not { } document)
        {
            return CliExit.Usage;
        }

        if (Format(document) is not { } text)
        {
            return CliExit.Negative;
        }

        if (isCheck)
        {
            return text == document.Text ? CliExit.Success : Name(document.Name, CliExit.Negative);
        }

        if (file == PolicyTexts.StandardInput)
        {
            terminal.Out.Write(text);
            return CliExit.Success;
        }

        return text == document.Text ? CliExit.Success : TryReplace(file, text) ? Name(file, CliExit.Success) : CliExit.Usage;
    }

    private int Name(string file, int exit)
    {
        terminal.Out.WriteLine(file);
        return exit;
    }

    /// <summary>The formatted text; null, with what is wrong shown, for one that has errors.</summary>
    private string? Format(PolicyDocument document)
    {
        var source = new SourceText(document.Name, document.Text);
        var result = document.Name.EndsWith(SchemaSuffix, StringComparison.Ordinal)
            ? CedarFormatter.FormatSchema(source, options)
            : CedarFormatter.Format(source, options);
        terminal.Show(result.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error));
        return result.Text;
    }

    /// <summary>Puts a new file in the place of the old one at once, so that no reader sees half of it and a full disk loses nothing.</summary>
    private bool TryReplace(string file, string text)
    {
        var target = CanonicalPath.Of(file);
        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, text);
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            File.Move(temporary, target, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Fail($"cannot write `{file}`: {e.Message}");
            File.Delete(temporary);
            return false;
        }
    }
}
