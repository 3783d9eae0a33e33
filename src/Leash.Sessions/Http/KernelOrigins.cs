using System.Net;
using Leash.Bpf.Abi;
using Leash.Gateway.Connections;
using Leash.Interop.Libbpf;
using Leash.Plan;
using Leash.Sessions.InKernel;

namespace Leash.Sessions.Http;

/// <summary>What connections were that programs in the kernel redirected: they say so before the first packet leaves.</summary>
/// <param name="session">The session in the kernel.</param>
/// <param name="decider">Decides on what comes through the gateway as long as programs are told apart.</param>
/// <param name="port">The gateway's, which nobody may ask for.</param>
internal sealed class KernelOrigins(KernelSession session, PlanDecider decider, int port) : IConnectionOrigins
{
    private const string MapName = "leash_originals";
    private readonly BpfMap _originals = session.Programs.Map(MapName);

    public ValueTask<ConnectionOrigin?> FindAsync(IPEndPoint peer, IPEndPoint local, CancellationToken cancellationToken)
    {
        LeashFlow flow = new() { Port = (ushort)peer.Port, Slot = session.Slot };
        peer.Address.MapToIPv6().TryWriteBytes(flow.Address, out _);
        if (!_originals.TryLookup(flow, out LeashOriginal found) || found.Cgroup != session.Cgroup)
        {
            return ValueTask.FromResult<ConnectionOrigin?>(null);
        }

        _originals.Delete(flow);
        IPAddress address = new((ReadOnlySpan<byte>)found.Destination.Address);
        IPEndPoint destination = new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, found.Destination.Port);
        bool isGateway = IPAddress.IsLoopback(destination.Address) && destination.Port == port;
        GatewayProcess process = new((int)found.Pid, ExecutableOf((int)found.Pid), session.Plan.Principals.In(decider, found.Principal));
        return ValueTask.FromResult(isGateway ? null : new ConnectionOrigin(destination, process));
    }

    // For people: policies decide by the class that the kernel knows.
    private static string? ExecutableOf(int pid)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended
        }
    }
}
