using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Rows;

namespace Leash.Bpf.Plans.Principals;

/// <summary>
/// The principal classes that execs can lead to, found breadth first: first those of short chains of programs. When there are more than the
/// kernel has room for, a process that would get another one is denied everything.
/// </summary>
internal sealed class PrincipalClasses
{
    private readonly PrincipalSymbols _symbols = new();
    private readonly List<Class> _classes = [];
    private readonly Dictionary<Class, int> _numbers = [];
    private readonly List<uint> _byScript = [];
    private readonly List<uint> _byBinary = [];
    private int _limit = PlanAbi.MaxPrincipals;

    public int Count => _classes.Count;

    /// <summary>Whether some classes were left out.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Finds the classes that these atoms tell apart.</summary>
    /// <returns>A code when they do not fit; null when they do.</returns>
    public string? Build(AtomTable atoms)
    {
        if (!_symbols.Add(atoms))
        {
            return KernelCodes.TooManyStates;
        }

        _limit = (int)Math.Min(_limit, KernelLimits.PrincipalBytes / (sizeof(uint) * 2L * _symbols.Count));
        if (_limit < 1)
        {
            return KernelCodes.TooManyPrincipals;
        }

        Number(new Class(PrincipalSymbols.Initial(atoms), AtomSet.Empty));
        if (atoms.Count > 0)
        {
            Explore();
        }

        // A cut below chains of two programs leaves out what ordinary sessions do.
        return IsCut && _limit <= _symbols.Count * (long)_symbols.Count ? KernelCodes.TooManyPrincipals : null;
    }

    /// <summary>Whether an atom holds for a class.</summary>
    public bool Holds(int principal, int atom) => _classes[principal].Exe.Has(atom) || _classes[principal].Lineage.Has(atom);

    public void Write(PageWriter pages, ref LeashPrincipals principals)
    {
        principals.Count = (uint)Count;
        principals.Initial = 0;
        principals.SymbolCount = (uint)_symbols.Count;
        principals.DfaSymbols = (uint)_symbols.PatternCount;
        principals.ByScript = pages.Add<uint>(_byScript.ToArray(), sizeof(ulong));
        principals.ByBinary = pages.Add<uint>(_byBinary.ToArray(), sizeof(ulong));
        _symbols.Write(pages, ref principals.Index);
    }

    private void Explore()
    {
        PrincipalSymbol[] symbols = [.. Enumerable.Range(0, _symbols.Count).Select(i => _symbols[i])];
        for (var i = 0; i < _classes.Count; i++)
        {
            var from = _classes[i];
            foreach (var symbol in symbols)
            {
                var lineage = from.Lineage.Union(symbol.Lineage);
                _byScript.Add(Number(Class.Of(from.Exe, lineage)));
                _byBinary.Add(Number(Class.Of(symbol.Exe, lineage)));
            }
        }
    }

    private uint Number(Class principal)
    {
        if (_numbers.TryGetValue(principal, out var number))
        {
            return (uint)number;
        }

        if (_classes.Count == _limit)
        {
            IsCut = true;
            return PlanAbi.NoPrincipal; // FAIL-CLOSED: the class that is denied everything
        }

        number = _classes.Count;
        _classes.Add(principal);
        _numbers.Add(principal, number);
        return (uint)number;
    }

    /// <summary>The atoms that hold for as long as the program runs, without those that hold for good; and those.</summary>
    private readonly record struct Class(AtomSet Exe, AtomSet Lineage)
    {
        public static Class Of(AtomSet exe, AtomSet lineage) => new(exe.Except(lineage), lineage);
    }
}
