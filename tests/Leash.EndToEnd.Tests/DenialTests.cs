using System.Net.Sockets;
using Leash.EndToEnd.Tests.Support;

namespace Leash.EndToEnd.Tests;

/// <summary>With no policy given, what would harm the user is denied, recorded and told; its twin beside it is allowed.</summary>
public sealed class DenialTests
{
    private const int EPERM = 1;
    private const int EACCES = 13;

    /// <summary>What, and its allowed twin; <c>~</c> is the home, <c>.</c> the workspace.</summary>
    private static readonly (string[] Denied, string[] Allowed, string Action)[] s_rows =
    [
        (["read", "~/.ssh/id_ed25519"], ["read", "./own/id_ed25519"], "FileOpenReadOnly"),
        (["read", "~/.aws/credentials"], ["read", "~/.gitconfig"], "FileOpenReadOnly"),
        (["read", "~/.netrc"], ["read", "~/.bashrc"], "FileOpenReadOnly"),
        (["read", "~/notes"], ["read", "./notes"], "FileOpenReadOnly"),
        (["write", "~/.bashrc"], ["write", "./.bashrc"], "FileOpenReadWrite"),
        (["open-truncate", "~/.bashrc"], ["open-truncate", "./.bashrc"], "FileOpenReadWrite"),
        (["delete", "~/.bashrc"], ["delete", "./notes"], "FileDelete"),
        (["rename", "./.bashrc", "~/.bashrc"], ["rename", "./.bashrc", "./renamed"], "FileRename"),
        (["link", "~/.ssh/id_ed25519", "./key"], ["link", "./renamed", "./linked"], "FileLink"),
        (["create", "./.git/hooks/pre-commit"], ["create", "./.git/hooks/pre-commit.sample"], "FileCreate"),
        (["write", "/etc/hosts"], ["read", "/etc/hosts"], "FileOpenReadWrite"),
        (["read", "/etc/shadow"], ["read", "/etc/passwd"], "FileOpenReadOnly"),
        (["create", "/usr/bin/leash-e2e"], ["create", "./leash-e2e"], "FileCreate"),
        (["tcp", "169.254.169.254", "80"], ["tcp", "127.0.0.1", "PORT"], "NetworkConnect"),
        (["udp", "169.254.169.254", "53000"], ["udp", "127.0.0.1", "53000"], "NetworkConnect"),
        (["tcp", "192.0.2.1", "443"], ["tcp", "127.0.0.1", "PORT"], "NetworkConnect"),
        (["listen", "0.0.0.0", "0"], ["listen", "127.0.0.1", "0"], "NetworkListen"),
        (["unix", "./docker.sock"], ["unix", "./other.sock"], "UnixConnect"),
        (["unix", "~/.ssh/agent"], ["unix", "./other.sock"], "UnixConnect"),
    ];

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task Harm_IsDeniedRecordedAndTold(Account account)
    {
        using var place = new Place(account);
        using var tcp = new Listening(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        using var docker = new Listening(new UnixDomainSocketEndPoint(Path.Join(place.Workspace, "docker.sock")));
        using var agent = new Listening(new UnixDomainSocketEndPoint(Path.Join(place.Home, ".ssh/agent")));
        using var other = new Listening(new UnixDomainSocketEndPoint(Path.Join(place.Workspace, "other.sock")));
        foreach (var file in new[] { "own/id_ed25519", "notes", ".bashrc", ".git/hooks/.keep" })
        {
            place.Write(file, "text\n");
        }

        place.WriteHome("notes", "text\n");
        var program = Operations.CopyTo(place.Workspace);
        string[] Words(string[] words) =>
            [.. words.Select(word => word == "PORT" ? $"{tcp.Port}" : Real(place, word))];
        var operations = s_rows.SelectMany(row => new[] { Words(row.Denied), Words(row.Allowed) }).ToList();

        var ran = await place.LeashAsync(["--", program], Operations.Input(operations));
        Assert.True(ran.Exit == 0, ran.ToString());
        var results = Operations.Results(ran);
        Assert.Equal(operations.Count, results.Length);
        var log = place.Log();
        for (var i = 0; i < s_rows.Length; i++)
        {
            var (denied, allowed) = (results[2 * i], results[(2 * i) + 1]);
            var named = string.Join(' ', s_rows[i].Denied);
            Assert.True(denied is EACCES or EPERM, $"`{named}` ended with errno {denied}");
            Assert.True(allowed == 0, $"`{string.Join(' ', s_rows[i].Allowed)}` ended with errno {allowed}; {place.Denials()}");
            var objects = operations[2 * i];
            Assert.True(
                log.Any(entry => entry.Verdict == "deny" && entry.Action.Split(',', '+', ' ').Contains(s_rows[i].Action, StringComparer.Ordinal)
                    && objects.Any(word => word == entry.Resource || word == entry.SecondResource || word == entry.Address)),
                $"`{named}` is not in the log: {place.Denials()}");
        }

        Assert.Contains("id_ed25519", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no-keys", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no-shell-startup", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no-git-hooks", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no-container-engines", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no-cloud-metadata", ran.Error, StringComparison.Ordinal);
        Assert.Contains("/etc/hosts", ran.Error, StringComparison.Ordinal);
        Assert.Equal("# settings of a shell\n", await File.ReadAllTextAsync(Path.Join(place.Home, ".bashrc"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Place.Secret, ran.Out + ran.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Accounts.All), MemberType = typeof(Accounts))]
    public async Task OrdinaryTools_FailOnSecretsAndGoOn(Account account)
    {
        using var place = new Place(account);
        var ran = await place.LeashAsync(["--", "bash", "-c", "cat ~/.ssh/id_ed25519; echo evil >>~/.bashrc; echo still here"]);
        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.Equal("still here\n", ran.Out);
        Assert.Equal(2, ran.Error.Split("Permission denied").Length - 1);
        Assert.DoesNotContain(Place.Secret, ran.Error, StringComparison.Ordinal);
        var log = await place.LeashAsync(["audit", "verify"]);
        Assert.True(log.Exit == 0, log.ToString());
    }

    private static string Real(Place place, string word) => word switch
    {
        ['~', '/', ..] => place.Home + word[1..],
        ['.', '/', ..] => place.Workspace + word[1..],
        _ => word,
    };
}
