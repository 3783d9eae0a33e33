using Leash.Cli.CommandLine;

namespace Leash.Cli.Tests;

public sealed class FormatCommandTests : IDisposable
{
    private const string Loose = "permit(principal,action,resource); // all\n";
    private const string Formatted = "permit (principal, action, resource); // all\n";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-fmt-");
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _terminal.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Fmt_LooseFile_IsReplacedAndNamed()
    {
        var file = Write(Loose);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, Run(file));
        Assert.Equal($"{file}\n", _terminal.Out);
        Assert.Equal(Formatted, File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_directory.FullName));
    }

    [Fact]
    public void Fmt_FormattedFile_IsLeftAlone()
    {
        var file = Write(Formatted);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Equal(0, Run(file));
        Assert.Empty(_terminal.Out);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Theory]
    [InlineData(Loose, 1)]
    [InlineData(Formatted, 0)]
    public void Fmt_Check_ChangesNothing(string text, int exit)
    {
        var file = Write(text);
        Assert.Equal(exit, Run("--check", file));
        Assert.Equal(exit == 0 ? "" : $"{file}\n", _terminal.Out);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Fmt_Link_StaysALink()
    {
        var file = Write(Loose);
        var link = Path.Join(_directory.FullName, "link.cedar");
        File.CreateSymbolicLink(link, file);
        Assert.Equal(0, Run(link));
        Assert.Equal(file, new FileInfo(link).LinkTarget);
        Assert.Equal(Formatted, File.ReadAllText(file));
    }

    [Fact]
    public void Fmt_Mistakes_AreShownAndTheFileStays()
    {
        var file = Write("permit(principal, action, resource) when { 1 + };");
        var other = Write(Loose);
        Assert.Equal(1, Run(file, other));
        Assert.Contains($"--> {file}:1:", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal("permit(principal, action, resource) when { 1 + };", File.ReadAllText(file));
        Assert.Equal(Formatted, File.ReadAllText(other));
    }

    [Fact]
    public void Fmt_Help_IsShown()
    {
        Assert.Equal(0, Run("--help"));
        Assert.Contains("--check", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Fmt_MissingFileAndWrongFlag_AreUsageErrors()
    {
        Assert.Equal(2, Run("/nonexistent/x.cedar"));
        Assert.Equal(2, Run("--width", "1", Write(Loose)));
        Assert.Contains("`--width` takes a number from 20 to 1000", _terminal.Error, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var file = Path.Join(_directory.FullName, $"{Guid.NewGuid():N}.cedar");
        File.WriteAllText(file, text);
        return file;
    }

    private int Run(params string[] arguments) => SubCommands.Run(["policy", "fmt", .. arguments], _terminal.Terminal);
}
