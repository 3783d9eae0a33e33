namespace Leash.Cli.Tests;

/// <summary>A terminal whose text can be looked at.</summary>
internal sealed class TestTerminal : IDisposable
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public TestTerminal() => Terminal = new Terminal(_out, _error, hasColorOut: false, hasColorError: false);

    public Terminal Terminal { get; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }
}
