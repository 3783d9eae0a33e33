using Leash.Http.Secrets;
using Leash.Sessions.Http;

namespace Leash.Sessions.Tests.Http;

/// <summary>Where a session's secrets come from, and what its command has in their place.</summary>
public sealed class SessionSecretsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-secrets-");
    private readonly List<SecretLookup> _problems = [];

    public void Dispose() => _directory.Delete(true);

    [Fact]
    public void Command_HasPlaceholdersAndNoValues()
    {
        var secrets = Create(
            [new SecretOrigin("KEY", SecretOriginKind.Environment, "MY_KEY"), new SecretOrigin("TOKEN", SecretOriginKind.Environment, "REAL_TOKEN")],
            new KnownCredential("TOKEN", "authorization", ["x.com"]), new KnownCredential("OTHER", "authorization", ["y.com"]));
        Assert.Empty(_problems);
        var (token, other) = (secrets.Placeholders[0].Token, secrets.Placeholders[1].Token);
        Assert.Equal(
            [new("MY_KEY", null), new("REAL_TOKEN", null), new("OTHER", null), new("TOKEN", token), new("OTHER", other)], secrets.Environment);
        Assert.NotEqual(token, other);
        Assert.Equal(["of MY_KEY", "of REAL_TOKEN", "of OTHER"], ((string[])["KEY", "TOKEN", "OTHER"]).Select(name => secrets.Store.Find(name)!.Reveal()));
        Assert.DoesNotContain(secrets.Environment, edit => edit.Value?.StartsWith("of ", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Names_AreFoundAtTheirOwnOriginOnly()
    {
        var secrets = Create([new SecretOrigin("KEY", SecretOriginKind.Environment, "MY_KEY")]);
        Assert.Null(secrets.Store.Find("MY_KEY"));
        Assert.Equal("[secret KEY]", secrets.Store.Find("KEY")!.ToString());
    }

    [Fact]
    public void MissingVariableAndFile_AreToldAtOnce()
    {
        var path = Path.Join(_directory.FullName, "none");
        Create([new SecretOrigin("KEY", SecretOriginKind.Environment, "MISSING"), new SecretOrigin("FILED", SecretOriginKind.File, path)]);
        Assert.Equal(
            ["secret `KEY` is not in the environment (as `MISSING`)", $"secret `FILED` is not in the file {path}"], _problems.Select(problem => problem.Describe()));
    }

    [Fact]
    public void File_IsReadAndNamed()
    {
        var path = Path.Join(_directory.FullName, "keys");
        File.WriteAllText(path, "KEY=filed\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var secrets = Create([new SecretOrigin("KEY", SecretOriginKind.File, path)]);
        Assert.Empty(_problems);
        Assert.Equal("filed", secrets.Store.Find("KEY")!.Reveal());
        Assert.Equal([path], secrets.Files);
        Assert.Empty(secrets.Environment);
    }

    [Fact]
    public void Command_IsAskedWhenTheSecretIsNeeded()
    {
        var path = Path.Join(_directory.FullName, "asked");
        var secrets = Create([new SecretOrigin("KEY", SecretOriginKind.Command, $"touch '{path}'; echo 'a b' | tr a c")]);
        Assert.Empty(_problems);
        Assert.False(File.Exists(path));
        Assert.Equal("c b", secrets.Store.Find("KEY")!.Reveal());
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void CopiesOfSecrets_AreFound()
    {
        var secrets = Create([new SecretOrigin("KEY", SecretOriginKind.Environment, "MY_KEY"), new SecretOrigin("C", SecretOriginKind.Command, "false")], new KnownCredential("T", "a", ["x.com"]));
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["MY_KEY"] = "of MY_KEY", ["COPY"] = "of MY_KEY", ["URL"] = "https://of MY_KEY@x.com", ["T"] = "of T", ["SHORT"] = "of T", ["OTHER"] = "x",
        };
        Assert.Equal([("COPY", "KEY"), ("URL", "KEY")], secrets.FindCopies(environment));
    }

    [Fact]
    public void SecretsWithoutAnOrigin_AreFound()
    {
        const string Permit = """permit (principal, action == Action::"HttpRewrite", resource) when {{ context.header == "{0}" && context.value == "a ${{secret:{0}}}" }};""";
        var plan = HttpDeciders.Compile(string.Format(null, Permit, "KEY") + string.Format(null, Permit, "OTHER")).Plan!;
        Assert.Equal(["OTHER"], Create([new SecretOrigin("KEY", SecretOriginKind.Environment, "MY_KEY")]).FindMissing(plan));
        Assert.Equal(["KEY", "OTHER"], SessionSecrets.None.FindMissing(plan));
    }

    private SessionSecrets Create(SecretOrigin[] origins, params KnownCredential[] credentials) =>
        SessionSecrets.Create([.. origins], [.. credentials], name => name == "MISSING" ? null : "of " + name, _problems);
}
