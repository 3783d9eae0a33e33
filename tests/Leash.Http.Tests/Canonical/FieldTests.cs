using Leash.Http.Canonical;
using Leash.Plan;

namespace Leash.Http.Tests.Canonical;

/// <summary>Header fields: what is refused, and what is not.</summary>
public sealed class FieldTests
{
    [Theory]
    [InlineData("X-Trace", " a b\t", "x-trace", "a b")]
    [InlineData("accept", "text/*;q=0.1, */*", "accept", "text/*;q=0.1, */*")]
    [InlineData("a!#$%&'*+-.^_`|~1", "", "a!#$%&'*+-.^_`|~1", "")]
    [InlineData("x", "ü\t€", "x", "ü\t€")]
    public void Field_HasOneForm(string name, string value, string canonicalName, string canonicalValue) =>
        Assert.Equal([new HttpField(canonicalName, canonicalValue)], Read(RequestVersion.Http11, (name, value)).Request!.Fields);

    [Theory]
    [InlineData("", "a", RequestRefusal.BadFieldName)]
    [InlineData("a b", "a", RequestRefusal.BadFieldName)]
    [InlineData("a:", "a", RequestRefusal.BadFieldName)]
    [InlineData(":path", "/", RequestRefusal.BadFieldName)]
    [InlineData("a ", "a", RequestRefusal.BadFieldName)]
    [InlineData("é", "a", RequestRefusal.BadFieldName)]
    [InlineData("a", "b\0", RequestRefusal.BadFieldValue)]
    [InlineData("a", "b\rc", RequestRefusal.BadFieldValue)]
    [InlineData("a", "b\nc: d", RequestRefusal.BadFieldValue)]
    [InlineData("a", "b\u0001", RequestRefusal.BadFieldValue)]
    [InlineData("a", "b\u007f", RequestRefusal.BadFieldValue)]
    [InlineData("a", "b\ud800", RequestRefusal.BadFieldValue)]
    [InlineData("a", "b\r\n c", RequestRefusal.ObsoleteFold)]
    [InlineData("a", "b\n\tc", RequestRefusal.ObsoleteFold)]
    [InlineData("Content-Length", "-1", RequestRefusal.BadLength)]
    [InlineData("Content-Length", "+1", RequestRefusal.BadLength)]
    [InlineData("Content-Length", "1, 1", RequestRefusal.BadLength)]
    [InlineData("Content-Length", "", RequestRefusal.BadLength)]
    [InlineData("Content-Length", "0x1", RequestRefusal.BadLength)]
    [InlineData("Content-Length", "9999999999999999999", RequestRefusal.BadLength)]
    [InlineData("Content-Length", "007", RequestRefusal.None)]
    [InlineData("Transfer-Encoding", "chunked", RequestRefusal.None)]
    [InlineData("Transfer-Encoding", "Chunked", RequestRefusal.None)]
    [InlineData("Transfer-Encoding", "gzip, chunked", RequestRefusal.BadTransferEncoding)]
    [InlineData("Transfer-Encoding", "chunked, chunked", RequestRefusal.BadTransferEncoding)]
    [InlineData("Transfer-Encoding", "xchunked", RequestRefusal.BadTransferEncoding)]
    [InlineData("Transfer-Encoding", "identity", RequestRefusal.BadTransferEncoding)]
    [InlineData("Connection", "keep-alive, Upgrade", RequestRefusal.None)]
    public void Field_IsChecked(string name, string value, RequestRefusal refusal) => Assert.Equal(refusal, Read(RequestVersion.Http11, (name, value)).Refusal);

    [Theory]
    [InlineData("host", "x.com", "host", "x.com", RequestRefusal.DuplicateHost)]
    [InlineData("content-length", "1", "content-length", "1", RequestRefusal.BadLength)]
    [InlineData("content-length", "1", "transfer-encoding", "chunked", RequestRefusal.BadLength)]
    [InlineData("transfer-encoding", "chunked", "transfer-encoding", "chunked", RequestRefusal.BadTransferEncoding)]
    [InlineData("authorization", "a", "Authorization", "b", RequestRefusal.DuplicateField)]
    [InlineData("content-type", "a/b", "content-type", "a/b", RequestRefusal.DuplicateField)]
    [InlineData("content-encoding", "gzip", "content-encoding", "br", RequestRefusal.DuplicateField)]
    [InlineData("expect", "100-continue", "expect", "x", RequestRefusal.DuplicateField)]
    [InlineData("sec-websocket-key", "a", "sec-websocket-key", "b", RequestRefusal.DuplicateField)]
    [InlineData("accept", "a/b", "accept", "c/d", RequestRefusal.None)]
    [InlineData("connection", "authorization", "authorization", "a", RequestRefusal.BadConnection)]
    [InlineData("connection", "close, X-Forwarded-For", "x-forwarded-for", "1.2.3.4", RequestRefusal.BadConnection)]
    [InlineData("connection", "x-other", "x-forwarded-for", "1.2.3.4", RequestRefusal.None)]
    [InlineData("connection", "upgrade", "upgrade", "websocket", RequestRefusal.None)]
    [InlineData("te", "trailers", "connection", "te", RequestRefusal.None)]
    public void TwoFields_AreCheckedTogether(string name, string value, string otherName, string otherValue, RequestRefusal refusal)
    {
        var isHost = name == "host";
        Assert.Equal(refusal, Read(RequestVersion.Http11, !isHost, (name, value), (otherName, otherValue)).Refusal);
    }

    [Theory]
    [InlineData("x-trace", "1", RequestRefusal.None)]
    [InlineData("X-Trace", "1", RequestRefusal.BadFieldName)]
    [InlineData("te", "trailers", RequestRefusal.None)]
    [InlineData("te", "gzip", RequestRefusal.BadConnection)]
    [InlineData("connection", "close", RequestRefusal.BadConnection)]
    [InlineData("keep-alive", "1", RequestRefusal.BadConnection)]
    [InlineData("upgrade", "h2c", RequestRefusal.BadConnection)]
    [InlineData("transfer-encoding", "chunked", RequestRefusal.BadConnection)]
    [InlineData("content-length", "5", RequestRefusal.None)]
    public void Http2_HasNoHeadersOfTheConnection(string name, string value, RequestRefusal refusal) =>
        Assert.Equal(refusal, Read(RequestVersion.Http2, (name, value)).Refusal);

    [Fact]
    public void Http10_IsNotChunked()
    {
        Assert.Equal(RequestRefusal.BadTransferEncoding, Read(RequestVersion.Http10, ("transfer-encoding", "chunked")).Refusal);
        Assert.Equal(RequestRefusal.None, Read(RequestVersion.Http10, ("content-length", "1")).Refusal);
    }

    [Fact]
    public void Limits_AreLimits()
    {
        var many = Enumerable.Range(0, HttpLimits.Fields).Select(i => ($"a{i}", "1")).ToArray();
        Assert.Equal(RequestRefusal.None, Read(RequestVersion.Http11, many).Refusal);
        Assert.Equal(RequestRefusal.FieldsTooLong, Read(RequestVersion.Http11, [.. many, ("b", "1")]).Refusal);
        Assert.Equal(RequestRefusal.None, Read(RequestVersion.Http11, ("a", new string('b', HttpLimits.FieldCharacters - 1))).Refusal);
        Assert.Equal(RequestRefusal.FieldsTooLong, Read(RequestVersion.Http11, ("a", new string('b', HttpLimits.FieldCharacters))).Refusal);
    }

    private static CanonicalResult Read(RequestVersion version, params (string Name, string Value)[] fields) => Read(version, true, fields);

    private static CanonicalResult Read(RequestVersion version, bool hasHost, params (string Name, string Value)[] fields) =>
        RequestCanonicalizer.Canonicalize(new RawRequest
        {
            Version = version,
            Method = "POST",
            Target = "/",
            Scheme = "https",
            Authority = version == RequestVersion.Http2 ? "x.com" : null,
            Fields = [.. hasHost ? new[] { new HttpField("host", "x.com") } : [], .. fields.Select(field => new HttpField(field.Name, field.Value))],
        });
}
