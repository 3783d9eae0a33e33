using Leash.Cli.CommandLine;

namespace Leash.Cli.Tests;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-policy-");
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _terminal.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Validate_GoodPolicy_IsValid()
    {
        var file = Write("""permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"/srv/data");""");
        Assert.Equal(0, Run("policy", "validate", file));
        Assert.Equal($"`{file}`: valid, 1 statement\n", _terminal.Out);
        Assert.Empty(_terminal.Error);
    }

    [Fact]
    public void Validate_Mistakes_AreShownWithPlace()
    {
        var file = Write("permit (principal, action == Action::\"FileOpn\", resource);\npermit (principal, action, resource");
        Assert.Equal(1, Run("policy", "validate", file));
        Assert.Contains($"--> {file}:1:", _terminal.Error, StringComparison.Ordinal);
        Assert.Contains($"--> {file}:2:", _terminal.Error, StringComparison.Ordinal);
        Assert.Contains("^^^", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_StandardPolicy_IsValid() => Assert.Equal(0, Run("policy", "validate"));

    [Fact]
    public void Validate_MissingFile_SaysSo()
    {
        Assert.Equal(1, Run("policy", "validate", "/nonexistent/x.cedar"));
        Assert.Contains("there is no policy file `/nonexistent/x.cedar`", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NotUtf8_SaysSo()
    {
        var file = Path.Join(_directory.FullName, "bad.cedar");
        File.WriteAllBytes(file, [0xff, 0xfe, 0x00]);
        Assert.Equal(1, Run("policy", "validate", file));
        Assert.Contains("is not UTF-8", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_Allowed_NamesThePermit()
    {
        var file = Write("""@id("data") @reason("our data") permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"/srv/data");""");
        Assert.Equal(0, Run("policy", "explain", "--policy", file, "FileOpenReadOnly", "/srv/data/x"));
        Assert.Equal($"allow FileOpenReadOnly /srv/data/x\n  permitted by data [user] {file}:1\n    our data\n", _terminal.Out);
    }

    [Fact]
    public void Explain_NoPermit_IsDenied()
    {
        var file = Write("""permit (principal, action == Action::"FileOpenReadOnly", resource in Dir::"/srv/data");""");
        Assert.Equal(1, Run("policy", "explain", "--policy", file, "FileOpenReadOnly", "/srv/data-secret/x"));
        Assert.Equal("deny FileOpenReadOnly /srv/data-secret/x\n  no permit matched\n", _terminal.Out);
    }

    [Theory]
    [InlineData("example.com:443", 0)]
    [InlineData("sub.example.com:443", 1)]
    [InlineData("example.com:80", 1)]
    [InlineData("192.0.2.7:443", 1)]
    [InlineData("[2001:db8::1]:22", 0)]
    public void Explain_Network(string endpoint, int expected)
    {
        var file = Write(
            """
            permit (principal, action == Action::"NetworkConnect", resource in Host::"example.com:443");
            permit (principal, action == Action::"NetworkConnect", resource in Cidr::"2001:db8::/32");
            """);
        Assert.Equal(expected, Run("policy", "explain", "--policy", file, "NetworkConnect", endpoint));
    }

    [Theory]
    [InlineData("--exe", 0)]
    [InlineData(null, 1)]
    public void Explain_Principal(string? flag, int expected)
    {
        var file = Write("""permit (principal in Exe::"/usr/bin/git", action == Action::"FileOpenReadOnly", resource in Dir::"/srv/keys");""");
        string[] extra = flag is null ? [] : [flag, "/usr/bin/git", flag, "/bin/sh"];
        Assert.Equal(expected, Run(["policy", "explain", "--policy", file, "FileOpenReadOnly", "/srv/keys/a", .. extra]));
    }

    [Theory]
    [InlineData("FileOpn", "/x", "unknown action `FileOpn`")]
    [InlineData("NetworkConnect", "example.com:99999", "`example.com:99999` with `tcp` is not an endpoint")]
    public void Explain_Mistake_SaysSo(string action, string resource, string message)
    {
        Assert.Equal(2, Run("policy", "explain", action, resource));
        Assert.Contains(message, _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_PrintsTheVocabulary()
    {
        Assert.Equal(0, Run("policy", "schema"));
        Assert.Contains("FileOpenReadOnly", _terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("policy", "wat")]
    [InlineData("audit", "show", "--nope")]
    [InlineData("policy", "explain", "FileOpenReadOnly")]
    public void SubCommand_Mistake_IsUsage(params string[] args)
    {
        Assert.Equal(2, Run(args));
        Assert.Contains("help: `leash ", _terminal.Error, StringComparison.Ordinal);
    }

    private int Run(params string[] args) => SubCommands.Run(args, _terminal.Terminal);

    private string Write(string text)
    {
        var file = Path.Join(_directory.FullName, "p.cedar");
        File.WriteAllText(file, text);
        return file;
    }
}
