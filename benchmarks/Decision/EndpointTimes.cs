using System.Diagnostics;
using System.Globalization;
using System.Net;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Kernel.Tests.Networks;
using Leash.Plan;

namespace Leash.Benchmarks.Decision;

/// <summary>Times decisions on endpoints, with few ranges of addresses and with many.</summary>
internal static class EndpointTimes
{
    private const int Rounds = 4_000;
    private const int Repetitions = 250;

    /// <summary>Prints a table; the rows for the record.</summary>
    public static IEnumerable<string> Measure()
    {
        using EndpointProbe probe = new();
        Console.WriteLine();
        Console.WriteLine("| ranges | IPv4 | IPv6 | name | no match, IPv4 | map memory | compile |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var count in new[] { 10, 1_000, 100_000 })
        {
            yield return Measure(probe, count);
        }
    }

    private static string Measure(EndpointProbe probe, int count)
    {
        EnforcementPlan plan = new([
            .. Enumerable.Range(0, count).Select(i => PlanStatement.Permit($"p{i}", PlanActionMask.NetworkConnect, new PlanTest.AddressIn(RangeOf(i)))),
            PlanStatement.Permit("name", PlanActionMask.NetworkConnect, new PlanTest.HostUnder("example.com")),
        ]);
        var clock = Stopwatch.StartNew();
        EndpointCompiler endpoints = new();
        var kernel = KernelPlanCompiler.Compile(plan, (ulong)count, [], endpoints).Plan!;
        var compile = clock.Elapsed.TotalMilliseconds;
        probe.SetPlan(kernel);
        var middle = count / 2 & ~1;
        IPAddress denied = IPAddress.Parse("192.0.2.1");
        double[] times =
        [
            Nanoseconds(probe, AddressOf(middle), [], EventReason.Permit), Nanoseconds(probe, AddressOf(middle + 1), [], EventReason.Permit),
            Nanoseconds(probe, denied, [endpoints.Names!.Of("www.example.com")], EventReason.Permit), Nanoseconds(probe, denied, [], EventReason.NoPermit),
        ];
        var c = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(
            c, $"| {count} | {times[0]:F0} ns | {times[1]:F0} ns | {times[2]:F0} ns | {times[3]:F0} ns | {kernel.Bytes.Length / 1048576.0:F1} MiB | {compile:F0} ms |"));
        return string.Create(
            c, $"{{\"ranges\":{count},\"nsV4\":{times[0]:F1},\"nsV6\":{times[1]:F1},\"nsName\":{times[2]:F1},\"nsDenied\":{times[3]:F1},\"mapBytes\":{kernel.Bytes.Length},\"compileMs\":{compile:F1}}}");
    }

    private static double Nanoseconds(EndpointProbe probe, IPAddress address, uint[][] names, EventReason expected)
    {
        Endpoint endpoint = new(address, 443, TransportProtocol.Tcp, []);
        if (probe.Ask(0, endpoint, PlanAction.NetworkConnect, names).Reason is var reason && reason != expected)
        {
            throw new InvalidOperationException($"{address} is not decided as expected: {reason}");
        }

        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            best = Math.Min(best, probe.Ask(0, endpoint, PlanAction.NetworkConnect, names, Rounds).Nanoseconds / (double)Rounds);
        }

        return best;
    }

    // Every other range is of IPv6; neighbours have gaps between them.
    private static Cidr RangeOf(int i)
    {
        Endpoint first = new(AddressOf(i), 0, default, []);
        return Cidr.Create(first.IsV4, first.Address, first.IsV4 ? 28 : 64);
    }

    private static IPAddress AddressOf(int i) => (i & 1) == 0
        ? new IPAddress([10, (byte)(i >> 12), (byte)(i >> 4), (byte)(i << 4 & 0xe0)])
        : new IPAddress([0x20, 0x01, 0x0d, 0xb8, (byte)(i >> 16), (byte)(i >> 8), (byte)i, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
