using System.Numerics;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans;

namespace Leash.Bpf.Endpoints;

/// <summary>The ranges of a family as the kernel searches them: an index on upper bits, then by halves.</summary>
internal sealed class RangeSet(bool isV4, List<(UInt128 Start, int Class)> ranges)
{
    private const int MaxBits = 16;

    public int Count => ranges.Count;

    public void Write(PageWriter pages, ref LeashRanges to)
    {
        to.Bits = (uint)Math.Min(BitOperations.Log2((uint)ranges.Count), MaxBits);
        to.Count = (uint)ranges.Count;
        to.First = pages.Add<uint>(FirstOfSlots((int)to.Bits), sizeof(uint));
        to.Ranges = isV4
            ? pages.Add<LeashRange4>(ranges.Select(r => new LeashRange4 { Start = (uint)r.Start, Class = (uint)r.Class }).ToArray(), PlanAbi.PageSize)
            : pages.Add<LeashRange6>(ranges.Select(ToV6).ToArray(), PlanAbi.PageSize);
    }

    private static LeashRange6 ToV6((UInt128 Start, int Class) range) =>
        new() { High = (ulong)(range.Start >> 64), Low = (ulong)range.Start, Class = (uint)range.Class };

    private uint[] FirstOfSlots(int bits)
    {
        var first = new uint[(1 << bits) + 1];
        var at = 0;
        for (var slot = 0; slot < 1 << bits; slot++)
        {
            var start = bits == 0 ? 0 : (UInt128)slot << ((isV4 ? 32 : 128) - bits);
            while (at + 1 < ranges.Count && ranges[at + 1].Start <= start)
            {
                at++;
            }

            first[slot] = (uint)at;
        }

        first[^1] = (uint)(ranges.Count - 1);
        return first;
    }
}
