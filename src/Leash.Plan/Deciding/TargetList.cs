namespace Leash.Plan.Deciding;

/// <summary>Chains of atoms, one after the other in one array; a chain is named by its head, 0 for an empty one.</summary>
internal sealed class TargetList
{
    private readonly List<Link> _links = [default];
    private Link[] _frozen = [];

    public int Add(int head, int atom, int port = 0)
    {
        _links.Add(new Link(atom, port, head));
        return _links.Count - 1;
    }

    public void Freeze()
    {
        _frozen = [.. _links];
        _links.Clear();
    }

    /// <summary>Fires the atoms of a chain.</summary>
    public void Fire(int head, DecisionScratch scratch)
    {
        while (head != 0)
        {
            ref readonly var link = ref _frozen[head];
            scratch.Fire(link.Atom);
            head = link.Next;
        }
    }

    /// <summary>Fires the atoms of a chain that ask for no port or for this one.</summary>
    public void Fire(int head, int port, DecisionScratch scratch)
    {
        while (head != 0)
        {
            ref readonly var link = ref _frozen[head];
            if (link.Port == 0 || link.Port == port)
            {
                scratch.Fire(link.Atom);
            }

            head = link.Next;
        }
    }

    /// <summary>The values of a chain.</summary>
    public IEnumerable<int> Values(int head)
    {
        for (; head != 0; head = _frozen[head].Next)
        {
            yield return _frozen[head].Atom;
        }
    }

    private readonly record struct Link(int Atom, int Port, int Next);
}
