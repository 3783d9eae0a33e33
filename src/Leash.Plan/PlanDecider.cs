using System.Collections.Immutable;

namespace Leash.Plan;

/// <summary>
/// Decides requests for enforcers. Immutable but for the principal classes, which grow; safe for any number of threads.
/// A request that cannot be decided (unknown principal class, path not canonical, wrong action) is denied as
/// <see cref="VerdictReason.Undecidable"/>.
/// </summary>
public sealed class PlanDecider
{
    /// <summary>The most principal classes; a process that would need another one is denied everything.</summary>
    public const int MaxPrincipals = 65_536;

    /// <summary>The class that is denied everything.</summary>
    public const int DeniedPrincipal = -1;

    private readonly PlanInterpreter _interpreter;
    private readonly Lock _gate = new();
    private readonly List<PrincipalFacts> _principals = [PrincipalFacts.Initial];

    public PlanDecider(EnforcementPlan plan)
    {
        _interpreter = new PlanInterpreter(plan);
        DependsOnPrincipal = plan.Statements.Any(s => s.Atoms.Any(a => a.Domain == TestDomain.Principal));
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
    public int MovePrincipal(int principal, ReadOnlySpan<byte> exePath, ReadOnlySpan<byte> scriptPath)
    {
        lock (_gate)
        {
            if ((uint)principal >= (uint)_principals.Count || _principals.Count >= MaxPrincipals)
            {
                return DeniedPrincipal; // FAIL-CLOSED: unknown or too many
            }

            if (!DependsOnPrincipal)
            {
                return principal;
            }

            var exe = exePath.ToArray();
            ImmutableArray<byte[]> lineage = scriptPath.IsEmpty
                ? [.. _principals[principal].Lineage, exe]
                : [.. _principals[principal].Lineage, exe, scriptPath.ToArray()];
            _principals.Add(new PrincipalFacts(exe, lineage));
            return _principals.Count - 1;
        }
    }

    /// <summary>Decides an action on a path (<see cref="PlanActionMask.File"/>, <see cref="PlanAction.UnixConnect"/>).</summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="path">Canonical and absolute, no slash at the end; <c>@name</c> for an abstract unix socket.</param>
    /// <param name="action">Not <see cref="PlanAction.ProcessExec"/>, which <see cref="DecideExec"/> decides.</param>
    public Verdict DecidePath(int principal, ReadOnlySpan<byte> path, PlanAction action) =>
        Explain(principal, path, action).Verdict;

    /// <summary>All file actions that are allowed on a path, from one walk.</summary>
    public PlanActionMask AllowedPathActions(int principal, ReadOnlySpan<byte> path)
    {
        var allowed = PlanActionMask.None;
        foreach (var action in (PlanActionMask.File | PlanActionMask.UnixConnect).Members())
        {
            allowed |= DecidePath(principal, path, action).Allowed ? action.ToMask() : PlanActionMask.None;
        }

        return allowed;
    }

    /// <summary>Decides a <see cref="PlanAction.ProcessExec"/> of a file.</summary>
    public Verdict DecideExec(int principal, ReadOnlySpan<byte> path, in ExecArguments arguments) =>
        ExplainExec(principal, path, arguments).Verdict;

    /// <summary>Decides <see cref="PlanAction.NetworkConnect"/> or <see cref="PlanAction.NetworkListen"/>.</summary>
    public Verdict DecideEndpoint(int principal, in Endpoint endpoint, PlanAction action) =>
        ExplainEndpoint(principal, endpoint, action).Verdict;

    /// <summary>Decides <see cref="PlanAction.ProcessTrace"/> or <see cref="PlanAction.ProcessSignal"/> on a process of the session.</summary>
    public Verdict DecideProcess(int principal, PlanAction action) => ExplainProcess(principal, action).Verdict;

    /// <summary>As <see cref="DecidePath"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation Explain(int principal, ReadOnlySpan<byte> path, PlanAction action) =>
        FactsOf(principal) is { } facts && PathText.IsCanonical(path)
            ? _interpreter.Decide(new FileFacts(facts, action, path.ToArray()))
            : Undecidable;

    /// <summary>As <see cref="DecideExec"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainExec(int principal, ReadOnlySpan<byte> path, in ExecArguments arguments)
    {
        if (FactsOf(principal) is not { } facts || !PathText.IsCanonical(path))
        {
            return Undecidable;
        }

        return _interpreter.Decide(new ExecFacts(
            facts, path.ToArray(), arguments.Argv0.ToArray(), arguments.ToArray(), arguments.Interpreter.ToArray()));
    }

    /// <summary>As <see cref="DecideEndpoint"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainEndpoint(int principal, in Endpoint endpoint, PlanAction action)
    {
        if (FactsOf(principal) is not { } facts)
        {
            return Undecidable;
        }

        if (endpoint.Names.IsEmpty)
        {
            return _interpreter.Decide(
                new EndpointFacts(facts, action, null, endpoint.IsV4, endpoint.Address, endpoint.Port, endpoint.Protocol));
        }

        Explanation? denied = null;
        foreach (var name in endpoint.Names)
        {
            var explanation = _interpreter.Decide(
                new EndpointFacts(facts, action, name, endpoint.IsV4, endpoint.Address, endpoint.Port, endpoint.Protocol));
            if (explanation.Verdict.Allowed)
            {
                return explanation;
            }

            denied = denied is { Verdict.Reason: VerdictReason.Forbidden } ? denied : explanation;
        }

        return denied!;
    }

    /// <summary>As <see cref="DecideProcess"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainProcess(int principal, PlanAction action) =>
        FactsOf(principal) is { } facts ? _interpreter.Decide(new ProcessFacts(facts, action)) : Undecidable;

    /// <summary>
    /// Whether the resolver may answer a query: <see cref="PlanAction.NetworkConnect"/> to the name is possible for some port, transport and
    /// address; no forbid on <see cref="PlanAction.DnsQuery"/> matches; and when a permit on it can apply to the name, one matches.
    /// </summary>
    /// <param name="principal">The class of the process that asks.</param>
    /// <param name="name">Canonical: lower case, no trailing dot.</param>
    /// <param name="type">The record type, upper case (<c>A</c>, <c>AAAA</c>, <c>TXT</c>).</param>
    public Verdict DecideDns(int principal, string name, string type) => ExplainDns(principal, name, type).Verdict;

    /// <summary>As <see cref="DecideDns"/>, with the statements that made the verdict. Allocates.</summary>
    public Explanation ExplainDns(int principal, string name, string type) =>
        FactsOf(principal) is { } facts ? _interpreter.DecideDns(facts, name, type) : Undecidable;

    private static Explanation Undecidable { get; } = new(default, []);

    private PrincipalFacts? FactsOf(int principal)
    {
        lock (_gate)
        {
            return (uint)principal < (uint)_principals.Count ? _principals[principal] : null;
        }
    }
}
