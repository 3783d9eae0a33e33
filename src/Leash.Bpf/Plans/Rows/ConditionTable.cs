using System.Numerics;
using Leash.Plan;

namespace Leash.Bpf.Plans.Rows;

/// <summary>
/// The conditions of a plan, each once. A condition is what is left of a statement when the tests on the resource are known: a function of the
/// principal and the arguments, without the inputs that do not change it.
/// </summary>
internal sealed class ConditionTable
{
    public const int Always = 0;
    public const int Never = -1;

    private readonly List<Condition?> _conditions = [null];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public AtomTable PrincipalAtoms { get; } = new();

    public AtomTable ExecAtoms { get; } = new();

    public int Count => _conditions.Count;

    public Condition this[int number] => _conditions[number] ?? throw new ArgumentOutOfRangeException(nameof(number));

    /// <summary>What is left of a statement.</summary>
    /// <param name="statement">A statement.</param>
    /// <param name="trueInputs">The inputs on the resource that hold; tests on facts that the request does not have are false.</param>
    /// <param name="hasArguments">Whether the request has arguments.</param>
    /// <returns>A number, or <see cref="Never"/>.</returns>
    public int Of(PlanStatement statement, int trueInputs, bool hasArguments)
    {
        var principals = Group(statement, TestDomain.Principal, PrincipalAtoms);
        var execs = hasArguments ? Group(statement, TestDomain.Exec, ExecAtoms) : [];
        if (principals.Count + execs.Count == 0)
        {
            return statement.Table[trueInputs] ? Always : Never;
        }

        List<Input> inputs = [.. principals, .. execs];
        var table = new bool[1 << inputs.Count];
        for (var i = 0; i < table.Length; i++)
        {
            var row = trueInputs;
            for (var rest = i; rest != 0; rest &= rest - 1)
            {
                row |= inputs[BitOperations.TrailingZeroCount(rest)].Bits;
            }

            table[i] = statement.Table[row];
        }

        return Intern(inputs, principals.Count, table);
    }

    private static List<Input> Group(PlanStatement statement, TestDomain domain, AtomTable atoms)
    {
        List<Input> inputs = [];
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Domain != domain)
            {
                continue;
            }

            var atom = atoms.Add(statement.Atoms[i]);
            var known = inputs.FindIndex(input => input.Atom == atom);
            if (known >= 0)
            {
                inputs[known] = new Input(atom, inputs[known].Bits | 1 << i);
            }
            else
            {
                inputs.Add(new Input(atom, 1 << i));
            }
        }

        return inputs;
    }

    private int Intern(List<Input> inputs, int principalCount, bool[] table)
    {
        for (var i = inputs.Count - 1; i >= 0; i--)
        {
            if (Without(table, i) is { } shorter)
            {
                table = shorter;
                inputs.RemoveAt(i);
                principalCount -= i < principalCount ? 1 : 0;
            }
        }

        if (inputs.Count == 0)
        {
            return table[0] ? Always : Never;
        }

        var condition = new Condition(
            [.. inputs.Take(principalCount).Select(input => input.Atom)], [.. inputs.Skip(principalCount).Select(input => input.Atom)], table);
        if (!_numbers.TryGetValue(condition.Key, out var number))
        {
            number = _conditions.Count;
            _numbers.Add(condition.Key, number);
            _conditions.Add(condition);
        }

        return number;
    }

    /// <summary>The table without an input that makes no difference; null when it makes one.</summary>
    private static bool[]? Without(bool[] table, int input)
    {
        var bit = 1 << input;
        var result = new bool[table.Length / 2];
        for (var i = 0; i < result.Length; i++)
        {
            var row = (i & (bit - 1)) | (i & ~(bit - 1)) << 1;
            if (table[row] != table[row | bit])
            {
                return null;
            }

            result[i] = table[row];
        }

        return result;
    }

    /// <summary>An atom and the inputs of the statement that are this atom.</summary>
    private readonly record struct Input(int Atom, int Bits);
}
