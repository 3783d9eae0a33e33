using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Endpoints;

/// <summary>A statement on endpoints while a plan is compiled: what it says in each column when some of its atoms on addresses and names hold.</summary>
internal sealed class EndpointStatement
{
    private readonly RowTable _rows;
    private readonly PortColumns _columns;
    private readonly int[] _plain;
    private readonly Dictionary<int, int> _known = [];

    public EndpointStatement(PlanStatement statement, RowTable rows, PortColumns columns)
    {
        Source = statement;
        _rows = rows;
        _columns = columns;
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            foreach (var test in statement.Atoms[i].Tests)
            {
                Inputs |= IsOnAddress(test) || IsOnName(test) ? 1 << i : 0;
                HasAddresses |= IsOnAddress(test);
                HasNames |= IsOnName(test);
            }
        }

        _plain = [.. Enumerable.Range(0, columns.Count).Select(PlainInputs)];
        IsSimple = int.IsPow2(Inputs) && IsMonotone(Inputs);
        IsLoud = _plain.Distinct().Any(plain => RowOf(plain) != RowTable.Empty);
    }

    public PlanStatement Source { get; }

    /// <summary>The atoms with a test on addresses or names.</summary>
    public int Inputs { get; }

    public bool HasAddresses { get; }

    public bool HasNames { get; }

    /// <summary>Whether its one atom on addresses and names can only add to what it says: each test of the atom does so by itself.</summary>
    public bool IsSimple { get; }

    /// <summary>Whether it can say something when no atom on addresses and names holds.</summary>
    public bool IsLoud { get; }

    public static bool IsOnAddress(PlanTest test) => test is PlanTest.AddressIn or PlanTest.AddressPortIs;

    public static bool IsOnName(PlanTest test) => test is PlanTest.HostIs or PlanTest.HostUnder or PlanTest.HostLike or PlanTest.HostPortIs;

    /// <summary>The port that a test asks for besides, or 0.</summary>
    public static int PortOf(PlanTest test) => test switch
    {
        PlanTest.HostPortIs host => host.Port,
        PlanTest.AddressPortIs address => address.Port,
        _ => 0,
    };

    /// <summary>What it says when no atom on addresses and names holds.</summary>
    public int[] Base() => [.. _plain.Select(RowOf)];

    /// <summary>What it says when the only atom holds, at one port or at all (0).</summary>
    public int[] Alone(int port) =>
        [.. _plain.Select((plain, column) => port == 0 || _columns.IsPort(column, port) ? RowOf(plain | Inputs) : RowTable.Empty)];

    /// <summary>What it says when these of its atoms hold.</summary>
    public int[] With(IEnumerable<FiredAtom> fired)
    {
        var atoms = fired.ToArray();
        return [.. _plain.Select((plain, column) => RowOf(
            atoms.Where(atom => atom.Port == 0 || _columns.IsPort(column, atom.Port)).Aggregate(plain, (inputs, atom) => inputs | atom.Bit)))];
    }

    private int PlainInputs(int column)
    {
        var inputs = 0;
        for (var i = 0; i < Source.Atoms.Length; i++)
        {
            inputs |= Source.Atoms[i].Tests.Any(test => _columns.Holds(test, column)) ? 1 << i : 0;
        }

        return inputs;
    }

    private int RowOf(int inputs)
    {
        if (!_known.TryGetValue(inputs, out var row))
        {
            row = _rows.Of(Source, PlanActionMask.Network, inputs);
            _known.Add(inputs, row);
        }

        return row;
    }

    private bool IsMonotone(int bit)
    {
        for (var row = 0; row < Source.Table.Rows; row++)
        {
            if (Source.Table[row] && !Source.Table[row | bit])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>An atom of a statement that depends on several, where one of its tests holds.</summary>
/// <param name="Statement">The number of the statement among those.</param>
/// <param name="Bit">The atom's input.</param>
/// <param name="Port">At this port only; 0 for all.</param>
/// <param name="IsBare">The test is on the text of an address without a name.</param>
internal readonly record struct FiredAtom(int Statement, int Bit, int Port, bool IsBare);
