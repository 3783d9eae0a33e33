using System.Buffers.Binary;

namespace Leash.Bpf.Plans;

/// <summary>The hash that finds a literal; the same as in <c>bpf/lib/hash.bpf.h</c>.</summary>
internal static class KernelHash
{
    /// <summary>The hash of a name below a node: never 0.</summary>
    public static ulong Of(uint parent, ReadOnlySpan<byte> name)
    {
        var hash = unchecked((parent * 0x9E3779B97F4A7C15) + (ulong)name.Length);
        while (name.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(name));
            name = name[sizeof(ulong)..];
        }

        if (!name.IsEmpty)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            last.Clear();
            name.CopyTo(last);
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(last));
        }

        return hash == 0 ? 1 : hash;
    }

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = unchecked((hash ^ word) * 0xff51afd7ed558ccd);
        return hash ^ (hash >> 32);
    }
}
