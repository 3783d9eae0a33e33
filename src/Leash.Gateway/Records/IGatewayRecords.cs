namespace Leash.Gateway.Records;

/// <summary>
/// Receives what the gateway decided and what became of it, on any thread. A call returns when the record is safe: nothing goes on before, so that no denial
/// and no permitted request goes unrecorded. An exception here refuses what was to be recorded.
/// </summary>
public interface IGatewayRecords
{
    /// <summary>A request was allowed or refused.</summary>
    void RequestDecided(RequestRecord record);

    /// <summary>An allowed request is over.</summary>
    void RequestEnded(RequestRecord record, FlowOutcome outcome);

    /// <summary>A connection was allowed or refused.</summary>
    void ConnectionDecided(ConnectionRecord record);

    /// <summary>An allowed connection is over.</summary>
    void ConnectionEnded(ConnectionRecord record, FlowOutcome outcome);
}
