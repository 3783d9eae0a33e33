using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>The agents that npm installs start under leash and say their version as without it.</summary>
public sealed class AgentTests
{
    private static readonly SemaphoreSlim s_one = new(1);

    public static TheoryData<Account, string, string> Agents
    {
        get
        {
            var rows = new TheoryData<Account, string, string>();
            foreach (var account in Enum.GetValues<Account>())
            {
                rows.Add(account, "@anthropic-ai/claude-code", "claude");
                rows.Add(account, "@openai/codex", "codex");
                rows.Add(account, "@google/gemini-cli", "gemini");
                rows.Add(account, "@qwen-code/qwen-code", "qwen");
                rows.Add(account, "opencode-ai", "opencode");
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Agents))]
    public async Task Version_IsAsBare(Account account, string package, string program)
    {
        var installed = await InstallAsync(package, program);
        using var place = new Place(account);
        var bare = await place.RunAsync([installed.Program, "--version"]);
        Assert.SkipWhen(bare.Exit != 0, $"`{program} --version` fails without leash: {bare.Error.TrimEnd().Split('\n')[^1]}");

        using var held = new Place(account);
        var ran = await held.LeashAsync(["--quiet", "--workspace", installed.Directory, "--", installed.Program, "--version"]);
        var context = $"{ran}\n-- denied\n{held.Denials()}";
        Assert.True(ran.Exit == 0, context);
        Assert.True(bare.Out == ran.Out, context);
    }

    /// <summary>Installs a package once and keeps it.</summary>
    private static async Task<(string Directory, string Program)> InstallAsync(string package, string program)
    {
        var directory = Path.Join(Product.Cache, "agents", program);
        var result = (directory, Path.Join(directory, "node_modules", ".bin", program));
        await s_one.WaitAsync();
        try
        {
            var stamp = Path.Join(directory, ".installed");
            if (!File.Exists(stamp))
            {
                Directory.CreateDirectory(directory);
                await File.WriteAllTextAsync(Path.Join(directory, "package.json"), "{ \"private\": true }\n");
                var ran = await Ran.ToEndAsync(
                    new("npm", ["install", "--prefix", directory, "--no-audit", "--no-fund", "--loglevel=error", package]), seconds: 300);
                Assert.SkipWhen(ran.Exit != 0, $"npm cannot install {package}: {ran.Error.TrimEnd().Split('\n')[0]}");
                await File.WriteAllTextAsync(stamp, "");
            }
        }
        finally
        {
            s_one.Release();
        }

        return result;
    }
}
