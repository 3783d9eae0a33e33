using System.Runtime.InteropServices;
using Cedar.Authorization;
using Leash.Bpf.Abi;
using Leash.Bpf.Events;
using Leash.Bpf.Plans;
using Leash.Plan;
using Leash.Policy;
using Leash.Policy.Tests;
using static Leash.Policy.Tests.TestPolicies;

namespace Leash.Kernel.Tests.Decisions;

/// <summary>The law: Cedar, the definition of the plan and the kernel programs never disagree.</summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private const int RequestsPerSet = 40;

    private static int Pairs { get; } = RandomRun.Pairs(4_000);

    [Fact]
    public void RandomPolicies_AreDecidedAlikeByCedarThePlanAndTheKernel()
    {
        var seed = RandomRun.Seed(output);
        var generator = new RandomPolicies(new Random(seed));
        using var probe = new DecisionProbe();
        var (pairs, allowed, sets) = (0, 0, 0);
        while (pairs < Pairs)
        {
            var text = generator.Text();
            var compiled = PolicyCompiler.Compile([new PolicyDocument(PolicyDocument.BaseLayer, "test.cedar", text)], Facts);
            if (compiled.HasErrors)
            {
                continue;
            }

            sets++;
            var interpreter = new PlanInterpreter(compiled.Plan!);
            var kernel = KernelPlanCompiler.Compile(compiled.Plan!, 1, []).Plan!;
            probe.SetPlan(kernel);
            for (var i = 0; i < RequestsPerSet; i++)
            {
                var request = generator.Request();
                if (PathOf(request, kernel) is not { } path)
                {
                    continue;
                }

                // Most random requests are denied: no more of them than two for one that is allowed.
                var verdict = interpreter.Decide(request).Verdict;
                if (verdict.Allowed || pairs < 3 * (allowed + 1))
                {
                    pairs++;
                    allowed += Check(compiled, verdict, probe.Ask(path, request.Action.ToMask(), PrincipalOf(kernel, request)), request, $"seed {seed}\n{text}") ? 1 : 0;
                }
            }
        }

        output.WriteLine($"{pairs} pairs, {allowed} allowed, {sets} policy sets");
        Assert.InRange(allowed, pairs / 4, pairs * 3 / 4);
    }

    private static bool Check(CompileResult compiled, Verdict plan, Question answer, RequestFacts request, string place)
    {
        var (cedarRequest, entities) = new RequestBuilder(Facts).Build(request);
        var cedar = Authorizer.Authorize(compiled.PolicySet!, cedarRequest, entities).Decision == Decision.Allow;
        var expected = plan.Reason switch
        {
            VerdictReason.Permitted => EventReason.Permit,
            VerdictReason.Forbidden => EventReason.Forbid,
            _ => EventReason.NoPermit,
        };
        place = $"{place}\n{cedarRequest}\n{compiled.Plan!.Describe()}";
        Assert.True(cedar == plan.Allowed, "plan: " + place);
        Assert.True(expected == answer.Reason, $"kernel {answer.Reason}, plan {expected}: {place}");
        Assert.Equal(cedar ? PlanActionMask.None : request.Action.ToMask(), answer.Missing);
        return cedar;
    }

    /// <summary>Null for what is not decided by a path alone.</summary>
    private static byte[]? PathOf(RequestFacts request, KernelPlan kernel) => request switch
    {
        FileFacts file => [.. file.Path],
        ExecFacts exec when MemoryMarshal.Read<LeashPlan>(kernel.Bytes.Span).Exec.TestCount == 0 => [.. exec.Path],
        _ => null,
    };

    private static uint PrincipalOf(KernelPlan kernel, RequestFacts request)
    {
        var reader = new KernelPlanReader(kernel.Bytes);
        var principal = reader.InitialPrincipal;
        foreach (var exe in request.Principal.Lineage)
        {
            principal = reader.Move(principal, exe, default);
        }

        return principal;
    }
}
