using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Arguments;
using Leash.Bpf.Plans.Principals;
using Leash.Plan;

namespace Leash.Bpf.Plans.Rows;

/// <summary>
/// Rows as the kernel reads them: masks for each principal class and, when arguments matter, verdicts on execs for each outcome of the tests on
/// them. Numbers are given when first asked for; rows that say the same get the same.
/// </summary>
internal sealed class FinalRows
{
    private const uint Exec = (uint)PlanActionMask.ProcessExec;

    private readonly RowTable _rows;
    private readonly PrincipalClasses _principals;
    private readonly ArgumentTests _arguments;
    private readonly Dictionary<int, int> _numbers = [];
    private readonly Dictionary<string, int> _byContent = new(StringComparer.Ordinal);
    private readonly List<LeashMasks[]> _masks = [];
    private readonly List<byte[]> _execs = [];
    private readonly Dictionary<int, bool[]> _truth = [];

    public FinalRows(RowTable rows, PrincipalClasses principals, ArgumentTests arguments)
    {
        _rows = rows;
        _principals = principals;
        _arguments = arguments;
        Of(RowTable.Empty);
    }

    public int Count => _masks.Count;

    /// <summary>The number in the kernel of a row.</summary>
    /// <exception cref="TooManyRowsException">The rows of the plan are too large.</exception>
    public int Of(int row)
    {
        if (_numbers.TryGetValue(row, out var number))
        {
            return number;
        }

        var masks = Masks(_rows[row]);
        var execs = _arguments.Count == 0 ? [] : Execs(_rows[row]);
        var key = string.Concat(
            MemoryMarshal.Cast<LeashMasks, char>(masks), MemoryMarshal.Cast<byte, char>(execs));
        if (!_byContent.TryGetValue(key, out number))
        {
            number = _masks.Count;
            if ((number + 1L) * Math.Max(masks.Length * 8L, execs.Length) > KernelLimits.RowBytes)
            {
                throw new TooManyRowsException();
            }

            _byContent.Add(key, number);
            _masks.Add(masks);
            _execs.Add(execs);
        }

        _numbers.Add(row, number);
        return number;
    }

    /// <summary>Places the masks.</summary>
    public uint WriteMasks(PageWriter pages)
    {
        var address = pages.Reserve(_masks.Sum(row => row.Length * 8L), 8);
        for (var i = 0; i < _masks.Count; i++)
        {
            var bytes = MemoryMarshal.AsBytes(_masks[i].AsSpan());
            bytes.CopyTo(pages.At(address + (uint)(i * bytes.Length), bytes.Length));
        }

        return address;
    }

    /// <summary>Places the verdicts on execs.</summary>
    public uint WriteExecs(PageWriter pages)
    {
        var address = pages.Reserve(_execs.Sum(row => (long)row.Length), 8);
        for (var i = 0; i < _execs.Count; i++)
        {
            _execs[i].CopyTo(pages.At(address + (uint)(i * _execs[i].Length), _execs[i].Length));
        }

        return address;
    }

    private LeashMasks[] Masks(ReadOnlySpan<Clause> clauses)
    {
        var masks = new LeashMasks[_principals.Count];
        foreach (var clause in clauses)
        {
            if (clause.Condition != ConditionTable.Always && _rows.Conditions[clause.Condition].NeedsArguments)
            {
                continue;
            }

            var truth = TruthOf(clause.Condition);
            for (var i = 0; i < masks.Length; i++)
            {
                if (truth[i])
                {
                    masks[i].Permit |= clause.Permit;
                    masks[i].Forbid |= clause.Forbid;
                }
            }
        }

        return masks;
    }

    private byte[] Execs(ReadOnlySpan<Clause> clauses)
    {
        var outcomes = 1 << _arguments.Count;
        if ((long)_principals.Count * outcomes > KernelLimits.RowBytes)
        {
            throw new TooManyRowsException();
        }

        var execs = new byte[_principals.Count * outcomes];
        foreach (var clause in clauses)
        {
            var bits = (byte)(((clause.Permit & Exec) != 0 ? 1 : 0) | ((clause.Forbid & Exec) != 0 ? 2 : 0));
            if (bits != 0)
            {
                Add(execs, clause.Condition, bits, outcomes);
            }
        }

        return execs;
    }

    private void Add(byte[] execs, int number, byte bits, int outcomes)
    {
        var condition = number == ConditionTable.Always ? null : _rows.Conditions[number];
        var isPlain = condition is null || !condition.NeedsArguments;
        var truth = isPlain ? TruthOf(number) : [];
        for (var principal = 0; principal < _principals.Count; principal++)
        {
            for (var outcome = 0; outcome < outcomes; outcome++)
            {
                var holds = condition is null || isPlain
                    ? truth[principal]
                    : condition.Holds(atom => _principals.Holds(principal, atom), atom => _arguments.Holds(atom, outcome));
                execs[principal * outcomes + outcome] |= holds ? bits : (byte)0;
            }
        }
    }

    private bool[] TruthOf(int number)
    {
        if (!_truth.TryGetValue(number, out var truth))
        {
            truth = new bool[_principals.Count];
            for (var i = 0; i < truth.Length; i++)
            {
                var principal = i;
                truth[i] = number == ConditionTable.Always
                    || _rows.Conditions[number].Holds(atom => _principals.Holds(principal, atom), _ => false);
            }

            _truth.Add(number, truth);
        }

        return truth;
    }
}

/// <summary>Rows beyond <see cref="KernelLimits.RowBytes"/>.</summary>
internal sealed class TooManyRowsException : Exception;
