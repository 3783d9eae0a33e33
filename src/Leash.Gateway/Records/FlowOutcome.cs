namespace Leash.Gateway.Records;

/// <summary>How an allowed request or connection ended.</summary>
/// <param name="Status">The status that the client saw; 0 for connections and when there was none.</param>
/// <param name="SentBytes">Content from the client.</param>
/// <param name="ReceivedBytes">Content to the client.</param>
/// <param name="Duration">From the decision to the end.</param>
/// <param name="Refusal">Why it did not end well by the gateway's judgement; null otherwise.</param>
public sealed record FlowOutcome(int Status, long SentBytes, long ReceivedBytes, TimeSpan Duration, GatewayRefusal? Refusal);
