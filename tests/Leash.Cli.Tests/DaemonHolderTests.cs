using Leash.Cli.Daemon;

namespace Leash.Cli.Tests;

public sealed class DaemonHolderTests : IDisposable
{
    private readonly DirectoryInfo _top = Directory.CreateTempSubdirectory("leash-holder-");

    public void Dispose() => _top.Delete(recursive: true);

    [Fact]
    public void PlaceThatCanBeMade_IsNoObstacle()
    {
        using DaemonHolder holder = new(new DaemonPlace(Path.Join(_top.FullName, "run")), _ => { });
        Assert.Null(holder.FindObstacle());
    }

    [Fact]
    public void PlaceThatCannotBeUsed_IsNamed()
    {
        var link = Path.Join(_top.FullName, "run");
        File.CreateSymbolicLink(link, _top.FullName);
        using DaemonHolder holder = new(new DaemonPlace(link), _ => { });
        Assert.Contains($"cannot use `{link}`", holder.FindObstacle(), StringComparison.Ordinal);
    }
}
