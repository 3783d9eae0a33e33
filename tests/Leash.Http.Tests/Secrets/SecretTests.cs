using System.Collections.Immutable;
using System.Text.Json;
using Leash.Http.Secrets;

namespace Leash.Http.Tests.Secrets;

/// <summary>Where secrets come from, and that nothing that is said about them has their value.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Value = "s3cr3t-value";
    private readonly string _directory = Directory.CreateTempSubdirectory("leash-secrets-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void Secret_ShowsItsNameOnly()
    {
        var secret = new Secret("KEY", Value);
        Assert.Equal("[secret KEY]", secret.ToString());
        Assert.Equal("[secret KEY]", $"{secret}");
        Assert.Equal("""{"Name":"KEY"}""", JsonSerializer.Serialize(secret));
        Assert.Equal(Value, secret.Reveal());
    }

    [Theory]
    [InlineData("KEY", SecretProblem.None)]
    [InlineData("OTHER", SecretProblem.NotFound)]
    [InlineData("EMPTY", SecretProblem.Empty)]
    [InlineData("LINES", SecretProblem.NotSendable)]
    public void Environment_IsRead(string name, SecretProblem problem)
    {
        var source = new EnvironmentSecrets(variable => variable switch { "KEY" => Value, "EMPTY" => "", "LINES" => $"{Value}\nmore", _ => null });
        Check(source.Find(name), problem, "the environment");
    }

    [Theory]
    [InlineData("# keys\n\nKEY=s3cr3t-value\nB=2", UnixFileMode.UserRead | UnixFileMode.UserWrite, SecretProblem.None)]
    [InlineData("KEY=s3cr3t-value\r\n", UnixFileMode.UserRead, SecretProblem.None)]
    [InlineData("B=2\n", UnixFileMode.UserRead, SecretProblem.NotFound)]
    [InlineData("KEY=", UnixFileMode.UserRead, SecretProblem.Empty)]
    [InlineData("s3cr3t-value", UnixFileMode.UserRead, SecretProblem.FileIsBroken)]
    [InlineData("KEY=s3cr3t-value\nKEY=other", UnixFileMode.UserRead, SecretProblem.FileIsBroken)]
    [InlineData("KEY=s3cr3t-value", UnixFileMode.UserRead | UnixFileMode.GroupRead, SecretProblem.FileIsOpen)]
    [InlineData("KEY=s3cr3t-value", UnixFileMode.UserRead | UnixFileMode.OtherRead, SecretProblem.FileIsOpen)]
    [InlineData("KEY=s3cr3t-value", UnixFileMode.UserRead | UnixFileMode.GroupWrite, SecretProblem.FileIsOpen)]
    public void File_IsReadWhenItIsPrivate(string text, UnixFileMode mode, SecretProblem problem)
    {
        var path = Path.Combine(_directory, "secrets");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        Check(new FileSecrets(path).Find("KEY"), problem, $"the file {path}");
    }

    [Fact]
    public void MissingFile_HasNoSecrets() => Assert.Equal(SecretProblem.NotFound, new FileSecrets(Path.Combine(_directory, "none")).Find("KEY").Problem);

    [Theory]
    [InlineData("echo s3cr3t-value; echo more", SecretProblem.None)]
    [InlineData("printf s3cr3t-value", SecretProblem.None)]
    [InlineData("test \"$1\" = KEY && echo s3cr3t-value", SecretProblem.None)]
    [InlineData("echo s3cr3t-value; exit 1", SecretProblem.CommandFailed)]
    [InlineData("echo s3cr3t-value >&2; exit 1", SecretProblem.CommandFailed)]
    [InlineData("echo", SecretProblem.Empty)]
    [InlineData("cat", SecretProblem.Empty)]
    public void Command_IsAsked(string script, SecretProblem problem) => Check(Command("/bin/sh", "-c", script, "sh", "{name}").Find("KEY"), problem, "its command");

    [Fact]
    public void MissingCommand_Fails() => Assert.Equal(SecretProblem.CommandFailed, Command(Path.Combine(_directory, "none")).Find("KEY").Problem);

    [Fact]
    public void CommandThatDoesNotEnd_Fails() => Assert.Equal(
        SecretProblem.CommandFailed, new CommandSecrets(["/bin/sh", "-c", "exec sleep 600"], TimeSpan.Zero).Find("KEY").Problem);

    [Fact]
    public void Store_AsksInOrderAndKeepsWhatItFound()
    {
        var asked = 0;
        var store = new SecretStore([
            new EnvironmentSecrets(_ => null),
            new EnvironmentSecrets(name => name == "KEY" && asked++ == 0 ? Value : null),
            new EnvironmentSecrets(_ => "later"),
        ]);
        Assert.Equal(Value, store.Find("KEY")!.Reveal());
        Assert.Equal(Value, store.Find("KEY")!.Reveal());
        Assert.Equal(1, asked);
    }

    [Fact]
    public void AssignedSecrets_AreFoundAtTheirSourceOnly()
    {
        var environment = new EnvironmentSecrets(name => name == "THERE" ? Value : null);
        var secrets = new AssignedSecrets([new("KEY", environment, "THERE"), new("THERE2", environment, "THERE2")]);
        var found = secrets.Find("KEY");
        Assert.Equal(Value, found.Secret!.Reveal());
        Assert.Equal("[secret KEY]", found.Secret.ToString());
        Assert.Equal("secret `KEY` is in the environment (as `THERE`)", found.Describe());
        Assert.Equal("secret `THERE2` is not in the environment", secrets.Find("THERE2").Describe());
        Assert.Equal("secret `THERE` is not in what this session was given", secrets.Find("THERE").Describe());
    }

    [Fact]
    public void Store_DoesNotGoOnAfterAProblem()
    {
        var store = new SecretStore([new EnvironmentSecrets(_ => $"{Value}\n\nx"), new EnvironmentSecrets(_ => "other")]);
        var failure = Assert.Single(store.TryFind("KEY", out var secret));
        Assert.Null(secret);
        Assert.Equal("secret `KEY` of the environment has characters that a header cannot have", failure.Describe());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhoComesWhileACommandIsAsked_WaitsForItsAnswer(bool isGiven)
    {
        using ManualResetEventSlim answer = new();
        var asked = 0;
        SecretStore store = new([new EnvironmentSecrets(_ =>
        {
            Interlocked.Increment(ref asked);
            answer.Wait();
            return isGiven ? Value : null;
        })]);
        var found = new string?[2];
        var threads = Enumerable.Range(0, 2).Select(index => new Thread(() => found[index] = store.Find("KEY")?.Reveal())).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
            SpinWait.SpinUntil(() => thread.ThreadState == ThreadState.WaitSleepJoin);
        }

        answer.Set();
        Assert.All(threads, thread => thread.Join());
        Assert.All(found, value => Assert.Equal(isGiven ? Value : null, value));
        Assert.Equal(1, asked);
        store.Find("KEY");
        Assert.Equal(isGiven ? 1 : 2, asked);
    }

    [Theory]
    [InlineData("A", true)]
    [InlineData("_a/b.c-d", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("/a", false)]
    [InlineData("a b", false)]
    [InlineData("a..b", false)]
    [InlineData("a;b", false)]
    [InlineData("ä", false)]
    public void Name_IsPlain(string name, bool isValid) => Assert.Equal(isValid, SecretName.IsValid(name));

    private static CommandSecrets Command(params string[] words) => new(words.ToImmutableArray(), TimeSpan.FromMinutes(1));

    private static void Check(SecretLookup lookup, SecretProblem problem, string source)
    {
        Assert.Equal(problem, lookup.Problem);
        Assert.Equal(problem == SecretProblem.None ? Value : null, lookup.Secret?.Reveal());
        Assert.StartsWith(source, lookup.Source, StringComparison.Ordinal);
        Assert.StartsWith($"secret `{lookup.Name}` ", lookup.Describe(), StringComparison.Ordinal);
        Assert.DoesNotContain(Value, lookup.Describe() + lookup, StringComparison.Ordinal);
    }
}
