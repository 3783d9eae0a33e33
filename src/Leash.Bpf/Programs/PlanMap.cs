using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>A plan's pages as the kernel programs read them: an array of its own, behind a slot of the map of plans.</summary>
internal static class PlanMap
{
    /// <param name="pages">Whole pages.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    /// <exception cref="LibbpfException">The kernel has no room.</exception>
    public static BpfMap Load(ReadOnlySpan<byte> pages)
    {
        uint count = (uint)(pages.Length / PlanAbi.PageSize);
        if (count == 0 || pages.Length % PlanAbi.PageSize != 0)
        {
            throw new ArgumentException("a plan is whole pages", nameof(pages));
        }

        BpfMap plan = BpfMap.Create(BpfMapType.BPF_MAP_TYPE_ARRAY, "leash_plan", sizeof(uint), PlanAbi.PageSize, count, BpfMapFlags.BPF_F_INNER_MAP);
        for (uint i = 0; i < count; i++)
        {
            uint key = i;
            plan.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), pages.Slice((int)i * PlanAbi.PageSize, PlanAbi.PageSize));
        }

        return plan;
    }
}
