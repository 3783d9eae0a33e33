using Leash.Gateway.Connections;
using Leash.Gateway.Decisions;
using Leash.Gateway.Forwarding;
using Leash.Gateway.Records;

namespace Leash.Gateway.Splicing;

/// <summary>Serves connections that stay closed: decides, dials, splices, records.</summary>
internal sealed class SpliceServer(SpliceDecisions decisions, CurrentDecider current, Dialer dialer, GatewayJournal journal, TimeProvider time)
{
    /// <summary>Serves a connection whose beginning is known.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="route">Where to.</param>
    /// <param name="protocol">What it is.</param>
    /// <param name="name">The host that it names.</param>
    /// <param name="farewell">What the client hears when it is refused.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task ServeAsync(
        ClientConnection client, ConnectionRoute route, SplicedProtocol protocol, string? name, ReadOnlyMemory<byte> farewell, CancellationToken cancellationToken)
    {
        var decided = decisions.Decide(route, protocol, name);
        journal.Decided(decided.Record);
        if (!decided.IsAllowed)
        {
            await client.CloseAsync(farewell).ConfigureAwait(false);
            return;
        }

        var start = time.GetTimestamp();
        var dialed = await DialAsync(decided.Facts, cancellationToken).ConfigureAwait(false);
        await (dialed.Connection is { } destination
            ? RunAsync(client, decided with { Facts = dialed.Facts }, destination, null, start, cancellationToken)
            : FailAsync(client, decided, dialed.Failure, start)).ConfigureAwait(false);
    }

    /// <summary>
    /// Serves a connection whose client says nothing. If the policy lets its bytes through untouched, the destination is dialed; whoever speaks first then tells.
    /// A client that only took its time is still looked at before a byte of it goes anywhere.
    /// </summary>
    public async ValueTask<SilentOutcome> ServeSilentAsync(ClientConnection client, ConnectionRoute route, CancellationToken cancellationToken)
    {
        var decided = decisions.Decide(route, SplicedProtocol.Opaque, route.TunnelHost);
        if (!decided.IsAllowed)
        {
            return SilentOutcome.MayNotAsk;
        }

        var start = time.GetTimestamp();
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dialing = DialAsync(decided.Facts, impatience.Token).AsTask();
        FirstBytes? first = null;
        var isServed = false;
        try
        {
            if (await ClientSpeaksFirstAsync(client, dialing, cancellationToken).ConfigureAwait(false))
            {
                return EndUnlessSpoken(client, decided, start);
            }

            var dialed = await dialing.ConfigureAwait(false);
            if (dialed.Connection is not { } destination)
            {
                journal.Decided(decided.Record);
                await FailAsync(client, decided, dialed.Failure, start).ConfigureAwait(false);
                return SilentOutcome.Served;
            }

            first = FirstBytes.From(destination.Stream);
            if (await ClientSpeaksFirstAsync(client, first.Read, cancellationToken).ConfigureAwait(false))
            {
                return EndUnlessSpoken(client, decided, start);
            }

            journal.Decided(decided.Record);
            isServed = true;
            await RunAsync(client, decided with { Facts = dialed.Facts }, destination, first, start, cancellationToken).ConfigureAwait(false);
            return SilentOutcome.Served;
        }
        catch (IOException) when (!isServed)
        {
            RecordUnserved(decided, start);
            throw;
        }
        finally
        {
            if (!isServed)
            {
                await impatience.CancelAsync().ConfigureAwait(false);
                await DiscardAsync(dialing, first).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A client that leaves without a word has had its destination dialed all the same: that is recorded.</summary>
    private SilentOutcome EndUnlessSpoken(ClientConnection client, SpliceDecisions.Decided decided, long start)
    {
        if (client.Input.TryRead(out var result))
        {
            var hasSpoken = !result.Buffer.IsEmpty;
            client.Input.AdvanceTo(result.Buffer.Start);
            if (hasSpoken)
            {
                return SilentOutcome.ClientSpoke;
            }
        }

        RecordUnserved(decided, start);
        return SilentOutcome.ClientSpoke;
    }

    private void RecordUnserved(SpliceDecisions.Decided decided, long start)
    {
        journal.Decided(decided.Record);
        journal.Ended(decided.Record, new FlowOutcome(0, 0, 0, time.GetElapsedTime(start), null));
    }

    private static async ValueTask<bool> ClientSpeaksFirstAsync(ClientConnection client, Task other, CancellationToken cancellationToken)
    {
        var read = client.Input.ReadAsync(cancellationToken).AsTask();
        var winner = await Task.WhenAny(read, other).ConfigureAwait(false);
        if (winner != read)
        {
            client.Input.CancelPendingRead();
        }

        var result = await read.ConfigureAwait(false);
        client.Input.AdvanceTo(result.Buffer.Start);
        return winner == read;
    }

    private static async ValueTask DiscardAsync(Task<Dialed> dialing, FirstBytes? first)
    {
        await ((Task)dialing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (dialing is { IsCompletedSuccessfully: true, Result.Connection: { } connection })
        {
            await connection.Stream.DisposeAsync().ConfigureAwait(false);
        }

        if (first is not null)
        {
            await ((Task)first.Read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What came of dialing: a connection, or why there is none.</summary>
    /// <param name="Facts">What was decided about, with the address that was dialed last.</param>
    private readonly record struct Dialed(DialedConnection? Connection, GatewayRefusal? Failure, ConnectionFacts Facts);

    private async ValueTask<Dialed> DialAsync(ConnectionFacts facts, CancellationToken cancellationToken)
    {
        var dialed = await TryDialAsync(facts, cancellationToken).ConfigureAwait(false);
        if (dialed.Failure != GatewayRefusal.ConnectFailed)
        {
            return dialed;
        }

        foreach (var address in await dialer.FindOthersAsync(facts.Name, facts.Address, cancellationToken).ConfigureAwait(false))
        {
            if (dialed.Failure == GatewayRefusal.ConnectFailed && decisions.ForAddress(facts, address) is { } other)
            {
                dialed = await TryDialAsync(other, cancellationToken).ConfigureAwait(false);
            }
        }

        return dialed;
    }

    private async ValueTask<Dialed> TryDialAsync(ConnectionFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await dialer.DialAsync(new DialTarget(facts.Name, facts.Address, facts.Port), cancellationToken).ConfigureAwait(false);
            return new Dialed(connection, null, facts);
        }
        catch (DialException e)
        {
            return new Dialed(null, e.Refusal, facts);
        }
    }

    private async Task FailAsync(ClientConnection client, SpliceDecisions.Decided decided, GatewayRefusal? failure, long start)
    {
        journal.Ended(decided.Record, new FlowOutcome(0, 0, 0, time.GetElapsedTime(start), failure));
        await client.AbortAsync().ConfigureAwait(false);
    }

    private async Task RunAsync(
        ClientConnection client, SpliceDecisions.Decided decided, DialedConnection destination, FirstBytes? first, long start, CancellationToken cancellationToken)
    {
        var flow = current.Open(decider => decider.DecideConnection(decided.Facts), decided.Decider);
        var splicer = new Splicer(client.Input, client.Socket, destination);
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(flow.Revoked, cancellationToken);
            await splicer.RunAsync(first, end.Token).ConfigureAwait(false);
        }
        finally
        {
            GatewayRefusal? refusal = flow.IsRevoked ? GatewayRefusal.RevokedByPolicy : null;
            current.Close(flow);
            await destination.Stream.DisposeAsync().ConfigureAwait(false);
            await client.CloseAsync(default).ConfigureAwait(false);
            journal.Ended(decided.Record, new FlowOutcome(0, splicer.Count.Sent, splicer.Count.Received, time.GetElapsedTime(start), refusal));
        }
    }
}
