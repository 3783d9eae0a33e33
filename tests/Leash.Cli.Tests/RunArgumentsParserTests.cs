using Leash.Cli.CommandLine;

namespace Leash.Cli.Tests;

public sealed class RunArgumentsParserTests
{
    [Theory]
    [InlineData("-- true", "true")]
    [InlineData("true", "true")]
    [InlineData("claude --version", "claude|--version")]
    [InlineData("-V claude -V --policy x", "claude|-V|--policy|x")]
    [InlineData("--policy p.cedar -- npm test", "npm|test")]
    [InlineData("--quiet -- -- x", "--|x")]
    [InlineData("-- doctor", "doctor")]
    [InlineData("- x", "-|x")]
    public void Parse_FlagsEndAtTheCommand(string line, string command) =>
        Assert.Equal(command.Split('|'), Valid(line.Split(' ')).Command);

    [Fact]
    public void Parse_AllFlags()
    {
        var result = Valid(
            "--policy", "a.cedar", "--policy=b.cedar", "--mode", "shadow", "--enforcer=seccomp", "--workspace", "/w", "-e", "A=1=2", "-eB=",
            "--env=C", "-v", "/a:/b", "--volume=~/c:/d:ro", "-I", "-V", "--quiet", "--all-events", "--dns", "192.0.2.53", "--dns", "[2001:db8::1]:5353", "--", "x");
        Assert.Equal(["a.cedar", "b.cedar"], result.PolicyFiles);
        Assert.Equal((RunMode.Shadow, "seccomp", "/w"), (result.Mode, result.Enforcer, result.Workspace));
        Assert.Equal([new EnvironmentEdit("A", "1=2"), new EnvironmentEdit("B", ""), new EnvironmentEdit("C", null)], result.Environment);
        Assert.Equal([new VolumeArgument("/a", "/b", false), new VolumeArgument("~/c", "/d", true)], result.Volumes);
        Assert.Equal(["192.0.2.53:53", "[2001:db8::1]:5353"], result.NameServers.Select(server => server.ToString()));
        Assert.True(result.IsNonInteractive && result.IsVerbose && result.IsQuiet && result.RecordsAll);
    }

    [Theory]
    [InlineData("--polcy|x|--|true", "unknown flag `--polcy`", "did you mean `--policy`? Flags of the command go behind it: `leash COMMAND --polcy`")]
    [InlineData("--wat|true", "unknown flag `--wat`", "flags of the command go behind it: `leash COMMAND --wat`; `leash --help` lists leash's own")]
    [InlineData("--mode|shadwo|true", "unknown mode `shadwo`", "did you mean `shadow`? There are: enforce, shadow, record")]
    [InlineData("--enforcer|magic|true", "unknown enforcer `magic`", "there are: auto, seccomp, bpf-lsm, bpf-modify-return, bpf-cgroup")]
    [InlineData("--policy", "`--policy` needs a value", "write `--policy FILE`")]
    [InlineData("--policy|--|true", "`--policy` needs a value", "write `--policy FILE`")]
    [InlineData("--policy=|true", "`--policy` needs a value", "write `--policy FILE`")]
    [InlineData("--quiet=yes|true", "`--quiet` takes no value", "write just `--quiet`")]
    [InlineData("-e|=x|true", "`-e =x` names no variable", "write `-e KEY=VALUE`, or `-e KEY` to pass leash's own value on")]
    [InlineData("-v|/a|true", "`/a` is not a volume", "write `-v SRC:DST`, or `-v SRC:DST:ro` to show it read-only")]
    [InlineData("-v|/a:/b:rx|true", "`/a:/b:rx` is not a volume", "write `-v SRC:DST`, or `-v SRC:DST:ro` to show it read-only")]
    [InlineData("-v|/a:b|true", "the destination `b` of a volume is not absolute", "write `-v /a:/…`")]
    [InlineData("--dns|dns.example|true", "`dns.example` is not the address of a name server", "write `--dns 192.0.2.53` or `--dns 192.0.2.53:5353`")]
    [InlineData("--|", "the command is empty", "name a program: `leash -- COMMAND [ARG…]`")]
    public void Parse_Mistake_SaysWhatAndWhatToDo(string line, string message, string help)
    {
        var errors = new List<UsageError>();
        RunArgumentsParser.Parse(line.Split('|'), errors);
        Assert.Equal(new UsageError(message, help), Assert.Single(errors));
    }

    [Fact]
    public void Parse_SeveralMistakes_AreAllTold()
    {
        var errors = new List<UsageError>();
        RunArgumentsParser.Parse(["--mode", "x", "--nope", "-v", "y", "true"], errors);
        Assert.Equal(3, errors.Count);
    }

    [Theory]
    [InlineData("policy", true)]
    [InlineData("audit", true)]
    [InlineData("doctor", true)]
    [InlineData("claude", false)]
    [InlineData("--quiet", false)]
    public void SubCommands_AreLeashsOwnWords(string word, bool expected) => Assert.Equal(expected, SubCommands.Has(word));

    [Fact]
    public void Help_NamesEveryFlag()
    {
        foreach (var name in FlagTable.LongNames)
        {
            Assert.Contains(name, HelpText.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Help_FitsATerminal() => Assert.All(HelpText.Text.Split('\n'), line => Assert.InRange(line.Length, 0, 120));

    private static RunArguments Valid(params string[] args)
    {
        var errors = new List<UsageError>();
        var result = RunArgumentsParser.Parse(args, errors);
        Assert.Empty(errors);
        return result;
    }
}
