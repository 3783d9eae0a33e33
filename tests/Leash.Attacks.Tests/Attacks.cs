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
            if (Product.IsRoot)
            {
                rows.Add(attack.Name, Who.User);
            }
        }

        return rows;
    }

    public static void Check(Attack[] attacks, string name, Who who)
    {
        Arena arena = new(who);
        attacks.Single(attack => attack.Name == name).Check(arena);
    }
}
