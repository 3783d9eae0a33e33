using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Principals;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans;

/// <summary>
/// The part of a plan about endpoints. Called twice: rows are known to all parts before any of them is numbered as the kernel reads it.
/// </summary>
internal interface IEndpointCompiler
{
    /// <summary>Builds its tables, labelled with rows of <paramref name="rows"/>.</summary>
    /// <param name="statements">Those with an action of <see cref="PlanActionMask.Network"/> or <see cref="PlanAction.DnsQuery"/>.</param>
    /// <param name="rows">Makes rows; <see cref="RowTable.Of"/> takes the inputs on endpoints that hold and leaves those on principals open.</param>
    /// <param name="diagnostics">Gets what does not fit.</param>
    void Prepare(IReadOnlyList<PlanStatement> statements, RowTable rows, List<KernelDiagnostic> diagnostics);

    /// <summary>Writes its tables.</summary>
    /// <param name="pages">Where to.</param>
    /// <param name="final">The numbers of rows in the kernel.</param>
    /// <param name="index">Gets the addresses.</param>
    void Write(PageWriter pages, FinalRows final, ref LeashEndpointIndex index);
}
