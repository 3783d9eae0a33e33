namespace Leash.Enforcement.Labels;

/// <summary>Who a process is to the policy: its principal class and the executable it runs.</summary>
/// <param name="id">The number that the kernel keeps for the process.</param>
/// <param name="principal">The class in the plan.</param>
/// <param name="exe">Canonical path of the executable; empty before the command's first exec.</param>
internal sealed class Label(int id, int principal, byte[] exe)
{
    public int Id { get; } = id;

    public int Principal { get; } = principal;

    public byte[] Exe { get; } = exe;
}
