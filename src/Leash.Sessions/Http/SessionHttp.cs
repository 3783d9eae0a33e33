using System.Net;
using System.Net.Sockets;
using System.Text;
using Leash.Bpf.Abi;
using Leash.Enforcement.Files;
using Leash.Enforcement.Seccomp;
using Leash.Enforcement.Sockets;
using Leash.Gateway;
using Leash.Gateway.Connections;
using Leash.Gateway.Hosts;
using Leash.Plan;
using Leash.Sessions.InKernel;
using Leash.Sessions.Native;

namespace Leash.Sessions.Http;

/// <summary>The gateway that the session's TCP connections lead to, with the session's plan as its policy and the session's log as its log.</summary>
internal sealed class SessionHttp : IConnectionOrigins, IDisposable
{
    private readonly SessionGateway _gateway;
    private readonly HttpGateway _setup;
    private readonly PlanDecider _first;
    private readonly bool _isEnforced;
    private GatewayRedirect? _redirect;
    private KernelSession? _kernel;
    private volatile IConnectionOrigins? _origins;
    private bool _takesLoopback;

    private SessionHttp(SessionConfig config, HttpGateway setup, SessionDns dns)
    {
        (_setup, _first, _isEnforced) = (setup, config.Decider, config.Mode == EnforcementMode.Enforce);
        _takesLoopback = IsAbout(config.Plan);
        _gateway = SessionGateway.Start(new SessionGatewayOptions(
            this, DeciderFor(config.Plan, config.Decider), new ResolverHostNames(dns.Options), new GatewayAudit(config.Audit), setup.Authority, config.Time)
        {
            Proxy = setup.Proxy,
            Roots = setup.Options.Roots,
            ShowsQueryValues = setup.Options.ShowsQueryValues,
        });
    }

    /// <summary>Null for a session without a gateway.</summary>
    /// <exception cref="SessionException">It cannot listen.</exception>
    public static SessionHttp? Start(SessionConfig config, SessionDns dns)
    {
        try
        {
            return config.Gateway is { } setup ? new SessionHttp(config, setup, dns) : null;
        }
        catch (SocketException e)
        {
            throw new SessionException($"the gateway cannot listen on a loopback address: {e.Message}", "`--gateway off` does without");
        }
    }

    /// <summary>Has the supervisor connect the session's sockets to the gateway.</summary>
    /// <param name="isByKernel">Whether programs in the kernel exchange the addresses.</param>
    public GatewayRedirect Redirect(bool isByKernel)
    {
        _redirect = new GatewayRedirect(_gateway.EndPoint, _gateway.EndPointV6, isByKernel) { TakesLoopback = _takesLoopback };
        _origins = new RedirectedOrigins(_redirect);
        return _redirect;
    }

    /// <summary>Has programs in the kernel redirect connections, and say where they were going when there is no supervisor that knows.</summary>
    public void Attend(KernelSession session, bool isSupervised)
    {
        _kernel = session;
        _origins ??= isSupervised ? null : new KernelOrigins(session, _first, _gateway.EndPoint.Port);
    }

    /// <summary>Where connections go, for programs in the kernel.</summary>
    public void Describe(ref LeashSession state)
    {
        state.gateway_port = (ushort)_gateway.EndPoint.Port;
        state.flags |= _takesLoopback ? SessionFlags.Loopback : default;
    }

    /// <summary>The machine's files of roots as the session sees them.</summary>
    public IEnumerable<FileSubstitute> RootsFiles() =>
        _setup.Trust.Replacements().Select(file => new FileSubstitute(Encoding.UTF8.GetBytes(file.Path), File.ReadAllBytes(file.Replacement)));

    /// <summary>What of the new policy has to be so before it is in force.</summary>
    public void Prepare(EnforcementPlan plan)
    {
        if (!_takesLoopback && IsAbout(plan))
        {
            _takesLoopback = true;
            _redirect?.TakesLoopback = true;
            _kernel?.TakeLoopback();
        }
    }

    /// <summary>Decides by another plan from the next request on; what is open and denied by it is closed on return.</summary>
    public void Exchange(EnforcementPlan plan, PlanDecider decider) => _gateway.Exchange(DeciderFor(plan, decider));

    public ValueTask<ConnectionOrigin?> FindAsync(IPEndPoint peer, IPEndPoint local, CancellationToken cancellationToken) =>
        _origins is { } origins ? origins.FindAsync(peer, local, cancellationToken) : ValueTask.FromResult<ConnectionOrigin?>(null);

    public void Dispose() => _gateway.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private PolicyHttpDecider DeciderFor(EnforcementPlan plan, PlanDecider decider) => new(plan, decider, _isEnforced, _setup.Options);

    // Connections of the machine to itself are the business of statements on requests only: without them they stay as they are.
    private static bool IsAbout(EnforcementPlan plan) => plan.Statements.Any(statement => (statement.Actions & PlanActionMask.Http) != PlanActionMask.None);
}
