namespace Leash.Gateway.Records;

/// <summary>Numbers what is recorded, and keeps out of it what is not to be.</summary>
/// <param name="records">Receives it.</param>
/// <param name="showsQueryValues">Whether records have the values in queries.</param>
internal sealed class GatewayJournal(IGatewayRecords records, bool showsQueryValues)
{
    private long _last;

    public long NextId() => Interlocked.Increment(ref _last);

    public string Show(string query) => showsQueryValues ? query : QueryText.Redact(query);

    public void Decided(RequestRecord record) => records.RequestDecided(record);

    public void Ended(RequestRecord record, FlowOutcome outcome) => records.RequestEnded(record, outcome);

    public void Decided(ConnectionRecord record) => records.ConnectionDecided(record);

    public void Ended(ConnectionRecord record, FlowOutcome outcome) => records.ConnectionEnded(record, outcome);
}
