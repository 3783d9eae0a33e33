using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Leash.Bpf.Abi;
using Leash.Plan;

namespace Leash.Bpf.Plans;

/// <summary>Reads the bytes of a plan as the kernel programs do: what they are compared with, and how principals are computed in user space.</summary>
internal sealed class KernelPlanReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly LeashPlan _plan;

    /// <exception cref="InvalidDataException">Not a plan of this version.</exception>
    public KernelPlanReader(ReadOnlyMemory<byte> pages)
    {
        _bytes = pages;
        _plan = pages.Length >= PlanAbi.PageSize ? Read<LeashPlan>(0) : default;
        if (_plan.Magic != PlanAbi.PlanMagic || _plan.AbiVersion != SessionAbi.AbiVersion)
        {
            throw new InvalidDataException("not a plan of this version");
        }
    }

    public ulong Generation => _plan.Generation;

    public int PrincipalCount => (int)_plan.Principals.Count;

    public uint InitialPrincipal => _plan.Principals.Initial;

    /// <summary>The masks of a path: what its factors say together.</summary>
    public (PlanActionMask Permit, uint Forbid) Masks(uint principal, ReadOnlySpan<byte> path)
    {
        var permit = 0u;
        var forbid = 0u;
        foreach (var row in RowsOf(_plan.Paths, path))
        {
            var masks = MasksOf(row, principal);
            permit |= masks.Permit;
            forbid |= masks.Forbid;
        }

        return ((PlanActionMask)permit, forbid);
    }

    /// <summary>Decides an action on a path that is no exec, or an exec when arguments do not matter.</summary>
    public Verdict Decide(uint principal, ReadOnlySpan<byte> path, PlanAction action)
    {
        if (principal >= _plan.Principals.Count)
        {
            return default; // FAIL-CLOSED: no such class
        }

        var (permit, forbid) = Masks(principal, path);
        return VerdictOf(permit.Has(action), (forbid & (uint)action.ToMask()) != 0);
    }

    /// <summary>Decides an exec.</summary>
    public Verdict DecideExec(uint principal, ReadOnlySpan<byte> path, in ExecArguments arguments)
    {
        if (_plan.Exec.TestCount == 0 || principal >= _plan.Principals.Count)
        {
            return Decide(principal, path, PlanAction.ProcessExec);
        }

        var outcome = OutcomeOf(arguments);
        var bits = 0;
        foreach (var row in RowsOf(_plan.Paths, path))
        {
            var index = ((ulong)row * _plan.Principals.Count + principal) << (int)_plan.Exec.TestCount | outcome;
            bits |= Read<byte>(_plan.Exec.Masks + (uint)index);
        }

        return VerdictOf((bits & 1) != 0, (bits & 2) != 0);
    }

    /// <summary>Decides an action on a process of the session.</summary>
    public Verdict DecideProcess(uint principal, PlanAction action)
    {
        if (principal >= _plan.Principals.Count)
        {
            return default; // FAIL-CLOSED: no such class
        }

        var masks = MasksOf(_plan.Process, principal);
        return VerdictOf((masks.Permit & (uint)action.ToMask()) != 0, (masks.Forbid & (uint)action.ToMask()) != 0);
    }

    /// <summary>The class after an exec.</summary>
    /// <param name="principal">The class before.</param>
    /// <param name="binary">The executable that runs now.</param>
    /// <param name="script">The script, or empty.</param>
    public uint Move(uint principal, ReadOnlySpan<byte> binary, ReadOnlySpan<byte> script)
    {
        ref readonly var principals = ref _plan.Principals;
        if (principals.Count == 1)
        {
            return principal;
        }

        if (!script.IsEmpty)
        {
            principal = Move(principals.ByScript, principal, SymbolOf(script));
        }

        return Move(principals.ByBinary, principal, SymbolOf(binary));
    }

    private static Verdict VerdictOf(bool isPermitted, bool isForbidden) =>
        new(isForbidden ? VerdictReason.Forbidden : isPermitted ? VerdictReason.Permitted : VerdictReason.NoPermit);

    private uint Move(uint table, uint principal, uint symbol) => principal >= _plan.Principals.Count
        ? PlanAbi.NoPrincipal
        : Read<uint>(table + (principal * _plan.Principals.SymbolCount + symbol) * sizeof(uint));

    private uint SymbolOf(ReadOnlySpan<byte> path)
    {
        ref readonly var index = ref _plan.Principals.Index;
        var symbol = Literal(index, path) * _plan.Principals.DfaSymbols;
        return index.DfaCount == 0 ? symbol : symbol + Run(index.Dfas[0], path);
    }

    private LeashMasks MasksOf(uint row, uint principal) =>
        Read<LeashMasks>(_plan.Rows + (row * _plan.Principals.Count + principal) * (uint)Unsafe.SizeOf<LeashMasks>());

    private List<uint> RowsOf(in LeashPathIndex index, ReadOnlySpan<byte> path)
    {
        List<uint> rows = [Literal(index, path)];
        if (index.HasNames != 0 && path.Length > 1)
        {
            rows.Add(Find(index, PlanAbi.NodeName, PathText.NameOf(path), out var literal) ? literal.Exact : 0);
        }

        for (var i = 0; i < index.DfaCount; i++)
        {
            rows.Add(Run(index.Dfas[i], path, isBackward: i < index.BackwardDfas));
        }

        return rows;
    }

    private uint Literal(in LeashPathIndex index, ReadOnlySpan<byte> path)
    {
        if (path[0] != (byte)'/')
        {
            return Find(index, PlanAbi.NodeAbstract, path, out var name) ? name.Exact : index.Abstract;
        }

        if (path.Length == 1)
        {
            return index.RootExact;
        }

        var under = index.RootUnder;
        var parent = PlanAbi.NodeRoot;
        var rest = path[1..];
        while (true)
        {
            var slash = rest.IndexOf((byte)'/');
            if (!Find(index, parent, slash < 0 ? rest : rest[..slash], out var literal))
            {
                return under;
            }

            if (slash < 0)
            {
                return literal.Exact;
            }

            (under, parent) = (literal.Under, literal.Node);
            rest = rest[(slash + 1)..];
        }
    }

    private bool Find(in LeashPathIndex index, uint parent, ReadOnlySpan<byte> name, out LeashLiteral found)
    {
        var hash = KernelHash.Of(parent, name);
        for (var probe = 0u; probe < PlanAbi.MaxProbes; probe++)
        {
            found = Read<LeashLiteral>(index.Literals + (((uint)hash + probe) & index.Mask) * (uint)Unsafe.SizeOf<LeashLiteral>());
            if (found.Hash == 0)
            {
                return false;
            }

            if (found.Hash == hash && found.Parent == parent && found.NameLength == name.Length
                && _bytes.Span.Slice((int)found.Name, name.Length).SequenceEqual(name))
            {
                return true;
            }
        }

        found = default;
        return false;
    }

    private uint Run(in LeashDfa dfa, ReadOnlySpan<byte> text, bool isBackward = false)
    {
        var transition = dfa.Start;
        for (var i = 0; i < text.Length && (transition & 1) == 0; i++)
        {
            var value = isBackward ? text[^(i + 1)] : text[i];
            transition = Read<uint>(dfa.Transitions + transition + Read<byte>(dfa.Columns + value) * (uint)sizeof(uint));
        }

        return Read<uint>(dfa.Labels + (transition >> (int)(dfa.ColumnBits + 2)) * sizeof(uint));
    }

    private ulong OutcomeOf(in ExecArguments arguments)
    {
        var outcome = 0ul;
        for (var i = 0; i < _plan.Exec.TestCount; i++)
        {
            var test = _plan.Exec.Tests[i];
            var text = _bytes.Span.Slice((int)test.Text, (int)test.TextLength);
            var holds = test.Kind switch
            {
                LeashArgumentKind.ArgsContain => arguments.Contains(text),
                LeashArgumentKind.ArgsEmpty => arguments.Arguments.IsEmpty,
                LeashArgumentKind.Argv0Is => arguments.Argv0.SequenceEqual(text),
                LeashArgumentKind.Argv0Like => Run(test.Dfa, arguments.Argv0) == 1,
                LeashArgumentKind.InterpreterIs => arguments.Interpreter.SequenceEqual(text),
                LeashArgumentKind.InterpreterLike => Run(test.Dfa, arguments.Interpreter) == 1,
            };
            outcome |= holds ? 1ul << i : 0;
        }

        return outcome;
    }

    private T Read<T>(uint address)
        where T : unmanaged => MemoryMarshal.Read<T>(_bytes.Span[(int)address..]);
}
