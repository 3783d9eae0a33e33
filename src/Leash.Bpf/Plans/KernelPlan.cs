using System.Collections.Immutable;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Principals;

namespace Leash.Bpf.Plans;

/// <summary>A plan as the kernel programs read it: whole pages of one flat address space, <c>struct leash_plan</c> at its start.</summary>
/// <param name="pages">The bytes; a multiple of <see cref="PlanAbi.PageSize"/>.</param>
/// <param name="generation">The number of the plan.</param>
/// <param name="principalCount">How many principal classes it tells apart.</param>
/// <param name="principals">What those are.</param>
internal sealed class KernelPlan(byte[] pages, ulong generation, int principalCount, KernelPrincipals principals)
{
    /// <summary>All pages, one after the other.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = pages;

    public ulong Generation { get; } = generation;

    /// <summary>1 when the policy does not tell executables apart.</summary>
    public int PrincipalCount { get; } = principalCount;

    public KernelPrincipals Principals { get; } = principals;

    public int PageCount => Bytes.Length / PlanAbi.PageSize;

    /// <summary>One value of the inner map.</summary>
    public ReadOnlySpan<byte> Page(int index) => Bytes.Span.Slice(index * PlanAbi.PageSize, PlanAbi.PageSize);
}

/// <summary>What became of a plan.</summary>
/// <param name="Plan">Null when a diagnostic is an error.</param>
/// <param name="Diagnostics">In the order found.</param>
internal sealed record KernelPlanResult(KernelPlan? Plan, ImmutableArray<KernelDiagnostic> Diagnostics);
