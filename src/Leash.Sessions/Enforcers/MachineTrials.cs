using Leash.Bpf.Abi;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Plans;
using Leash.Bpf.Probing;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Sessions.InKernel;
using Leash.Sessions.Native;

namespace Leash.Sessions.Enforcers;

/// <summary>
/// Tries enforcers on this machine for one session: the programs are loaded, the policy is compiled for them, and what works is kept
/// for the session to use.
/// </summary>
/// <param name="config">The session.</param>
/// <param name="cgroup">Its cgroup without processes, or null.</param>
/// <param name="brokeredSockets">Whether the supervisor makes the session's sockets, which then belong to its own cgroup.</param>
internal sealed class MachineTrials(SessionConfig config, SessionCgroup? cgroup, bool brokeredSockets) : IEnforcerTrials, IDisposable
{
    private KernelSession? _session;

    /// <summary>The session in the kernel that the successful trial made; the caller owns it from now on.</summary>
    public KernelSession? Take()
    {
        KernelSession? session = _session;
        _session = null;
        return session;
    }

    public EnforcerTrial TryFiles(FileEnforcer files)
    {
        HookKind kind = files == FileEnforcer.BpfLsm ? HookKind.Lsm : HookKind.ModifyReturn;
        return Try([ProgramComponent.Files(kind), ProgramComponent.Network], SessionFlags.Files | SessionFlags.Network);
    }

    public EnforcerTrial TryNetwork() => Try([ProgramComponent.Network], SessionFlags.Network);

    public void Dispose() => Take()?.Dispose();

    private EnforcerTrial Try(IReadOnlyList<ProgramComponent> components, SessionFlags flags)
    {
        if (KernelSupport.Refusal(components) is { } refusal)
        {
            return refusal;
        }

        // Before anything that takes time: most machines have no use for one kind or the other.
        if (components.Select(component => component.Hooks).OfType<HookKind>().Select(BpfProbe.Missing).OfType<BpfFeature>().FirstOrDefault() is { } missing)
        {
            return EnforcerTrial.Refused($"{missing.Title}: {missing.Detail}", missing.Help);
        }

        if (cgroup is null)
        {
            return EnforcerTrial.Refused("no cgroup can be made for the session", "it needs version 2 of cgroups, mounted and writable");
        }

        if (brokeredSockets)
        {
            return EnforcerTrial.Refused("the session's sockets are made by the supervisor here (pidfd_getfd is refused)");
        }

        if (flags.HasFlag(SessionFlags.Files) && config.Holder.FindObstacle() is { } obstacle)
        {
            return EnforcerTrial.Refused(obstacle, "`--enforcer seccomp` does without a daemon");
        }

        if (flags.HasFlag(SessionFlags.Files) && UnreadDatagrams.PermittedBy(config.Plan).ToList() is { Count: > 0 } permits)
        {
            return EnforcerTrial.Refused(UnreadDatagrams.Reason, "permit TCP only, or leave `--enforcer` out") with
            {
                Statements = [.. permits.Select(UnreadDatagrams.Describe)],
            };
        }

        // A number unlike that of any other session: entries of the maps by generation outlive the session that made them.
        EndpointCompiler endpoints = new();
        KernelPlanResult compiled = KernelPlans.Compile(
            config.Plan, BootClock.Nanoseconds(), config.ProtectedPaths, flags.HasFlag(SessionFlags.Files), endpoints);
        return compiled.Plan is { } plan && endpoints.Names is { } names
            ? Start(cgroup, components, plan, names, flags)
            : DoesNotFit(compiled.Diagnostics);
    }

    private EnforcerTrial Start(SessionCgroup place, IReadOnlyList<ProgramComponent> components, KernelPlan plan, NameClasses names, SessionFlags flags)
    {
        try
        {
            _session = KernelSession.Start(config, place, components, plan, names, flags);
            return new EnforcerTrial(true, "works");
        }
        catch (Exception failure) when (failure is BpfStartException or LibbpfException)
        {
            return EnforcerTrial.Refused(KernelSupport.FirstLine(failure));
        }
    }

    private static EnforcerTrial DoesNotFit(IEnumerable<KernelDiagnostic> diagnostics) => EnforcerTrial.Refused(
        "the policy does not fit into the kernel's programs", "leave `--enforcer` out, or change the statements") with
    {
        Statements = [.. diagnostics.Where(diagnostic => diagnostic.IsError).Select(diagnostic => diagnostic.ToString())],
    };
}
