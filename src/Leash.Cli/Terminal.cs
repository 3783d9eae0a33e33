using System.Text;
using Cedar.Diagnostics;
using Leash.Interop;

namespace Leash.Cli;

/// <summary>Where leash writes, and whether in colours.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool hasColorOut, bool hasColorError)
{
    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    public Palette OutPalette { get; } = new(hasColorOut);

    public Palette ErrorPalette { get; } = new(hasColorError);

    /// <summary>
    /// The standard streams, opened without the console class's set-up, which would change the terminal's settings and handle signals that
    /// belong to the session.
    /// </summary>
    public static Terminal OfProcess()
    {
        var mayColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null);
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(
            new StreamWriter(new DescriptorStream(1), encoding, 4096),
            new StreamWriter(new DescriptorStream(2), encoding, 4096) { AutoFlush = true },
            mayColor && !Console.IsOutputRedirected,
            mayColor && !Console.IsErrorRedirected);
    }

    /// <summary>What is wrong, and what to do, on the error stream.</summary>
    public void Fail(string message, string? help = null)
    {
        Error.WriteLine($"{ErrorPalette.Red("leash:")} {message}");
        if (help is not null)
        {
            Error.WriteLine($"  {ErrorPalette.Bold("help:")} {help}");
        }
    }

    /// <summary>What its user should know, and what to do about it, on the error stream.</summary>
    public void Note(string message, string help) => Error.WriteLine($"{ErrorPalette.Yellow("leash:")} {message}\n  {ErrorPalette.Bold("help:")} {help}");

    /// <summary>Diagnostics about policies, with snippets, on the error stream.</summary>
    public void Show(IEnumerable<Diagnostic> diagnostics)
    {
        var renderer = new DiagnosticRenderer(ErrorPalette.IsOn);
        foreach (var diagnostic in diagnostics)
        {
            Error.WriteLine(renderer.Render(diagnostic));
        }
    }
}

/// <summary>Colours, or none.</summary>
internal readonly record struct Palette(bool IsOn)
{
    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    public string Red(string text) => Paint("1;31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    private string Paint(string code, string text) => IsOn ? $"\e[{code}m{text}\e[0m" : text;
}
