using System.Text;
using Leash.Bpf.Abi;
using Leash.Plan;

namespace Leash.Bpf.Plans.Literals;

/// <summary>Which literals files can have.</summary>
internal static class LiteralPath
{
    /// <summary>Bytes of an address of a unix socket, of which the at sign stands for the first.</summary>
    private const int AbstractMax = 108;

    /// <summary>Whether some file, or abstract socket, can have this path.</summary>
    public static bool IsPossible(string path)
    {
        if (path.Length < 1024 && Ascii.IsValid(path))
        {
            Span<byte> bytes = stackalloc byte[path.Length];
            Encoding.ASCII.GetBytes(path, bytes);
            return IsPossible(bytes);
        }

        return IsPossible(Encoding.UTF8.GetBytes(path));
    }

    /// <summary>Whether some file, or abstract socket, can have this last component.</summary>
    public static bool IsPossibleName(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes is [(byte)'@', ..] && IsPossible(bytes)
            || (bytes.Length is > 0 and <= PlanAbi.NameMax && !bytes.AsSpan().ContainsAny((byte)'/', (byte)0) && bytes is not ([(byte)'.'] or [(byte)'.', (byte)'.']));
    }

    private static bool IsPossible(ReadOnlySpan<byte> path)
    {
        if (!PathText.IsCanonical(path) || path.Length > PlanAbi.PathMax)
        {
            return false;
        }

        if (path[0] == (byte)'@')
        {
            return path.Length <= AbstractMax;
        }

        foreach (var range in path.Split((byte)'/'))
        {
            if (range.End.Value - range.Start.Value > PlanAbi.NameMax)
            {
                return false;
            }
        }

        return true;
    }
}
