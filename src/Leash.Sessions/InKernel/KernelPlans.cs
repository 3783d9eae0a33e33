using System.Net;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Plans;
using Leash.Gateway.Dns;
using Leash.Interop.Libbpf;
using Leash.Plan;
using Leash.Sessions.Native;

namespace Leash.Sessions.InKernel;

/// <summary>
/// Plans of a running session that come after its first one, and the names of addresses, which the kernel looks up by the number of the plan in
/// force. For one thread, but for what the resolver learns.
/// </summary>
/// <param name="config">The session.</param>
/// <param name="dns">Its resolver.</param>
/// <param name="map">The kernel's names, borrowed.</param>
/// <param name="slot">The session's.</param>
/// <param name="hasFiles">Whether files are decided in the kernel, too.</param>
/// <param name="holder">Another process, which is told the names for the log; or null.</param>
internal sealed class KernelPlans(SessionConfig config, SessionDns dns, BpfMap map, uint slot, bool hasFiles, IKernelHolder? holder)
{
    private KernelNames? _names;
    private ulong _generation;

    /// <summary>Compiles what of a plan is decided in the kernel.</summary>
    public static KernelPlanResult Compile(
        EnforcementPlan plan, ulong generation, IReadOnlyList<string> protectedPaths, bool hasFiles, EndpointCompiler endpoints) => hasFiles
        ? KernelPlanCompiler.Compile(plan, generation, protectedPaths, endpoints)
        : KernelPlanCompiler.CompileEndpoints(plan, generation, endpoints);

    /// <summary>Begins to keep names for the first plan.</summary>
    public void Begin(ulong generation, NameClasses classes)
    {
        (_generation, _names) = (generation, new KernelNames(map, classes, generation, slot));
        Observe(_names);
    }

    /// <summary>Compiles a plan and has it put in force, with the names of addresses before it.</summary>
    /// <exception cref="SessionException">The plan before is in force.</exception>
    public int Exchange(EnforcementPlan plan, Func<KernelPlan, int> apply)
    {
        if (hasFiles && UnreadDatagrams.PermittedBy(plan).ToList() is { Count: > 0 } permits)
        {
            throw new SessionException($"{UnreadDatagrams.Reason}; the policies before are in force", string.Join('\n', permits.Select(UnreadDatagrams.Describe)));
        }

        // A number is used once: under that of a failed exchange, names may be known by its classes.
        _generation++;
        EndpointCompiler endpoints = new();
        KernelPlanResult compiled = Compile(plan, _generation, config.ProtectedPaths, hasFiles, endpoints);
        if (compiled.Plan is not { } next || endpoints.Names is not { } classes)
        {
            throw new SessionException(
                "the policies do not fit into the kernel's programs; those before are in force",
                string.Join('\n', compiled.Diagnostics.Where(diagnostic => diagnostic.IsError)));
        }

        // Until the kernel has exchanged the plan, an address that is learnt has its names under either.
        KernelNames before = _names!, after = new(map, classes, _generation, slot);
        Observe(before, after);
        try
        {
            int unknown = apply(next);
            _names = after;
            return unknown;
        }
        finally
        {
            Observe(_names!);
        }
    }

    private void Observe(params KernelNames[] kept) => dns.Names.Observe((address, names) => Learn(kept, address, names));

    private void Learn(KernelNames[] kept, IPAddress address, IReadOnlyList<KnownName> names)
    {
        foreach (KernelNames table in kept)
        {
            table.Learn(address, names);
        }

        holder?.Learn(address, [.. names.Select(known => known.Name)]);
    }
}
