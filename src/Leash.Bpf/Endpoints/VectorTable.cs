using Leash.Bpf.Abi;
using Leash.Bpf.Plans;
using Leash.Bpf.Plans.Rows;

namespace Leash.Bpf.Endpoints;

/// <summary>Vectors of rows, one for each column, each vector once. Vector 0 says nothing.</summary>
internal sealed class VectorTable
{
    public const int Empty = 0;

    private readonly RowTable _rows;
    private readonly List<int[]> _vectors = [];
    private readonly Dictionary<int[], int> _numbers = new(VectorComparer.Instance);
    private readonly Dictionary<ulong, int> _unions = [];

    public VectorTable(RowTable rows, int columns)
    {
        _rows = rows;
        Of(new int[columns]);
    }

    public int Count => _vectors.Count;

    /// <summary>The number of a vector, which the table keeps.</summary>
    public int Of(int[] vector)
    {
        if (!_numbers.TryGetValue(vector, out var number))
        {
            number = _vectors.Count;
            _numbers.Add(vector, number);
            _vectors.Add(vector);
        }

        return number;
    }

    /// <summary>The vector that says what both say.</summary>
    public int Union(int left, int right)
    {
        if (left == right || right == Empty)
        {
            return left;
        }

        if (left == Empty)
        {
            return right;
        }

        var key = (ulong)Math.Min(left, right) << 32 | (uint)Math.Max(left, right);
        if (!_unions.TryGetValue(key, out var union))
        {
            union = Of([.. _vectors[left].Zip(_vectors[right], _rows.Union)]);
            _unions.Add(key, union);
        }

        return union;
    }

    public void Write(PageWriter pages, FinalRows final, ref LeashEndpointIndex index)
    {
        index.Vectors = pages.Add<uint>(_vectors.SelectMany(vector => vector.Select(row => (uint)final.Of(row))).ToArray(), sizeof(uint));
        index.VectorCount = (uint)_vectors.Count;
    }

    private sealed class VectorComparer : IEqualityComparer<int[]>
    {
        public static VectorComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] vector)
        {
            var hash = default(HashCode);
            foreach (var row in vector)
            {
                hash.Add(row);
            }

            return hash.ToHashCode();
        }
    }
}
