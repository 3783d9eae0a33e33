using System.Collections.Concurrent;
using System.Threading.Channels;
using Leash.Gateway.Records;

namespace Leash.Gateway.Tests.Functional;

/// <summary>Keeps what is recorded; ends can be awaited.</summary>
internal sealed class FakeRecords : IGatewayRecords
{
    private readonly Channel<(RequestRecord Record, FlowOutcome Outcome)> _requests = Channel.CreateUnbounded<(RequestRecord, FlowOutcome)>();
    private readonly Channel<(ConnectionRecord Record, FlowOutcome Outcome)> _connections = Channel.CreateUnbounded<(ConnectionRecord, FlowOutcome)>();
    private readonly Channel<ConnectionRecord> _decidedConnections = Channel.CreateUnbounded<ConnectionRecord>();
    private readonly Channel<RequestRecord> _decidedRequests = Channel.CreateUnbounded<RequestRecord>();
    private readonly Channel<RequestRecord> _refusedRequests = Channel.CreateUnbounded<RequestRecord>();

    public ConcurrentQueue<RequestRecord> Requests { get; } = [];

    /// <summary>Whether nothing can be recorded.</summary>
    public bool IsBroken { get; set; }

    public ConcurrentQueue<ConnectionRecord> Connections { get; } = [];

    public void RequestDecided(RequestRecord record)
    {
        ThrowIfBroken();
        Requests.Enqueue(record);
        _decidedRequests.Writer.TryWrite(record);
        if (record.Refusal is not null)
        {
            _refusedRequests.Writer.TryWrite(record);
        }
    }

    public void RequestEnded(RequestRecord record, FlowOutcome outcome) => _requests.Writer.TryWrite((record, outcome));

    public void ConnectionDecided(ConnectionRecord record)
    {
        ThrowIfBroken();
        Connections.Enqueue(record);
        _decidedConnections.Writer.TryWrite(record);
    }

    public void ConnectionEnded(ConnectionRecord record, FlowOutcome outcome) => _connections.Writer.TryWrite((record, outcome));

    public async Task<(RequestRecord Record, FlowOutcome Outcome)> NextRequestEndAsync() => await _requests.Reader.ReadAsync(Deadline.Token);

    public async Task<(ConnectionRecord Record, FlowOutcome Outcome)> NextConnectionEndAsync() => await _connections.Reader.ReadAsync(Deadline.Token);

    public async Task<ConnectionRecord> NextConnectionAsync() => await _decidedConnections.Reader.ReadAsync(Deadline.Token);

    public async Task<RequestRecord> NextRequestAsync() => await _decidedRequests.Reader.ReadAsync(Deadline.Token);

    public async Task<RequestRecord> NextRefusalAsync() => await _refusedRequests.Reader.ReadAsync(Deadline.Token);

    private void ThrowIfBroken()
    {
        if (IsBroken)
        {
            throw new IOException("the log cannot be written");
        }
    }
}
