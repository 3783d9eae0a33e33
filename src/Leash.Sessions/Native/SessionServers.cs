using Leash.Bpf.Abi;
using Leash.Enforcement.Files;
using Leash.Enforcement.Sockets;
using Leash.Plan;
using Leash.Sessions.Http;

namespace Leash.Sessions.Native;

/// <summary>What the session's network leads to: its resolver, and its gateway unless it has none.</summary>
internal sealed record SessionServers(SessionDns Dns, SessionHttp? Http) : IDisposable
{
    public static SessionServers Start(SessionConfig config)
    {
        SessionDns dns = SessionDns.Start(config);
        try
        {
            return new SessionServers(dns, SessionHttp.Start(config, dns));
        }
        catch
        {
            dns.Dispose();
            throw;
        }
    }

    /// <summary>For a supervisor.</summary>
    /// <param name="isByKernel">Whether programs in the kernel redirect what it connects.</param>
    public SocketOptions Sockets(bool isByKernel) => Dns.Sockets with { Gateway = Http?.Redirect(isByKernel) };

    /// <summary>Files that the session sees with other content.</summary>
    public IEnumerable<FileSubstitute> Substitutes(bool brokeredSockets)
    {
        if (Dns.ResolverFile(brokeredSockets) is { } resolver)
        {
            yield return resolver;
        }

        foreach (FileSubstitute roots in Http?.RootsFiles() ?? [])
        {
            yield return roots;
        }
    }

    /// <summary>For programs in the kernel.</summary>
    public void Describe(ref LeashSession state)
    {
        Dns.Describe(ref state);
        Http?.Describe(ref state);
    }

    /// <summary>Decides by another plan from now on.</summary>
    public void Exchange(EnforcementPlan plan, PlanDecider decider)
    {
        Dns.Exchange(plan, decider);
        Http?.Exchange(plan, decider);
    }

    public void Dispose()
    {
        Http?.Dispose();
        Dns.Dispose();
    }
}
