namespace Leash.Attacks.Tests;

/// <summary>Every row, for those who run them together. Names are unique.</summary>
internal static class AttackTables
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        .. FileAttackTests.Table, .. ExecAttackTests.Table, .. MountAttackTests.Table, .. ProcessAttackTests.Table, .. SocketAttackTests.Table,
        .. RaceTests.Table, .. CallerAttackTests.Table,
    ];
}
