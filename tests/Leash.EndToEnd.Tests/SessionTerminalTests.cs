using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>Terminals: a person at an interactive shell notices no difference.</summary>
public sealed class SessionTerminalTests
{
    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Streams_AreTheTerminalExactlyWhereTheyWere(Account account)
    {
        var shown = await ShowAsync("streams", account);
        Assert.Contains("/dev/pts/", shown, StringComparison.Ordinal);
        Assert.Contains("\n31 101\r", shown, StringComparison.Ordinal);
        Assert.Contains("terminal 0\r\nterminal 1\r\nterminal 2\r\n", shown, StringComparison.Ordinal);
        Assert.Contains("err\r\n", shown, StringComparison.Ordinal);
        Assert.Contains("in\r\npiped\r\n", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\r\n", shown, StringComparison.Ordinal);
        AssertCooked(shown);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task CtrlC_EndsTheCommand(Account account)
    {
        var shown = await ShowAsync("interrupt", account);
        Assert.Contains("[code 130]", shown, StringComparison.Ordinal);
        AssertCooked(shown);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task CtrlZ_StopsAndForegroundContinues(Account account)
    {
        var shown = await ShowAsync("stop", account);
        Assert.Contains("Stopped", shown, StringComparison.Ordinal);
        Assert.Contains("got words\r\n", shown, StringComparison.Ordinal);
        AssertCooked(shown);
    }

    [Fact]
    public async Task Resize_ReachesTheCommand() => Assert.Contains("44 111", await ShowAsync("resize"), StringComparison.Ordinal);

    [Fact]
    public async Task Pipeline_ReadsTheTerminalWhenTheCommandAsks() => AssertCooked(await ShowAsync("pipeline"));

    [Fact]
    public async Task ShellInside_HasJobControl() => Assert.Contains("[code 5]", await ShowAsync("shell"), StringComparison.Ordinal);

    [Fact]
    public async Task RawMode_PassesEveryByte() => AssertCooked(await ShowAsync("raw"));

    /// <summary>The user's terminal is as before: lines are edited and echoed.</summary>
    private static void AssertCooked(string shown)
    {
        Assert.DoesNotContain("-icanon", shown.Replace("'-*icanon'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("-echo\r", shown, StringComparison.Ordinal);
        Assert.Contains("icanon\r\necho\r\nmodes", shown, StringComparison.Ordinal);
    }

    private static async Task<string> ShowAsync(string scenario, Account account = Account.Ordinary)
    {
        using var place = new Place(account);
        var driver = Path.Join(place.Root, "terminal.py");
        File.Copy(Path.Join(AppContext.BaseDirectory, "terminal.py"), driver);
        Accounts.Own(account, place.Root);
        var ran = await place.RunAsync(["python3", driver, scenario, Product.Program], seconds: 120);
        Assert.True(ran.Exit == 0, ran.ToString());
        return ran.Out;
    }
}
