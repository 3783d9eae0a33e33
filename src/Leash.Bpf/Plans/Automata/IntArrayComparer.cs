using System.Runtime.InteropServices;

namespace Leash.Bpf.Plans.Automata;

/// <summary>Compares arrays by what they hold.</summary>
internal sealed class IntArrayComparer : IEqualityComparer<int[]>
{
    public static IntArrayComparer Instance { get; } = new();

    public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] items)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(items.AsSpan()));
        return hash.ToHashCode();
    }
}
