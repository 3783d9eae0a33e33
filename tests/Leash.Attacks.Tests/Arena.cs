using System.Text;
using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>
/// A workspace in which a session may do what it likes except for a few names, and things outside that it may not touch.
/// In commands, <c>{work}</c>, <c>{secret}</c> and so on stand for the places.
/// </summary>
internal sealed class Arena
{
    private const string OrdinaryUser = "65534";

    // Sessions are shared where the machine is slow.
    private static readonly int _patience = Enforcer.IsBatch ? 4 : 1;

    /// <summary>One kind of principal: tracing within the session can be permitted.</summary>
    public const string Plain = """
        @id("work") permit (principal, action in [Action::"FileOpen", Action::"UnixConnect"], resource) when { resource in Dir::"{work}" };
        @id("run") permit (principal, action == Action::"ProcessExec", resource) when { resource in [Dir::"{work}/run", Dir::"{bin}"] };
        @id("bin") permit (principal, action == Action::"FileOpenReadOnly", resource) when { resource in Dir::"{bin}" };
        @id("no-tool") forbid (principal, action == Action::"ProcessExec", resource in File::"{work}/run/denied");
        @id("no-arguments") forbid (principal, action == Action::"ProcessExec", resource in File::"{work}/run/checked")
          when { context.args.contains("evil") };
        @id("no-hidden") forbid (principal, action == Action::"FileOpen", resource) when { resource in Dir::"{work}/outer/hidden" };
        @id("no-write") forbid (principal, action == Action::"FileOpenReadWrite", resource)
          when { resource in Dir::"{work}/protected" };
        @id("no-write~name") forbid (principal, action == Action::"FileOpenReadWrite", resource) when { resource.name == "pre-commit" };
        @id("no-socket") forbid (principal, action == Action::"UnixConnect", resource) when { resource.name == "docker.sock" };
        """;

    /// <summary>Rights that depend on the program: <c>trusted</c> may read what nobody else may, <c>boxed</c> may not what others may.</summary>
    public const string Principals = """
        @id("trusted-only") permit (principal, action == Action::"FileOpenReadOnly", resource == File::"{secret}/trusted")
          when { principal.exe == "{bin}/trusted" };
        @id("boxed") forbid (principal in Exe::"{bin}/boxed", action == Action::"FileOpen", resource == File::"{work}/open");
        """;

    public const string Tracing = """@id("trace") permit (principal, action == Action::"ProcessTrace", resource);""";

    public const string Everything = """@id("everything") permit (principal, action, resource);""";

    public Arena(Who who = Who.Self)
        : this(who, Scratch.New("arena"), shared: null)
    {
    }

    private Arena(Who who, string top, string? shared)
    {
        Who = who;
        Top = top;
        Shared = shared ?? top;
        Create();
        PutPrograms(isShared: shared is not null);
        if (IsOtherUser)
        {
            Command.Run("chown", ["-R", $"{OrdinaryUser}:{OrdinaryUser}", Top]).ThrowIfFailed();
        }
    }

    public Who Who { get; }

    public string Top { get; }

    /// <summary>Where programs, the log and the home directory are: with others, for an arena that is one of several in a session.</summary>
    public string Shared { get; }

    public string Work => Path.Join(Top, "project");

    public string State => Path.Join(Shared, "state");

    /// <summary>More places for commands, such as ports.</summary>
    public Dictionary<string, string> Places { get; } = new(StringComparer.Ordinal);

    private bool IsOtherUser => Who == Who.User && Product.IsRoot;

    /// <summary>An arena that shares a session with others: what it may do is its own, its programs, log and home are not.</summary>
    public Arena Neighbour(int number) => new(Who, Path.Join(Top, $"row{number}"), Top);

    public string Expand(string text)
    {
        StringBuilder expanded = new(text);
        expanded.Replace("{work}", Work).Replace("{secret}", Path.Join(Top, "secret"));
        foreach (var name in new[] { "bin", "state", "home" })
        {
            expanded.Replace($"{{{name}}}", Path.Join(Shared, name));
        }

        expanded.Replace("{top}", Top).Replace("{product}", Product.Directory);
        foreach (var (name, value) in Places)
        {
            expanded.Replace($"{{{name}}}", value);
        }

        return expanded.ToString();
    }

    public string[] Words(string command) => [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Expand)];

    /// <summary>Runs a command under leash.</summary>
    public CommandResult Run(string policy, IEnumerable<string> command, int seconds = 60, params string[] flags) =>
        RunExpanded(Expand(policy), command, seconds, flags);

    /// <summary>Runs a command under a policy in which no place has to be filled in.</summary>
    public CommandResult RunExpanded(string policy, IEnumerable<string> command, int seconds, params string[] flags)
    {
        var file = Path.Join(Top, "policy.cedar");
        File.WriteAllText(file, policy);
        string[] words = [Product.Leash, "--quiet", "--enforcer", Enforcer.Name, "--policy", file, "--workspace", Work, .. flags, "--", .. command];
        if (IsOtherUser)
        {
            words = ["setpriv", "--reuid", OrdinaryUser, "--regid", OrdinaryUser, "--clear-groups", .. words];
        }

        Dictionary<string, string?> environment = new(StringComparer.Ordinal)
        {
            ["HOME"] = Path.Join(Top, "home"),
            ["XDG_STATE_HOME"] = State,
        };
        return Command.Run(words[0], words[1..], Work, environment, seconds: seconds * _patience);
    }

    /// <summary>Runs attacks one after the other in one session; what each returned.</summary>
    public AttackRun Attack(string policy, string program, IEnumerable<string> commands, int seconds = 60) =>
        AttackRun.Of(this, Run(policy, [Expand(program), "each", .. Join(commands.Select(Words))], seconds));

    /// <summary>Several commands for <c>attack each</c>.</summary>
    public static IEnumerable<string> Join(IEnumerable<string[]> commands) => commands.SelectMany((words, i) => i == 0 ? words : ["--", .. words]);

    private void Create()
    {
        foreach (var directory in new[]
        {
            "project/outer/hidden", "project/outer/plain", "project/protected", "project/run", "project/dir/sub", "project/Hidden", "project-evil", "secret/dir", "bin",
            "state", "home",
        })
        {
            Directory.CreateDirectory(Path.Join(Top, directory));
        }

        foreach (var file in new[]
        {
            "project/open", "project/second", "project/third", "project/outer/hidden/key", "project/outer/plain/key", "project/protected/file", "project/dir/key", "project/Hidden/key",
            "project-evil/key", "secret/key", "secret/canary", "secret/trusted", "secret/dir/key", "project/.name",
        })
        {
            // What must not be read begins with another letter than what may.
            var isSecret = file.StartsWith("secret", StringComparison.Ordinal) || file.Contains("hidden/", StringComparison.Ordinal);
            File.WriteAllText(Path.Join(Top, file), isSecret ? "SECRET\n" : "open\n");
        }

        Directory.CreateSymbolicLink(Path.Join(Top, "project/to-secret"), Path.Join(Top, "secret"));
    }

    // An arena's programs are names of one file, and neighbours' are names of that, too: thousands of copies would take minutes to write.
    private void PutPrograms(bool isShared)
    {
        var attack = Path.Join(Shared, "bin/attack");
        if (!isShared)
        {
            File.Copy(AttackProgram.Path, attack);
        }

        foreach (var program in new[] { "bin/attack", "bin/trusted", "bin/boxed", "project/run/denied", "project/run/allowed", "project/run/checked", "project/program", "project/outer/hidden/loader", "project/outer/plain/loader" })
        {
            var path = Path.Join(Top, program);
            if (path != attack)
            {
                Command.Link(attack, path);
            }
        }
    }
}
