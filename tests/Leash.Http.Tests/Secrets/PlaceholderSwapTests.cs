using System.Collections.Immutable;
using System.Text;
using Leash.Http.Canonical;
using Leash.Http.Secrets;
using Leash.Plan;

namespace Leash.Http.Tests.Secrets;

/// <summary>The real value reaches the named header of the named host over verified TLS, and nothing else.</summary>
public sealed class PlaceholderSwapTests
{
    private const string Real = "sk-real";

    private static readonly Placeholder s_key = Placeholder.Create(new KnownCredential("API_KEY", "x-api-key", ["api.x.com"]));
    private static readonly Placeholder s_token = Placeholder.Create(new KnownCredential("TOKEN", "authorization", ["git.x.com"]));

    [Theory]
    [InlineData("api.x.com", "x-api-key", true, true)]
    [InlineData("api.x.com", "x-api-key", false, false)]
    [InlineData("evil.com", "x-api-key", true, false)]
    [InlineData("sub.api.x.com", "x-api-key", true, false)]
    [InlineData("x.com", "x-api-key", true, false)]
    [InlineData("api.x.com", "x-other", true, false)]
    [InlineData("git.x.com", "x-api-key", true, false)]
    public void Token_IsSwappedWhereItBelongs(string host, string header, bool isVerifiedTls, bool isSwapped)
    {
        var result = Apply(host, isVerifiedTls, new HttpField(header, s_key.Token), new HttpField("accept", "a"));
        Assert.Equal(isSwapped ? Real : s_key.Token, result.Fields!.Value[0].Value);
        Assert.Equal("a", result.Fields!.Value[1].Value);
        Assert.Equal(isSwapped ? [] : ["API_KEY"], result.Misplaced);
    }

    [Fact]
    public void TokenInAValue_IsSwapped() =>
        Assert.Equal($"Bearer {Real}", Apply("git.x.com", true, new HttpField("authorization", $"Bearer {s_token.Token}")).Fields!.Value[0].Value);

    [Fact]
    public void TokenInBasicCredentials_IsSwapped()
    {
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{s_token.Token}"));
        var result = Apply("git.x.com", true, new HttpField("authorization", basic));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{Real}")), result.Fields!.Value[0].Value);
        Assert.Equal(["TOKEN"], Apply("evil.com", true, new HttpField("authorization", basic)).Misplaced);
    }

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Bearer other")]
    [InlineData("leash-0000")]
    public void OtherCredentials_StayAsTheyAre(string value)
    {
        var result = Apply("git.x.com", true, new HttpField("authorization", value));
        Assert.Equal(value, result.Fields!.Value[0].Value);
        Assert.Empty(result.Misplaced);
    }

    [Fact]
    public void MissingSecret_SendsNothing()
    {
        var result = PlaceholderSwap.Apply([new HttpField("x-api-key", s_key.Token)], Host("api.x.com"), true, [s_key], _ => null);
        Assert.Null(result.Fields);
        Assert.Equal("API_KEY", result.Missing);
    }

    [Fact]
    public void AddressInPlaceOfAName_GetsNothing() => Assert.Equal(
        ["API_KEY"],
        PlaceholderSwap.Apply([new HttpField("x-api-key", s_key.Token)], Host("192.0.2.1"), true, [s_key], _ => new Secret("API_KEY", Real)).Misplaced);

    [Fact]
    public void Tokens_AreRandomAndPlain()
    {
        var tokens = Enumerable.Range(0, 100).Select(_ => Placeholder.Create(KnownCredential.All[0]).Token).ToList();
        Assert.Equal(100, tokens.Distinct(StringComparer.Ordinal).Count());
        Assert.All(tokens, token => Assert.Matches("^leash-[0-9a-f]{48}$", token));
    }

    [Fact]
    public void KnownHosts_AreExactNames()
    {
        Assert.All(KnownCredential.All, known => Assert.All(known.Hosts, host => Assert.True(HostReader.IsName(host))));
        Assert.Equal(KnownCredential.All.Length, KnownCredential.All.Select(known => known.Variable).Distinct(StringComparer.Ordinal).Count());
        Assert.All(KnownCredential.All, known => Assert.Equal(known.Header.ToLowerInvariant(), known.Header));
    }

    private static SwapResult Apply(string host, bool isVerifiedTls, params HttpField[] fields) =>
        PlaceholderSwap.Apply(fields.ToImmutableArray(), Host(host), isVerifiedTls, [s_key, s_token], name => new Secret(name, Real));

    private static HttpHost Host(string text) => HostReader.ReadHost(text, out _)!.Value;
}
