namespace Leash.Gateway.Decisions;

/// <summary>Something allowed that is still going on: a request with its answer, or a spliced connection.</summary>
/// <param name="decide">Asks another decider the same question.</param>
internal sealed class OpenFlow(Func<IHttpDecider, GatewayVerdict> decide) : IDisposable
{
    private readonly CancellationTokenSource _revoked = new();
    private volatile bool _isRevoked;

    /// <summary>Cancelled when a later policy denies it.</summary>
    public CancellationToken Revoked => _revoked.Token;

    /// <summary>Whether a later policy denied it.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>Ends it unless <paramref name="decider"/> allows it too.</summary>
    public void Review(IHttpDecider decider)
    {
        if (IsStillAllowed(decider))
        {
            return;
        }

        _isRevoked = true;
        try
        {
            _revoked.Cancel();
        }
        catch (Exception e) when (e is ObjectDisposedException or AggregateException)
        {
            // It ended by itself in the meantime, or something of it failed to: others are waiting to be looked at.
        }
    }

    public void Dispose() => _revoked.Dispose();

    private bool IsStillAllowed(IHttpDecider decider)
    {
        try
        {
            return decide(decider).IsAllowed;
        }
        catch (Exception)
        {
            // FAIL-CLOSED: whatever the decider threw, it did not allow it.
            return false;
        }
    }
}
