namespace Leash.Plan.Deciding;

/// <summary>Chains of atoms, one after the other in one array; a chain is named by its head, 0 for an empty one.</summary>
internal sealed class TargetList
{
    private Link[] _links = new Link[64];
    private int _count = 1;

    public int Add(int head, int atom, int port = 0)
    {
        if (_count == _links.Length)
        {
            var grown = new Link[_count * 2];
            Array.Copy(_links, grown, _count);
            _links = grown;
        }

        _links[_count] = new Link { Atom = atom, Port = port, Next = head };
        return _count++;
    }

    /// <summary>Fires the atoms of a chain.</summary>
    public void Fire(int head, DecisionScratch scratch)
    {
        while (head != 0)
        {
            ref readonly var link = ref _links[head];
            scratch.Fire(link.Atom);
            head = link.Next;
        }
    }

    /// <summary>Fires the atoms of a chain that ask for no port or for this one.</summary>
    public void Fire(int head, int port, DecisionScratch scratch)
    {
        while (head != 0)
        {
            ref readonly var link = ref _links[head];
            if (link.Port == 0 || link.Port == port)
            {
                scratch.Fire(link.Atom);
            }

            head = link.Next;
        }
    }

    /// <summary>The value at the head of a chain and the head of the rest.</summary>
    public (int Value, int Next) Read(int head) => (_links[head].Atom, _links[head].Next);

    private struct Link
    {
        public int Atom;
        public int Port;
        public int Next;
    }
}
