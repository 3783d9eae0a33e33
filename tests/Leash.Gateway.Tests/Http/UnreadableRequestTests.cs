using Leash.Gateway.Http;
using Leash.Gateway.Records;
using Leash.Http.Canonical;

namespace Leash.Gateway.Tests.Http;

/// <summary>Every way in which a request cannot be read is a refusal with a code, a status of its client's, and a line that says what it is.</summary>
public sealed class UnreadableRequestTests
{
    public static TheoryData<RequestRefusal> Refusals => [.. Enum.GetValues<RequestRefusal>().Where(refusal => refusal != RequestRefusal.None)];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refusal_HasACode(RequestRefusal refusal)
    {
        var unreadable = UnreadableRequest.From(refusal)!.Value;
        Assert.InRange(unreadable.Refusal.ToStatus(), 400, 499);
        Assert.NotEmpty(unreadable.Refusal.ToCode());
        Assert.Equal(refusal.Describe(), unreadable.Reason);
    }

    [Fact]
    public void NoRefusal_IsNone() => Assert.Null(UnreadableRequest.From(RequestRefusal.None));
}
