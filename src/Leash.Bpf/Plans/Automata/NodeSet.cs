namespace Leash.Bpf.Plans.Automata;

/// <summary>A set of small numbers that is emptied often.</summary>
internal sealed class NodeSet(int capacity)
{
    private readonly int[] _marks = new int[capacity];
    private readonly List<int> _items = [];
    private int _mark = 1;

    public void Clear()
    {
        _items.Clear();
        _mark++;
    }

    public bool Has(int item) => _marks[item] == _mark;

    public void Add(int item)
    {
        if (_marks[item] != _mark)
        {
            _marks[item] = _mark;
            _items.Add(item);
        }
    }

    /// <summary>Removes items; the predicate may still find removed ones.</summary>
    public void RemoveWhere(Predicate<int> predicate) => _items.RemoveAll(predicate);

    public int[] ToSorted()
    {
        int[] items = [.. _items];
        Array.Sort(items);
        return items;
    }
}
