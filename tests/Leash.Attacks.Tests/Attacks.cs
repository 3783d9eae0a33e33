using Leash.TestHarness;

namespace Leash.Attacks.Tests;

/// <summary>Rows of a table by name, each for whoever runs the tests and for an ordinary user.</summary>
internal static class Attacks
{
    public static TheoryData<string, Who> Rows(Attack[] attacks)
    {
        TheoryData<string, Who> rows = [];
        foreach (var attack in attacks)
        {
            rows.Add(attack.Name, Who.Self);
            // Programs in the kernel are for root to load, and rows share sessions to be few.
            if (Product.IsRoot && !Enforcer.IsInKernel && !Enforcer.IsBatch)
            {
                rows.Add(attack.Name, Who.User);
            }
        }

        return rows;
    }

    /// <param name="attacks">The table.</param>
    /// <param name="name">The row.</param>
    /// <param name="who">Who runs it.</param>
    /// <param name="prepare">Fills in places, in a session of the row's own.</param>
    public static void Check(Attack[] attacks, string name, Who who, Action<Arena>? prepare = null)
    {
        var attack = attacks.Single(attack => attack.Name == name);
        if (Enforcer.IsBatch)
        {
            var (shared, run) = AttackBatch.Run(attack);
            attack.Check(shared, run);
            return;
        }

        Arena arena = new(who);
        prepare?.Invoke(arena);
        attack.Check(arena, arena.Attack(attack.Policy, attack.Program, attack.Commands));
    }
}
