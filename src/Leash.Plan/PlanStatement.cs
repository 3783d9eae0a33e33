using System.Collections.Immutable;

namespace Leash.Plan;

/// <summary>What a statement does when it is satisfied.</summary>
public enum PlanEffect
{
    Permit,
    Forbid,
}

/// <summary>One input of a statement: true when any of its tests is. All tests are of one domain.</summary>
public sealed class PlanAtom
{
    /// <exception cref="ArgumentException">No test, or tests of different domains.</exception>
    public PlanAtom(ImmutableArray<PlanTest> tests)
    {
        if (tests.Length == 0 || tests.Any(test => test.Domain != tests[0].Domain))
        {
            throw new ArgumentException("an atom has at least one test, and all of one domain", nameof(tests));
        }

        Tests = tests;
    }

    public ImmutableArray<PlanTest> Tests { get; }

    public TestDomain Domain => Tests[0].Domain;
}

/// <summary>
/// A policy, as far as it concerns some actions: satisfied when the table says so for the values of the atoms. A policy whose condition reads
/// differently for different actions has several.
/// </summary>
/// <param name="PolicyId">The id of the policy in its set.</param>
/// <param name="Layer">The layer it comes from: <c>base</c>, <c>standard</c>, <c>user</c>.</param>
/// <param name="Effect">Permit or forbid.</param>
/// <param name="Actions">The actions it is about.</param>
/// <param name="Atoms">The inputs of <paramref name="Table"/>, in order.</param>
/// <param name="Table">When it is satisfied.</param>
/// <param name="Reason">The author's <c>@reason</c>, or null.</param>
/// <param name="File">The file it is written in, or empty.</param>
/// <param name="Line">The line it starts at, from 1, or 0.</param>
public sealed record PlanStatement(
    string PolicyId,
    string Layer,
    PlanEffect Effect,
    PlanActionMask Actions,
    ImmutableArray<PlanAtom> Atoms,
    TruthTable Table,
    string? Reason = null,
    string File = "",
    int Line = 0)
{
    /// <summary>Where it is written, <c>file:line</c>, or empty.</summary>
    public string Origin => File.Length == 0 ? "" : $"{File}:{Line}";

    /// <summary>A permit that is satisfied when every one of these tests is.</summary>
    public static PlanStatement Permit(string id, PlanActionMask actions, params ReadOnlySpan<PlanTest> tests) =>
        All(id, PlanEffect.Permit, actions, tests);

    /// <summary>A forbid that is satisfied when every one of these tests is.</summary>
    public static PlanStatement Forbid(string id, PlanActionMask actions, params ReadOnlySpan<PlanTest> tests) =>
        All(id, PlanEffect.Forbid, actions, tests);

    private static PlanStatement All(string id, PlanEffect effect, PlanActionMask actions, ReadOnlySpan<PlanTest> tests)
    {
        var atoms = ImmutableArray.CreateBuilder<PlanAtom>(tests.Length);
        foreach (var test in tests)
        {
            atoms.Add(new PlanAtom([test]));
        }

        return new PlanStatement(id, "user", effect, actions, atoms.MoveToImmutable(), TruthTable.All(tests.Length));
    }
}
