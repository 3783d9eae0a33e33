using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Leash.Gateway;
using Leash.Gateway.Certificates;
using Leash.Gateway.Connections;
using Leash.Gateway.Hosts;
using Leash.Gateway.Records;

namespace Leash.Benchmarks.Gateway;

/// <summary>Leash's gateway in a process of its own. Redirection is played: whoever connects wanted to reach the origin server.</summary>
internal static class GatewayHost
{
    public static async Task RunAsync(int originPort)
    {
        using var authority = CertificateAuthority.Create(TimeProvider.System);
        var options = new SessionGatewayOptions(
            new Origins(new IPEndPoint(IPAddress.Loopback, originPort)), new PolicyDecider(), new Names(), new Records(), authority, TimeProvider.System);
        await using var gateway = SessionGateway.Start(options);
        Console.WriteLine(gateway.EndPoint.Port.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(Timeout.Infinite);
    }

    private sealed class Origins(IPEndPoint origin) : IConnectionOrigins
    {
        private readonly ConnectionOrigin _origin = new(origin, new GatewayProcess(1, "/usr/bin/client", 0));

        public ValueTask<ConnectionOrigin?> FindAsync(IPEndPoint peer, IPEndPoint local, CancellationToken cancellationToken) => ValueTask.FromResult<ConnectionOrigin?>(_origin);
    }

    /// <summary>Every host is this machine.</summary>
    private sealed class Names : IHostNames
    {
        private static readonly ImmutableArray<IPAddress> Loopback = [IPAddress.Loopback];

        public ValueTask<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => ValueTask.FromResult(Loopback);

        public ImmutableArray<string> NamesFor(IPAddress address) => [];
    }

    /// <summary>A refusal ends the run: its figures would be those of refusals.</summary>
    private sealed class Records : IGatewayRecords
    {
        public void RequestDecided(RequestRecord record) => Check(record.Refusal, record.Path);

        public void RequestEnded(RequestRecord record, FlowOutcome outcome)
        {
        }

        public void ConnectionDecided(ConnectionRecord record) => Check(record.Refusal, record.Name);

        public void ConnectionEnded(ConnectionRecord record, FlowOutcome outcome)
        {
        }

        private static void Check(GatewayRefusal? refusal, string? what)
        {
            if (refusal is { } reason)
            {
                Console.Error.WriteLine($"the gateway refused {what}: {reason.ToText()}");
            }
        }
    }
}
