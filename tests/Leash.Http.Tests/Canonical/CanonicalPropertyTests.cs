using System.Collections.Immutable;
using System.Text;
using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Http.Tests.Canonical;

/// <summary>What holds for every input.</summary>
public sealed class CanonicalPropertyTests(ITestOutputHelper output)
{
    private const int Runs = 50_000;

    private static readonly string[] s_pieces =
    [
        "/", "//", ".", "..", "%2e", "%2E", "%2f", "%2F", "%5c", "%00", "%25", "%252f", "%c0%af", "%C3%A9", "%", "%4", ";", ";x=1", "?", "#", "@", ":", "\\", "a",
        "A", "b~", "x.com", "http://", "https://", "[::1]", "[", "]", "127.1", "0x7f.1", "2130706433", ":80", ":443", ":0", " ", "\t", "\0", "\r\n", "é", "|", "\"", "*",
        "xn--a", ".com.", "localhost", "user:pw@", "&", "=", "+", "\ud83d\ude00", "\ud800",
    ];

    private static readonly string[] s_names =
        ["Host", "host", "Content-Length", "Transfer-Encoding", "Connection", "TE", "X-A", "x a", "", "Authorization", "cookie", "Upgrade", "é", ":authority"];

    private static readonly string[] s_methods = ["GET", "POST", "CONNECT", "OPTIONS", "get", "", "G T"];

    [Fact]
    public void RandomRequests_AreCanonicalOnceAndForAll()
    {
        var seed = Environment.GetEnvironmentVariable("LEASH_TEST_SEED") is { Length: > 0 } text ? int.Parse(text) : Random.Shared.Next();
        output.WriteLine($"seed {seed} (set LEASH_TEST_SEED to repeat)");
        var random = new Random(seed);
        var accepted = 0;
        for (var run = 0; run < Runs; run++)
        {
            var raw = Request(random);
            var result = RequestCanonicalizer.Canonicalize(raw);
            Assert.True(result.Request is null == (result.Refusal != RequestRefusal.None), $"seed {seed}: {raw}");
            if (result.Request is { } request)
            {
                accepted++;
                Check(request, $"seed {seed}: {raw}\n{string.Join('\n', raw.Fields)}");
            }
        }

        output.WriteLine($"{accepted} of {Runs} accepted");
        Assert.InRange(accepted, Runs / 50, Runs * 9 / 10);
    }

    [Fact]
    public void RandomBytes_DoNotThrow()
    {
        var random = new Random(1);
        for (var run = 0; run < Runs; run++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            var text = random.Next(2) == 0 ? Encoding.Latin1.GetString(bytes) : new string([.. bytes.Select((b, i) => (char)(b << 8 * (i & 1)))]);
            _ = RequestCanonicalizer.Canonicalize(Raw("GET", text, text));
            var result = RequestCanonicalizer.Canonicalize(Raw("GET", "/" + text, "x.com"));
            if (result.Request is { } request)
            {
                Check(request, text);
            }
        }
    }

    [Fact]
    public void TruncatedRequests_DoNotThrow()
    {
        const string Target = "http://[2001:db8::1]:8080/a%2Fb;c=%C3%A9/%20?d=%26#e";
        const string Host = "[2001:db8::1]:8080";
        for (var length = 0; length <= Target.Length; length++)
        {
            _ = RequestCanonicalizer.Canonicalize(Raw("GET", Target[..length], Host));
            _ = RequestCanonicalizer.Canonicalize(Raw("GET", "/", Host[..Math.Min(length, Host.Length)]));
        }
    }

    /// <summary>Canonical again it is the same; and every other reading of its path is one that could be canonical.</summary>
    private static void Check(CanonicalRequest request, string place)
    {
        var again = RequestCanonicalizer.Canonicalize(request.ToRaw());
        Assert.True(again.Refusal == RequestRefusal.None, $"{again.Refusal}: {place}");
        Assert.True(request.Fields.AsSpan().SequenceEqual(again.Request!.Fields.AsSpan()), place);
        Assert.True(request with { Fields = [] } == again.Request with { Fields = [] }, place);
        Assert.True(request.Path is "" or "*" || request.Path[0] == '/', place);
        Assert.True(!request.Path.Split('/').Any(segment => segment is "." or ".."), place);
        foreach (var reading in UrlPath.OtherReadings(request.Path))
        {
            Assert.True(!reading.Split('/').Any(segment => segment is "." or ".."), $"{reading}: {place}");
        }
    }

    private static RawRequest Request(Random random)
    {
        var isHttp2 = random.Next(3) == 0;
        var host = random.Next(3) != 0 ? "x.com" : Text(random, 3);
        ImmutableArray<HttpField> fields = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new HttpField(Pick(random, s_names), Text(random, 2)))];
        return new RawRequest
        {
            Version = isHttp2 ? RequestVersion.Http2 : Pick(random, RequestVersion.Http10, RequestVersion.Http11),
            Method = random.Next(2) == 0 ? "GET" : Pick(random, s_methods),
            Target = (random.Next(8) == 0 ? "" : "/") + Text(random, 6),
            Authority = isHttp2 ? host : null,
            Scheme = Pick(random, "http", "https"),
            Fields = isHttp2 ? fields : fields.Insert(0, new HttpField("Host", host)),
        };
    }

    private static string Text(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pick(random, s_pieces)));

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    private static RawRequest Raw(string method, string target, string host) => new()
    {
        Version = RequestVersion.Http11,
        Method = method,
        Target = target,
        Scheme = "http",
        Fields = [new HttpField("Host", host)],
    };
}
