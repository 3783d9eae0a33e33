using System.Text;
using Leash.Bpf.Events;
using Leash.Bpf.Sessions;
using Leash.Bpf.Tests.Events;
using Leash.Plan;

namespace Leash.Bpf.Tests.Sessions;

public sealed class PlanSwapTests : IDisposable
{
    private static readonly string[] Programs = ["/bin/a", "/bin/b", "/bin/c", "/bin/d"];

    private readonly GenerationTable _generations = new();
    private readonly KernelAuditTrail _trail;
    private readonly FakeKernel _kernel;
    private readonly PlanSwap _swap;
    private ulong _generation;

    public PlanSwapTests()
    {
        _trail = new KernelAuditTrail(new RecordedAudit(), _generations, _ => []);
        _kernel = new FakeKernel();
        _swap = new PlanSwap(_kernel, () => _kernel.Read(_trail.Accept, int.MaxValue, ulong.MaxValue), _trail, _generations);
        _swap.Apply(PlanOf("/bin/a"));
    }

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void RunningProcesses_GetTheirClassOfTheNewPlan()
    {
        FakeTask shell = _kernel.Start();
        _kernel.Exec(shell, "/bin/a");
        FakeTask child = _kernel.Fork(shell);
        _kernel.Exec(child, "/bin/b");
        PreparedPlan next = PlanOf("/bin/b", "/bin/a");
        Assert.Equal(new SwapResult(2, 0), _swap.Apply(next));
        Assert.Equal((Expected(next, "/bin/a"), next), _kernel.Decide(shell));
        Assert.Equal((Expected(next, "/bin/a", "/bin/b"), next), _kernel.Decide(child));
        Assert.False(_kernel.HasPending);
    }

    [Fact]
    public void ExecThatLeftNoEvent_IsCounted_AndDenied()
    {
        FakeTask shell = _kernel.Start();
        _kernel.IsRingFull = true;
        _kernel.Exec(shell, "/bin/a");
        Assert.Equal(1, _swap.Apply(PlanOf("/bin/b")).Unknown);
        Assert.Equal(PreparedPlan.NoPrincipal, _kernel.Decide(shell).Principal);
    }

    [Fact]
    public void PlanThatTellsNoExecutablesApart_NeedsNoClasses()
    {
        FakeTask shell = _kernel.Start();
        _kernel.IsRingFull = true;
        _kernel.Exec(shell, "/bin/a");
        Assert.Equal(new SwapResult(2, 0), _swap.Apply(PlanOf()));
        Assert.Equal(0u, _kernel.Decide(shell).Principal);
        Assert.Equal(0, _kernel.ClassCount);
    }

    [Theory]
    [InlineData("prepare")]
    [InlineData("enter")]
    [InlineData("commit")]
    public void Failure_KeepsThePlanBefore(string step)
    {
        FakeTask shell = _kernel.Start();
        _kernel.Exec(shell, "/bin/a");
        PreparedPlan before = _kernel.Decide(shell).Plan;
        _kernel.BeforeStep = at =>
        {
            if (at == step)
            {
                throw new IOException("no memory");
            }
        };
        PlanSwapException failure = Assert.Throws<PlanSwapException>(() => _swap.Apply(PlanOf("/bin/b")));
        Assert.Contains("no memory", failure.Message, StringComparison.Ordinal);
        Assert.Equal((Expected(before, "/bin/a"), before), _kernel.Decide(shell));
        Assert.Equal((1ul, false, 0), (_swap.Current, _kernel.HasPending, _kernel.ClassCount));

        _kernel.BeforeStep = null;
        Assert.Equal(3ul, _swap.Apply(PlanOf("/bin/c")).Generation);
    }

    [Fact]
    public void Prune_ForgetsWhatNothingRuns()
    {
        FakeTask shell = _kernel.Start();
        _kernel.Exec(shell, "/bin/a");
        for (int i = 0; i < 50; i++)
        {
            FakeTask child = _kernel.Fork(shell);
            _kernel.Exec(child, Programs[i % 4]);
            _kernel.Exit(child);
        }

        PreparedPlan next = PlanOf("/bin/b");
        _swap.Apply(next);
        Assert.Equal(51, _kernel.ClassCount);
        _swap.Prune();
        Assert.Equal((1, 1), (_kernel.ClassCount, _trail.Execs.Count));
        Assert.Equal(Expected(next, "/bin/a"), _kernel.Decide(shell).Principal);
    }

    [Fact]
    public void UnderLoad_EveryDecisionIsByOneGeneration_AndNoClassIsMissing()
    {
        using CancellationTokenSource stop = new();
        long decisions = 0;
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(seed => new Thread(() =>
        {
            try
            {
                Load(new Random(seed), stop.Token, ref decisions);
            }
            catch (Exception e)
            {
                failure = e;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        try
        {
            for (int swaps = 0; (Interlocked.Read(ref decisions) < 100_000 || swaps < 20) && failure is null; swaps++)
            {
                string[] told = Programs[..(1 + (swaps % 4))];
                Assert.Equal(0, _swap.Apply(swaps % 5 == 4 ? PlanOf() : PlanOf(told)).Unknown);
                if (swaps % 3 == 2)
                {
                    _swap.Prune();
                }
            }
        }
        finally
        {
            stop.Cancel();
            Array.ForEach(threads, thread => thread.Join());
        }

        Assert.Null(failure);
    }

    private void Load(Random random, CancellationToken stop, ref long decisions)
    {
        FakeTask task = _kernel.Start();
        List<string> lineage = [];
        while (!stop.IsCancellationRequested)
        {
            (uint principal, PreparedPlan plan) = _kernel.Decide(task);
            Assert.Equal(Expected(plan, [.. lineage]), principal);
            Interlocked.Increment(ref decisions);
            if (random.Next(4) == 0 && _kernel.HasRoom)
            {
                FakeTask parent = task;
                task = _kernel.Fork(parent);
                _kernel.Exit(parent);
                string program = Programs[random.Next(Programs.Length)];
                _kernel.Exec(task, program);
                lineage.Add(program);
            }

            if (lineage.Count > 20)
            {
                _kernel.Exit(task);
                task = _kernel.Start();
                lineage.Clear();
            }
        }
    }

    private PreparedPlan PlanOf(params string[] programs) => FakePlans.Of(_kernel, ++_generation, programs);

    private static uint Expected(PreparedPlan plan, params string[] lineage)
    {
        int principal = plan.Generation.Decider.InitialPrincipal;
        foreach (string program in lineage)
        {
            principal = plan.Generation.Decider.MovePrincipal(principal, Encoding.UTF8.GetBytes(program), []);
        }

        return (uint)principal;
    }
}
