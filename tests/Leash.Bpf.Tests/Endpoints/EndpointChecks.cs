using System.Buffers.Binary;
using Leash.Bpf.Endpoints;
using Leash.Bpf.Plans;
using Leash.Plan;

namespace Leash.Bpf.Tests.Endpoints;

/// <summary>The endpoints of one plan as its definition says, as user space decides them, and as the kernel reads them.</summary>
internal sealed class EndpointChecks
{
    private readonly EnforcementPlan _plan;
    private readonly PlanInterpreter _interpreter;
    private readonly PlanDecider _decider;
    private readonly EndpointReader _endpoints;
    private readonly KernelPlanReader _reader;

    private EndpointChecks(EnforcementPlan plan, KernelPlan kernel, NameClasses names)
    {
        (_plan, Kernel, Names) = (plan, kernel, names);
        _interpreter = new PlanInterpreter(plan);
        _decider = new PlanDecider(plan);
        _endpoints = new EndpointReader(kernel);
        _reader = new KernelPlanReader(kernel.Bytes);
    }

    public KernelPlan Kernel { get; }

    public NameClasses Names { get; }

    /// <summary>Null for a plan that the kernel cannot decide, which a diagnostic says.</summary>
    /// <param name="plan">What is meant.</param>
    /// <param name="withFiles">Whether the kernel decides on files too, and not on endpoints alone.</param>
    public static EndpointChecks? Of(EnforcementPlan plan, bool withFiles = true)
    {
        EndpointCompiler compiler = new();
        var result = withFiles ? KernelPlanCompiler.Compile(plan, 1, [], compiler) : KernelPlanCompiler.CompileEndpoints(plan, 1, compiler);
        if (result.Plan is null)
        {
            Assert.All(result.Diagnostics, d => Assert.True(d.Code is KernelCodes.AddressPattern or KernelCodes.TooManyArgumentTests, d.ToString()));
            return null;
        }

        return new EndpointChecks(plan, result.Plan, compiler.Names!);
    }

    /// <summary>Asserts that all decide a request alike, for every name and for all of them at once.</summary>
    public Verdict Check(EndpointFacts facts, IReadOnlyList<string> names, string place)
    {
        var known = facts.Principal.Lineage.Aggregate(_decider.InitialPrincipal, (principal, exe) => _decider.MovePrincipal(principal, exe, default));

        string?[] asked = names.Count == 0 ? [null] : [.. names];
        var verdicts = asked.Select(name => _interpreter.Decide(facts with { Name = name }).Verdict).ToArray();
        var expected = verdicts.Any(v => v.Allowed) ? VerdictReason.Permitted
            : verdicts.Any(v => v.Reason == VerdictReason.Forbidden) ? VerdictReason.Forbidden : VerdictReason.NoPermit;
        var endpoint = EndpointOf(facts, [.. names]);
        var read = _endpoints.Decide(PrincipalOf(facts), endpoint, [.. names.Select(Names.Of)], facts.Action);
        var decided = _decider.DecideEndpoint(known, endpoint, facts.Action);
        if (expected != read.Reason || expected != decided.Reason)
        {
            Assert.Fail($"{place}\ninterpreter {expected}, decider {decided}, reader {read}: {facts} [{string.Join(' ', names)}]\n{_plan.Describe()}");
        }

        return read;
    }

    /// <summary>The class of the process that asks, as the kernel numbers it.</summary>
    public uint PrincipalOf(EndpointFacts facts) =>
        facts.Principal.Lineage.Aggregate(_reader.InitialPrincipal, (principal, exe) => _reader.Move(principal, exe, default));

    public static Endpoint EndpointOf(EndpointFacts facts, string[] names)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, facts.Address);
        return new Endpoint(facts.IsV4 ? bytes[12..] : bytes, facts.Port, facts.Protocol, names);
    }
}
