namespace Leash.Plan;

/// <summary>
/// A boolean function of up to <see cref="MaxInputs"/> inputs, by value: bit <c>i</c> of the table is the result when input <c>j</c> is bit
/// <c>j</c> of <c>i</c>.
/// </summary>
public sealed class TruthTable : IEquatable<TruthTable>
{
    /// <summary>The most inputs: 4,096 rows.</summary>
    public const int MaxInputs = 12;

    private readonly ulong[] _bits;

    private TruthTable(int inputs, ulong[] bits)
    {
        Inputs = inputs;
        _bits = bits;
    }

    /// <summary>True without inputs.</summary>
    public static TruthTable True { get; } = new(0, [1]);

    /// <summary>The value of one input.</summary>
    public static TruthTable Identity { get; } = new(1, [0b10]);

    public int Inputs { get; }

    /// <summary>The number of rows.</summary>
    public int Rows => 1 << Inputs;

    /// <summary>Whether no row is true.</summary>
    public bool IsNever
    {
        get
        {
            foreach (var word in _bits)
            {
                if (word != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public bool this[int row] => (_bits[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>The table of a function of <paramref name="inputs"/> inputs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxInputs"/> inputs.</exception>
    public static TruthTable Create(int inputs, Func<int, bool> valueOfRow)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputs, MaxInputs);
        var bits = new ulong[Math.Max(1, (1 << inputs) >> 6)];
        for (var row = 0; row < 1 << inputs; row++)
        {
            if (valueOfRow(row))
            {
                bits[row >> 6] |= 1ul << (row & 63);
            }
        }

        var table = new TruthTable(inputs, bits);
        return table.Equals(Identity) ? Identity : table.Equals(True) ? True : table;
    }

    /// <summary>True exactly when every input is.</summary>
    public static TruthTable All(int inputs) => inputs switch
    {
        0 => True,
        1 => Identity,
        _ => Create(inputs, row => row == (1 << inputs) - 1),
    };

    /// <summary>Whether it is true only where an input is.</summary>
    internal bool Needs(int input)
    {
        for (var row = 0; row < Rows; row++)
        {
            if (this[row] && (row >> input & 1) == 0)
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(TruthTable? other)
    {
        if (other is null || Inputs != other.Inputs)
        {
            return false;
        }

        for (var i = 0; i < _bits.Length; i++)
        {
            if (_bits[i] != other._bits[i])
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as TruthTable);

    public override int GetHashCode() => HashCode.Combine(Inputs, _bits[0]);
}
