using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Plan;

namespace Leash.Bpf.Tests.Plans;

/// <summary>One plan as its definition says, as user space decides it, and as the kernel reads it.</summary>
internal sealed class PlanChecks
{
    private readonly EnforcementPlan _plan;
    private readonly PlanInterpreter _interpreter;
    private readonly PlanDecider _decider;

    public PlanChecks(EnforcementPlan plan)
    {
        var result = KernelPlanCompiler.Compile(plan, 1, []);
        Assert.True(result.Plan is not null, string.Join('\n', result.Diagnostics));
        _plan = plan;
        _interpreter = new PlanInterpreter(plan);
        _decider = new PlanDecider(plan);
        Kernel = result.Plan;
        Reader = new KernelPlanReader(result.Plan.Bytes);
    }

    public KernelPlan Kernel { get; }

    public KernelPlanReader Reader { get; }

    /// <summary>Whether the plan has automata that read paths from their end.</summary>
    public bool ReadsBackwards => MemoryMarshal.Read<LeashPlan>(Kernel.Bytes.Span).Paths.BackwardDfas > 0;

    /// <summary>Asserts that all three decide a request alike; without the decider, which is made for what policies compile to, the two others.</summary>
    public Verdict Check(RequestFacts request, string place = "", bool withDecider = true)
    {
        var principal = Reader.InitialPrincipal;
        var known = _decider.InitialPrincipal;
        foreach (var exe in request.Principal.Lineage)
        {
            principal = Reader.Move(principal, exe, default);
            known = _decider.MovePrincipal(known, exe, default);
        }

        var expected = _interpreter.Decide(request).Verdict;
        var (read, decided) = request switch
        {
            FileFacts file => (Reader.Decide(principal, file.Path, file.Action), _decider.DecidePath(known, file.Path, file.Action)),
            ExecFacts exec => (Reader.DecideExec(principal, exec.Path, ArgumentsOf(exec)), _decider.DecideExec(known, exec.Path, ArgumentsOf(exec))),
            _ => (Reader.DecideProcess(principal, request.Action), _decider.DecideProcess(known, request.Action)),
        };
        var text = $"{place}\n{Describe(request)}\n{_plan.Describe()}";
        Assert.True(expected == read, $"reader {read}, interpreter {expected}: {text}");
        Assert.True(!withDecider || expected == decided, $"decider {decided}, interpreter {expected}: {text}");
        return read;
    }

    private static string Describe(RequestFacts request)
    {
        var path = request switch
        {
            FileFacts file => file.Path,
            ExecFacts exec => exec.Path,
            _ => [],
        };
        return $"{request.Action} {PathText.Decode(path)} by {string.Join(" > ", request.Principal.Lineage.Select(exe => PathText.Decode(exe)))}";
    }

    private static ExecArguments ArgumentsOf(ExecFacts exec) =>
        new(exec.Argv0, exec.Arguments.SelectMany(argument => (byte[])[.. argument, 0]).ToArray(), exec.Interpreter);
}
