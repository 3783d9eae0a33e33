using System.Buffers;

namespace Cedar.Authorization.Index;

/// <summary>The keys that hold for one entity of a request; on the stack unless there are many.</summary>
internal ref struct KeyList(Span<int> initial)
{
    private Span<int> _keys = initial;
    private int[]? _rented;
    private int _count;

    public readonly ReadOnlySpan<int> Keys => _keys[.._count];

    public void Add(int key)
    {
        if (_count == _keys.Length)
        {
            Grow();
        }

        _keys[_count++] = key;
    }

    public readonly void Return()
    {
        if (_rented is not null)
        {
            ArrayPool<int>.Shared.Return(_rented);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<int>.Shared.Rent(_keys.Length * 2);
        _keys.CopyTo(larger);
        Return();
        _keys = _rented = larger;
    }
}
