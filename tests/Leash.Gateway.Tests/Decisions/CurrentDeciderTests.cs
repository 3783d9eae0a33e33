using Leash.Gateway.Decisions;
using Leash.Gateway.Tests.Functional;

namespace Leash.Gateway.Tests.Decisions;

public sealed class CurrentDeciderTests
{
    private static readonly FakeDecider AllowAll = new();

    private static GatewayVerdict Ask(IHttpDecider decider) => decider.DecideConnection(null!);

    [Fact]
    public void Exchange_EndsWhatIsDenied_AndNothingElse()
    {
        var current = new CurrentDecider(AllowAll);
        var denied = current.Open(Ask, AllowAll);
        var kept = current.Open(_ => GatewayVerdict.Allow(), AllowAll);
        current.Exchange(FakeDecider.DenyAll);
        Assert.True(denied.IsRevoked && denied.Revoked.IsCancellationRequested);
        Assert.False(kept.IsRevoked || kept.Revoked.IsCancellationRequested);
        Assert.Same(FakeDecider.DenyAll, current.Decider);
    }

    [Fact]
    public void DecidedBefore_OpenedAfterAnExchange_IsReviewed()
    {
        var current = new CurrentDecider(AllowAll);
        current.Exchange(FakeDecider.DenyAll);
        Assert.True(current.Open(Ask, AllowAll).IsRevoked);
    }

    [Fact]
    public void Decider_Throws_IsDenied()
    {
        var current = new CurrentDecider(AllowAll);
        var flow = current.Open(Ask, AllowAll);
        current.Exchange(new FakeDecider { Connection = _ => throw new InvalidOperationException() });
        Assert.True(flow.IsRevoked);
    }

    [Fact]
    public void Closed_IsForgotten()
    {
        var current = new CurrentDecider(AllowAll);
        var flow = current.Open(Ask, AllowAll);
        Assert.Equal(1, current.OpenCount);
        current.Close(flow);
        Assert.Equal(0, current.OpenCount);
        current.Exchange(FakeDecider.DenyAll);
        Assert.False(flow.IsRevoked);
    }
}
