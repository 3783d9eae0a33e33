using Leash.Cli.Daemon;
using Leash.Cli.Policies;
using Leash.Policy;

namespace Leash.Cli.Tests;

public sealed class ApplyCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-apply-");
    private readonly TestTerminal _terminal = new();
    private readonly DaemonPlace _place;
    private readonly string _file;

    public ApplyCommandTests()
    {
        _place = new DaemonPlace(_directory.FullName);
        _file = Path.Join(_directory.FullName, "new.cedar");
        File.WriteAllText(_file, "permit (principal, action, resource);");
    }

    public void Dispose()
    {
        _terminal.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void TheOnlySession_GetsBaseAndFiles()
    {
        var layers = "";
        using var control = Listen("one", documents =>
        {
            layers = string.Join(' ', documents.Select(d => d.Layer));
            return new ControlReply();
        });
        Assert.Equal(CliExit.Success, Run(null));
        Assert.Equal("base user", layers);
        Assert.Contains("one are in force", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralSessions_OneHasToBeNamed()
    {
        using var one = Listen("2026-a", _ => new ControlReply());
        using var two = Listen("2026-b", _ => new ControlReply("it does not fit") { Details = ["LSH901: too large"] });
        Assert.Equal(CliExit.Negative, Run("2026"));
        Assert.Contains("which session? 2026-a, 2026-b", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal(CliExit.Negative, Run("2026-b"));
        Assert.Contains("it does not fit\n  LSH901: too large\n", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal(CliExit.Success, Run("2026-a"));
    }

    [Fact]
    public void SessionThatHasEnded_IsNamed()
    {
        File.WriteAllText(_place.ControlOf("gone"), "");
        Assert.Equal(CliExit.Negative, Run("gone"));
        Assert.Contains("gone has ended", _terminal.Error, StringComparison.Ordinal);
        File.Delete(_place.ControlOf("gone"));
        Assert.Equal(CliExit.Negative, Run("gone"));
        Assert.Contains("no such session", _terminal.Error, StringComparison.Ordinal);
    }

    private PolicyControl Listen(string id, Func<System.Collections.Immutable.ImmutableArray<PolicyDocument>, ControlReply> apply) =>
        PolicyControl.Listen(_place, id, apply);

    private int Run(string? session) => ApplyCommand.Run(_terminal.Terminal, _place, [_file], session);
}
