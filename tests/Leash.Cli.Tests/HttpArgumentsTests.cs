using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Leash.Cli.CommandLine;
using Leash.Cli.Running;
using Leash.Http.Secrets;
using Leash.Plan;
using Leash.Policy;
using Leash.Sessions.Http;

namespace Leash.Cli.Tests;

/// <summary>The flags of the HTTP gateway.</summary>
public sealed class HttpArgumentsTests
{
    [Fact]
    public void Parse_AllFlags()
    {
        var http = Valid(
            "--gateway", "on", "--secret", "KEY=env:MY_KEY", "--secret=team/key=file:~/keys=1", "--secret", "P=command:pass show x | head -1", "--passthrough", "*.Example.com",
            "--passthrough", "10.0.0.1", "--placeholder", "ANTHROPIC_API_KEY", "--placeholder", "MY_TOKEN=api.example.com", "--placeholder", "MY_KEY2=api.example.com:X-Key",
            "--trust", "~/a.pem", "--trust=b.pem", "--log-queries", "true");
        Assert.True(http.IsGatewayOn);
        Assert.Equal(
            [
                new SecretOrigin("KEY", SecretOriginKind.Environment, "MY_KEY"), new SecretOrigin("team/key", SecretOriginKind.File, "~/keys=1"),
                new SecretOrigin("P", SecretOriginKind.Command, "pass show x | head -1"),
            ],
            http.Secrets);
        Assert.Equal(["~/a.pem", "b.pem"], http.Roots);
        Assert.True(http.ShowsQueries);
        Assert.False(Valid("true").ShowsQueries);
        Assert.Equal(["*.example.com", "10.0.0.1"], http.Passthrough.Select(host => host.ToString()));
        Assert.Equal(
            ["ANTHROPIC_API_KEY x-api-key api.anthropic.com", "MY_TOKEN authorization api.example.com", "MY_KEY2 x-key api.example.com"], http.Placeholders.Select(Show));
    }

    [Theory]
    [InlineData("ANTHROPIC_API_KEY=proxy.example.com", "ANTHROPIC_API_KEY x-api-key proxy.example.com")]
    [InlineData("GITHUB_TOKEN", "GITHUB_TOKEN authorization api.github.com,github.com")]
    [InlineData("T=a.com T=b.com T=a.com", "T authorization a.com,b.com")]
    public void Placeholder_HasDefaultsAndSeveralHosts(string given, string placeholder) =>
        Assert.Equal([placeholder], Valid([.. given.Split(' ').SelectMany(value => (string[])["--placeholder", value]), "true"]).Placeholders.Select(Show));

    [Theory]
    [InlineData("--gateway|maybe", "the gateway is `on` or `off`, not `maybe`")]
    [InlineData("--secret|sk-ant-s3cr3t", "`--secret` does not say where the secret is")]
    [InlineData("--secret|KEY=s3cr3t", "`--secret KEY` does not say where the secret is")]
    [InlineData("--secret|KEY=vault:s3cr3t", "`--secret KEY` does not say where the secret is")]
    [InlineData("--secret|KEY=env:", "`--secret KEY` does not say where the secret is")]
    [InlineData("--secret|KEY=env:MY KEY", "`--secret KEY` does not say where the secret is")]
    [InlineData("--secret|=env:X", "`` is not the name of a secret")]
    [InlineData("--secret|a b=env:X", "`a b` is not the name of a secret")]
    [InlineData("--secret|K=env:A|--secret|K=env:B", "the secret `K` is given twice")]
    [InlineData("--placeholder|MY_KEY", "it is not known where `MY_KEY` is sent")]
    [InlineData("--placeholder|OPENAI_API_KYE", "it is not known where `OPENAI_API_KYE` is sent")]
    [InlineData("--placeholder|my-key=x.com", "`my-key` is not the name of a variable")]
    [InlineData("--placeholder|K=s3cr3t/+", "`--placeholder K` does not name a host")]
    [InlineData("--placeholder|K=10.0.0.1", "`--placeholder K` does not name a host")]
    [InlineData("--placeholder|K=*.x.com", "`--placeholder K` does not name a host")]
    [InlineData("--placeholder|K=x.com:443", "`443` is not a header that can hold a secret")]
    [InlineData("--placeholder|K=x.com:Host", "`host` is not a header that can hold a secret")]
    [InlineData("--placeholder|K=x.com:a b", "`a b` is not a header that can hold a secret")]
    [InlineData("--placeholder|K=x.com:a|--placeholder|K=y.com:b", "the placeholder of `K` is given two headers")]
    [InlineData("--passthrough|https://x.com", "`https://x.com` is not a host")]
    [InlineData("--gateway|off|--placeholder|GITHUB_TOKEN", "secrets, placeholders and what else is said about HTTP need the gateway")]
    [InlineData("--gateway|off|--passthrough|x.com", "secrets, placeholders and what else is said about HTTP need the gateway")]
    [InlineData("--gateway|off|--trust|a.pem", "secrets, placeholders and what else is said about HTTP need the gateway")]
    [InlineData("--gateway|off|--log-queries", "secrets, placeholders and what else is said about HTTP need the gateway")]
    [InlineData("--placeholder|GITHUB_TOKEN|-e|GITHUB_TOKEN=x", "`--env GITHUB_TOKEN` would show the command what is kept from it")]
    [InlineData("--secret|K=env:MY_KEY|-e|MY_KEY", "`--env MY_KEY` would show the command what is kept from it")]
    public void Parse_Mistake_IsSaidWithoutSecrets(string line, string message)
    {
        var errors = new List<UsageError>();
        RunArgumentsParser.Parse([.. line.Split('|'), "true"], errors);
        var error = Assert.Single(errors);
        Assert.Equal(message, error.Message);
        Assert.NotNull(error.Help);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownVariable_IsGuessed()
    {
        var errors = new List<UsageError>();
        RunArgumentsParser.Parse(["--placeholder", "OPENAI_API_KYE", "true"], errors);
        Assert.StartsWith("did you mean `OPENAI_API_KEY`?", Assert.Single(errors).Help, StringComparison.Ordinal);
    }

    [Fact]
    public void Setup_SaysWhichSecretIsNotThere()
    {
        using var terminal = new TestTerminal();
        Assert.Null(HttpSetup.Read(new HttpArguments { Secrets = [new SecretOrigin("KEY", SecretOriginKind.Environment, "LEASH_TEST_NO_SUCH_VARIABLE")] }, terminal.Terminal));
        Assert.Contains("secret `KEY` is not in the environment (as `LEASH_TEST_NO_SUCH_VARIABLE`)", terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "there is no certificate in it")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "")]
    [InlineData(null, "Could not find file")]
    public void Setup_SaysWhatIsNoFileOfCertificates(string? content, string problem)
    {
        using var terminal = new TestTerminal();
        var file = Path.GetTempFileName();
        File.Delete(file);
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        Assert.Null(HttpSetup.Read(new HttpArguments { Roots = [file] }, terminal.Terminal));
        Assert.Contains($"`--trust {file}` cannot be used: {problem}", terminal.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void Setup_ReadsCertificates()
    {
        using var terminal = new TestTerminal();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, certificate.ExportCertificatePem());
        var options = HttpSetup.Read(new HttpArguments { Roots = [file], ShowsQueries = true }, terminal.Terminal);
        Assert.Equal(certificate.Thumbprint, Assert.Single(options!.Roots).Thumbprint);
        Assert.True(options.ShowsQueryValues);
        File.Delete(file);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Setup_WithoutTheGateway_EnforcesNoHttp(bool isOn)
    {
        using var terminal = new TestTerminal();
        var arguments = new HttpArguments { IsGatewayOn = isOn };
        Assert.Equal(isOn, HttpSetup.Read(arguments, terminal.Terminal)!.IsOn);
        Assert.Equal(isOn, HttpSetup.EnforcedBy(arguments).Has(PlanAction.HttpRequest));
        Assert.True(HttpSetup.EnforcedBy(arguments).Has(PlanAction.NetworkConnect));
        Assert.Empty(terminal.Error);
    }

    [Theory]
    [InlineData("${secret:KEY}", true)]
    [InlineData("KEY", false)]
    public void SecretWithoutASource_IsTold(string value, bool isTold)
    {
        using var terminal = new TestTerminal();
        var compiled = PolicyCompiler.Compile(
            [new PolicyDocument("user", "test.cedar", $$"""permit (principal, action == Action::"HttpRewrite", resource) when { context.header == "a" && context.value == "{{value}}" };""")],
            new SessionFacts { Workspace = "/w", Home = "/h" });
        HttpSetup.Tell(compiled.Plan!, new Sessions.Http.HttpOptions(), terminal.Terminal);
        Assert.Equal(isTold, terminal.Error.Contains("the policies put in the secret `KEY`, which has no source", StringComparison.Ordinal));
    }

    private static HttpArguments Valid(params string[] args)
    {
        var errors = new List<UsageError>();
        var result = RunArgumentsParser.Parse(args, errors);
        Assert.Empty(errors);
        return result.Http;
    }

    private static string Show(KnownCredential credential) => $"{credential.Variable} {credential.Header} {string.Join(',', credential.Hosts)}";
}
