using System.Diagnostics;
using Cedar.Differential.Tests.Oracle;
using Cedar.Fuzz.Generation;

namespace Cedar.Differential.Tests.Comparison;

/// <summary>One pass over generated worlds that fills all tallies; the tests look at it from their sides.</summary>
public sealed class DifferentialRun
{
    // Environment variables for a longer search than the lane's, and for the repetition of a reported seed.
    private static readonly int s_worlds = Setting("CEDAR_DIFFERENTIAL_WORLDS", 2_400);
    private static readonly int s_firstSeed = Setting("CEDAR_DIFFERENTIAL_SEED", 1);

    private readonly Lazy<Tallies> _tallies = new(Run);

    internal Tallies Tallies => _tallies.Value;

    private static Tallies Run()
    {
        var tallies = new Tallies();
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, Math.Max(2, Environment.ProcessorCount)).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var reference = new ReferenceCedar();
                for (int i; (i = Interlocked.Increment(ref next)) < s_worlds;)
                {
                    Compare((ulong)(s_firstSeed + i), reference, tallies);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(workers);
        Console.WriteLine($"{s_worlds} worlds in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        return tallies;
    }

    private static void Compare(ulong seed, ReferenceCedar reference, Tallies tallies)
    {
        if (seed % 50 == 0)
        {
            // Many policies and entities: what picks the policies to look at has something to pick from.
            Authorizations.Compare(World.Generate(seed, policyCount: 200, requestCount: 20, mostEntitiesPerType: 12), reference, tallies);
            return;
        }

        var world = World.Generate(seed, policyCount: 4, requestCount: 10);
        PolicyTexts.Compare(world, reference, tallies);
        PolicyForms.Compare(world, reference, tallies);
        Authorizations.Compare(world, reference, tallies);
        SchemaTexts.Compare(world, reference, tallies);
        SchemaTexts.CompareForms(world, reference, tallies);
        Validations.Compare(world, reference, tallies);
        Conformance.Compare(world, reference, tallies);
        Operators.Compare(world, reference, tallies);
    }

    private static int Setting(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : usual;
}
