using System.Diagnostics;
using Cedar.Authorization;
using Cedar.Syntax;

namespace Leash.Benchmarks.Cedar;

/// <summary>What this library takes for a workload: nanoseconds, and bytes.</summary>
internal sealed record Measurement(double Decide, double Authorize, double Parse, double Compile, double BytesPerDecision, double BytesPerPolicy, Decision Decision)
{
    public static Measurement Of(Workload workload)
    {
        var compiled = Prepare(workload, out var parse, out var compile);
        for (var repeat = 0; repeat < 6; repeat++)
        {
            compiled = Prepare(workload, out var parseAgain, out var compileAgain);
            (parse, compile) = (Math.Min(parse, parseAgain), Math.Min(compile, compileAgain));
        }

        return new Measurement(
            Nanoseconds(() => compiled.Decide(workload.Request, workload.Entities)),
            Nanoseconds(() => compiled.Authorize(workload.Request, workload.Entities).Decision),
            parse, compile, BytesPerDecisionOf(compiled, workload), BytesPerPolicyOf(workload), compiled.Decide(workload.Request, workload.Entities));
    }

    private static CompiledPolicySet Prepare(Workload workload, out double parse, out double compile)
    {
        var start = Stopwatch.GetTimestamp();
        var parsed = CedarParser.Parse(new SourceText(workload.Policies));
        parse = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        if (!parsed.Diagnostics.IsEmpty)
        {
            throw new InvalidOperationException(parsed.Diagnostics[0].ToString());
        }

        start = Stopwatch.GetTimestamp();
        var compiled = CompiledPolicySet.Compile(new PolicySet(parsed.Policies));
        compile = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return compiled;
    }

    /// <summary>Parsed and compiled form; the text, which is kept too, was there before.</summary>
    private static double BytesPerPolicyOf(Workload workload)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var compiled = Prepare(workload, out _, out _);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (double)bytes / compiled.Policies.Count;
    }

    private static double Nanoseconds(Func<Decision> decide)
    {
        const int Rounds = 20_000;
        var best = double.MaxValue;
        for (var repeat = 0; repeat < 25; repeat++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Rounds; i++)
            {
                decide();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Rounds);
        }

        return best;
    }

    private static double BytesPerDecisionOf(CompiledPolicySet policies, Workload workload)
    {
        const int Rounds = 1_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            policies.Decide(workload.Request, workload.Entities);
        }

        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
