namespace Leash.Plan.Deciding;

/// <summary>
/// What one decision marks on its way, reused by the thread. A mark is the number of the decision, so nothing has to be cleared, and the marks
/// of one plan mean nothing to another.
/// </summary>
internal sealed class DecisionScratch
{
    [ThreadStatic]
    private static DecisionScratch? s_current;

    private int[] _atomMarks = [];
    private int[] _statementMarks = [];
    private int _decision;

    /// <summary>The atoms that hold, in the order found; the first <see cref="FiredCount"/> entries.</summary>
    public int[] Fired { get; private set; } = [];

    public int FiredCount { get; private set; }

    /// <summary>The thread's scratch, ready for a new decision.</summary>
    public static DecisionScratch Begin(int atoms, int statements)
    {
        var scratch = s_current ??= new DecisionScratch();
        if (scratch._atomMarks.Length < atoms)
        {
            scratch._atomMarks = new int[atoms];
            scratch.Fired = new int[atoms];
        }

        if (scratch._statementMarks.Length < statements)
        {
            scratch._statementMarks = new int[statements];
        }

        if (++scratch._decision == int.MaxValue)
        {
            Array.Clear(scratch._atomMarks);
            Array.Clear(scratch._statementMarks);
            scratch._decision = 1;
        }

        scratch.FiredCount = 0;
        return scratch;
    }

    public void Fire(int atom)
    {
        if (_atomMarks[atom] != _decision)
        {
            _atomMarks[atom] = _decision;
            Fired[FiredCount++] = atom;
        }
    }

    public bool HasFired(int atom) => _atomMarks[atom] == _decision;

    /// <summary>Whether the statement is looked at for the first time.</summary>
    public bool Visit(int statement)
    {
        if (_statementMarks[statement] == _decision)
        {
            return false;
        }

        _statementMarks[statement] = _decision;
        return true;
    }
}
