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
          when { resource in Dir::"{work}/protected" || resource.name == "pre-commit" };
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
    {
        Who = who;
        Top = Scratch.New("arena");
        foreach (var directory in new[]
        {
            "work/outer/hidden", "work/outer/plain", "work/protected", "work/run", "work/dir/sub", "work/Hidden", "work-evil", "secret/dir", "bin",
            "state", "home",
        })
        {
            Directory.CreateDirectory(Path.Join(Top, directory));
        }

        foreach (var file in new[]
        {
            "work/open", "work/second", "work/third", "work/outer/hidden/key", "work/outer/plain/key", "work/protected/file", "work/dir/key", "work/Hidden/key",
            "work-evil/key", "secret/key", "secret/canary", "secret/trusted", "secret/dir/key", "work/.name",
        })
        {
            // What must not be read begins with another letter than what may.
            var isSecret = file.StartsWith("secret", StringComparison.Ordinal) || file.Contains("hidden/", StringComparison.Ordinal);
            File.WriteAllText(Path.Join(Top, file), isSecret ? "SECRET\n" : "open\n");
        }

        foreach (var program in new[] { "bin/attack", "bin/trusted", "bin/boxed", "work/run/denied", "work/run/allowed", "work/run/checked", "work/program" })
        {
            File.Copy(AttackProgram.Path, Path.Join(Top, program));
        }

        Directory.CreateSymbolicLink(Path.Join(Top, "work/to-secret"), Path.Join(Top, "secret"));
        if (IsOtherUser)
        {
            Command.Run("chown", ["-R", $"{OrdinaryUser}:{OrdinaryUser}", Top]).ThrowIfFailed();
        }
    }

    public Who Who { get; }

    public string Top { get; }

    public string Work => Path.Join(Top, "work");

    public string State => Path.Join(Top, "state");

    /// <summary>More places for commands, such as ports.</summary>
    public Dictionary<string, string> Places { get; } = new(StringComparer.Ordinal);

    private bool IsOtherUser => Who == Who.User && Product.IsRoot;

    public string Expand(string text)
    {
        StringBuilder expanded = new(text);
        foreach (var name in new[] { "work", "secret", "bin", "state", "home" })
        {
            expanded.Replace($"{{{name}}}", Path.Join(Top, name));
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
    public CommandResult Run(string policy, IEnumerable<string> command, int seconds = 60, params string[] flags)
    {
        var file = Path.Join(Top, "policy.cedar");
        File.WriteAllText(file, Expand(policy));
        string[] words = [Product.Leash, "--quiet", "--policy", file, "--workspace", Work, .. flags, "--", .. command];
        if (IsOtherUser)
        {
            words = ["setpriv", "--reuid", OrdinaryUser, "--regid", OrdinaryUser, "--clear-groups", .. words];
        }

        Dictionary<string, string?> environment = new(StringComparer.Ordinal)
        {
            ["HOME"] = Path.Join(Top, "home"),
            ["XDG_STATE_HOME"] = State,
        };
        return Command.Run(words[0], words[1..], Work, environment, seconds: seconds);
    }

    /// <summary>Runs attacks one after the other in one session; what each returned.</summary>
    public AttackRun Attack(string policy, string program, IEnumerable<string> commands, int seconds = 60)
    {
        List<string> words = [Expand(program), "each"];
        foreach (var command in commands)
        {
            if (words.Count > 2)
            {
                words.Add("--");
            }

            words.AddRange(Words(command));
        }

        var result = Run(policy, words, seconds);
        Dictionary<int, int> codes = [];
        foreach (var line in result.Output.Split('\n').Where(line => line.StartsWith("RESULT ", StringComparison.Ordinal)))
        {
            var parts = line.Split(' ');
            codes[int.Parse(parts[1], null)] = int.Parse(parts[2], null);
        }

        return new AttackRun(result, codes, AuditLine.ReadAll(State));
    }
}

/// <summary>What came of a run: the code of each attack, and the log.</summary>
internal sealed record AttackRun(CommandResult Result, IReadOnlyDictionary<int, int> Codes, AuditLine[] Log)
{
    public int Code(int index) => Codes.TryGetValue(index, out var code) ? code : throw new InvalidOperationException($"attack {index} did not end\n{Result}\n{DeniedText}");

    public string DeniedText => string.Join('\n', Log.Where(line => line.IsDenied).Select(line => line.Text));
}
