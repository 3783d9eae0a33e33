namespace Leash.Bpf.Plans.Rows;

/// <summary>A boolean function of facts that are not of the resource: atoms on principals and on arguments.</summary>
/// <param name="principalAtoms">Its first inputs: numbers of <see cref="ConditionTable.PrincipalAtoms"/>.</param>
/// <param name="execAtoms">Its other inputs: numbers of <see cref="ConditionTable.ExecAtoms"/>.</param>
/// <param name="table">Its value for each combination of inputs, the first input in bit 0.</param>
internal sealed class Condition(int[] principalAtoms, int[] execAtoms, bool[] table)
{
    public bool NeedsArguments => execAtoms.Length > 0;

    public IReadOnlyList<int> ExecAtoms => execAtoms;

    /// <summary>What identifies it.</summary>
    public string Key { get; } =
        $"{string.Join(',', principalAtoms)};{string.Join(',', execAtoms)};{string.Concat(table.Select(value => value ? '1' : '0'))}";

    public bool Holds(Func<int, bool> principal, Func<int, bool> exec)
    {
        var row = 0;
        for (var i = 0; i < principalAtoms.Length; i++)
        {
            row |= principal(principalAtoms[i]) ? 1 << i : 0;
        }

        for (var i = 0; i < execAtoms.Length; i++)
        {
            row |= exec(execAtoms[i]) ? 1 << (principalAtoms.Length + i) : 0;
        }

        return table[row];
    }
}
