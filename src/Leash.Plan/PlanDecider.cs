using Leash.Plan.Deciding;

namespace Leash.Plan;

/// <summary>
/// Decides requests for enforcers. Immutable but for the principal classes, which grow; safe for any number of threads.
/// A request that cannot be decided (unknown principal class, path not canonical, wrong action) is denied as
/// <see cref="VerdictReason.Undecidable"/>.
/// </summary>
public sealed partial class PlanDecider
{
    /// <summary>The most principal classes; a process that would need another one is denied everything.</summary>
    public const int MaxPrincipals = 65_536;

    /// <summary>The class that is denied everything.</summary>
    public const int DeniedPrincipal = -1;

    private static readonly Explanation s_undecidable = new(default, []);

    private readonly PrincipalTable _principals = new();
    private readonly PathIndex _paths;
    private readonly EndpointIndex _endpoints;
    private readonly StatementTable _processes;
    private readonly DnsDecider _dns;
    private readonly HttpDecider _http;

    /// <summary>Indexes a plan. Costs time and memory in proportion to its statements; decisions do not.</summary>
    public PlanDecider(EnforcementPlan plan)
    {
        _paths = new PathIndex(_principals, plan.Statements.Where(s => (s.Actions & PlanActionMask.Path) != PlanActionMask.None));
        _endpoints = new EndpointIndex(_principals, plan.Statements.Where(s => (s.Actions & PlanActionMask.Network) != PlanActionMask.None));
        _processes = new StatementTable(_principals);
        foreach (var statement in plan.Statements.Where(s => (s.Actions & PlanActionMask.Process) != PlanActionMask.None))
        {
            _processes.Add(statement, (_, _) => { });
        }

        _processes.Freeze();
        _dns = new DnsDecider(_principals, plan);
        _http = new HttpDecider(_principals, plan);
        _principals.Start();
        DependsOnPrincipal = !_principals.IsEmpty;
        ExecDependsOnArguments = plan.Statements.Any(s => s.Actions.Has(PlanAction.ProcessExec) && s.Atoms.Any(a =>
            a.Tests.Any(t => t is PlanTest.ArgsContain or PlanTest.ArgsEmpty or PlanTest.Argv0Is or PlanTest.Argv0Like)));
    }

    /// <summary>The class of a session's first process before its first exec.</summary>
    public int InitialPrincipal { get; }

    /// <summary>How many classes there are so far: ids are 0 to this, exclusive.</summary>
    public int PrincipalCount => _principals.Count;

    /// <summary>Whether the plan tells executables apart. When not, every process has <see cref="InitialPrincipal"/>.</summary>
    public bool DependsOnPrincipal { get; }

    /// <summary>Whether a verdict on an exec can depend on its arguments.</summary>
    public bool ExecDependsOnArguments { get; }

    /// <summary>The class of a process of class <paramref name="principal"/> after an exec.</summary>
    /// <param name="principal">Its class before.</param>
    /// <param name="exePath">The executable that runs now: of a script, its interpreter.</param>
    /// <param name="scriptPath">The script, or empty.</param>
    /// <returns><see cref="DeniedPrincipal"/> when there are too many classes or the one before is denied.</returns>
    public int MovePrincipal(int principal, ReadOnlySpan<byte> exePath, ReadOnlySpan<byte> scriptPath) =>
        _principals.Move(principal, exePath, scriptPath);

    /// <summary>The class of a process of which another one knows what holds for it, for decisions in which no other test matters. It does not move.</summary>
    /// <param name="holds">Whether a test on principals holds.</param>
    public int PrincipalWhere(Func<PlanTest, bool> holds) => _principals.Where(holds);

    /// <summary>Decides an action on a path (<see cref="PlanActionMask.File"/>, <see cref="PlanAction.UnixConnect"/>).</summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="path">Canonical and absolute, no slash at the end; <c>@name</c> for an abstract unix socket.</param>
    /// <param name="action">Not <see cref="PlanAction.ProcessExec"/>, which <see cref="DecideExec"/> decides.</param>
    public Verdict DecidePath(int principal, ReadOnlySpan<byte> path, PlanAction action) =>
        DecidePath(principal, path, action, PlanActionMask.Path & ~PlanActionMask.ProcessExec, default, null);

    /// <summary>All actions but <see cref="PlanAction.ProcessExec"/> that are allowed on a path, from one walk.</summary>
    public PlanActionMask AllowedPathActions(int principal, ReadOnlySpan<byte> path)
    {
        const PlanActionMask Asked = PlanActionMask.File | PlanActionMask.UnixConnect;
        if (!_principals.TryGet(principal, out var asking) || !PathText.IsCanonical(path))
        {
            return PlanActionMask.None; // FAIL-CLOSED: undecidable
        }

        var (permitted, forbidden) = _paths.Decide(asking, path, Asked, default, null);
        return permitted & ~forbidden & Asked;
    }

    /// <summary>Decides a <see cref="PlanAction.ProcessExec"/> of a file.</summary>
    public Verdict DecideExec(int principal, ReadOnlySpan<byte> path, in ExecArguments arguments) =>
        DecidePath(principal, path, PlanAction.ProcessExec, PlanActionMask.ProcessExec, arguments, null);

    /// <summary>Decides <see cref="PlanAction.NetworkConnect"/> or <see cref="PlanAction.NetworkListen"/>.</summary>
    public Verdict DecideEndpoint(int principal, in Endpoint endpoint, PlanAction action)
    {
        if (!_principals.TryGet(principal, out var asking) || !PlanActionMask.Network.Has(action))
        {
            return default; // FAIL-CLOSED: undecidable
        }

        if (endpoint.Names.IsEmpty)
        {
            return DecideEndpoint(asking, endpoint, null, action, null);
        }

        var isForbidden = false;
        foreach (var name in endpoint.Names)
        {
            var verdict = DecideEndpoint(asking, endpoint, name, action, null);
            if (verdict.Allowed)
            {
                return verdict;
            }

            isForbidden |= verdict.Reason == VerdictReason.Forbidden;
        }

        return Verdict.Of(false, isForbidden);
    }

    /// <summary>Decides <see cref="PlanAction.ProcessTrace"/> or <see cref="PlanAction.ProcessSignal"/> on a process of the session.</summary>
    public Verdict DecideProcess(int principal, PlanAction action) => DecideProcess(principal, action, null);

    /// <summary>
    /// Whether the resolver may answer a query: <see cref="PlanAction.NetworkConnect"/> to the name is possible for some port, transport and
    /// address; no forbid on <see cref="PlanAction.DnsQuery"/> matches; and when a permit on it can apply to the name, one matches. A permit
    /// for addresses only does not make names possible.
    /// </summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="name">Canonical: lower case, no trailing dot.</param>
    /// <param name="type">The record type, upper case (<c>A</c>, <c>AAAA</c>, <c>TXT</c>).</param>
    public Verdict DecideDns(int principal, string name, string type) => ExplainDns(principal, name, type).Verdict;

    /// <summary>As <see cref="DecidePath(int, ReadOnlySpan{byte}, PlanAction)"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation Explain(int principal, ReadOnlySpan<byte> path, PlanAction action)
    {
        List<PlanStatement> found = [];
        return Explain(DecidePath(principal, path, action, PlanActionMask.Path & ~PlanActionMask.ProcessExec, default, found), found);
    }

    /// <summary>As <see cref="DecideExec"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainExec(int principal, ReadOnlySpan<byte> path, in ExecArguments arguments)
    {
        List<PlanStatement> found = [];
        return Explain(DecidePath(principal, path, PlanAction.ProcessExec, PlanActionMask.ProcessExec, arguments, found), found);
    }

    /// <summary>As <see cref="DecideEndpoint(int, in Endpoint, PlanAction)"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainEndpoint(int principal, in Endpoint endpoint, PlanAction action)
    {
        if (!_principals.TryGet(principal, out var asking) || !PlanActionMask.Network.Has(action))
        {
            return s_undecidable;
        }

        Explanation? denied = null;
        for (var i = 0; i < Math.Max(1, endpoint.Names.Length); i++)
        {
            List<PlanStatement> found = [];
            var name = endpoint.Names.IsEmpty ? null : endpoint.Names[i];
            var explanation = Explain(DecideEndpoint(asking, endpoint, name, action, found), found);
            if (explanation.Verdict.Allowed)
            {
                return explanation;
            }

            denied = denied is { Verdict.Reason: VerdictReason.Forbidden } ? denied : explanation;
        }

        return denied ?? s_undecidable;
    }

    /// <summary>As <see cref="DecideProcess(int, PlanAction)"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainProcess(int principal, PlanAction action)
    {
        List<PlanStatement> found = [];
        return Explain(DecideProcess(principal, action, found), found);
    }

    /// <summary>As <see cref="DecideDns"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainDns(int principal, string name, string type) =>
        _principals.TryGet(principal, out var asking) ? _dns.Decide(asking, name, type) : s_undecidable;

    private static Explanation Explain(Verdict verdict, List<PlanStatement> found)
    {
        var effect = verdict.Reason == VerdictReason.Forbidden ? PlanEffect.Forbid : PlanEffect.Permit;
        return new Explanation(
            verdict, verdict.Reason == VerdictReason.Undecidable ? [] : [.. found.Where(statement => statement.Effect == effect).Distinct()]);
    }

    private Verdict DecidePath(
        int principal, ReadOnlySpan<byte> path, PlanAction action, PlanActionMask possible, in ExecArguments arguments,
        List<PlanStatement>? found)
    {
        if (!_principals.TryGet(principal, out var asking) || !possible.Has(action) || !PathText.IsCanonical(path))
        {
            return default; // FAIL-CLOSED: undecidable
        }

        var (permitted, forbidden) = _paths.Decide(asking, path, action.ToMask(), arguments, found);
        return Verdict.Of(permitted.Has(action), forbidden.Has(action));
    }

    private Verdict DecideEndpoint(
        PrincipalClass asking, in Endpoint endpoint, string? name, PlanAction action, List<PlanStatement>? found)
    {
        var (permitted, forbidden) = _endpoints.Decide(asking, endpoint, name, action.ToMask(), found);
        return Verdict.Of(permitted.Has(action), forbidden.Has(action));
    }

    private Verdict DecideProcess(int principal, PlanAction action, List<PlanStatement>? found)
    {
        if (!_principals.TryGet(principal, out var asking) || !PlanActionMask.Process.Has(action))
        {
            return default; // FAIL-CLOSED: undecidable
        }

        var permitted = PlanActionMask.None;
        var forbidden = PlanActionMask.None;
        var scratch = DecisionScratch.Begin(_processes.AtomCount, _processes.StatementCount);
        _processes.Decide(scratch, asking, action.ToMask(), default, ref permitted, ref forbidden, found);
        return Verdict.Of(permitted.Has(action), forbidden.Has(action));
    }
}
