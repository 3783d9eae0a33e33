using System.Collections.Immutable;
using Leash.Plan.Deciding;

namespace Leash.Plan;

/// <summary>
/// The changes that a permit on rewriting proposes: each header that it names, with each value, by each operation (<c>set</c> when it names
/// none), as far as that can satisfy it. Whether its conditions and the other statements agree is decided for each of them as for any request.
/// </summary>
public static class RewriteProposals
{
    /// <summary>None for a forbid, and for a statement that names no header, or no value where one is needed.</summary>
    public static ImmutableArray<HeaderEdit> Of(PlanStatement statement)
    {
        if (statement.Effect != PlanEffect.Permit || !statement.Actions.Has(PlanAction.HttpRewrite))
        {
            return [];
        }

        var named = LiteralsOf(statement, HttpText.RewriteOperation).Select(HeaderEdit.OperationOf).OfType<HeaderOperation>().ToList();
        HeaderOperation[] operations = named.Count == 0 ? [HeaderOperation.Set] : [.. named];
        var values = LiteralsOf(statement, HttpText.RewriteValue);
        return
        [
            .. from header in LiteralsOf(statement, HttpText.RewriteHeader)
               from operation in operations
               from value in operation == HeaderOperation.Remove ? [""] : values
               let edit = new HeaderEdit(operation, header, value)
               where IsPossible(statement, edit)
               select edit,
        ];
    }

    /// <summary>Whether the statement is satisfied by the change for some process and host: a value that it excludes is named, too.</summary>
    private static bool IsPossible(PlanStatement statement, HeaderEdit edit)
    {
        var (asked, row) = (0, 0);
        for (var i = 0; i < statement.Atoms.Length; i++)
        {
            if (statement.Atoms[i].Domain == TestDomain.Http)
            {
                asked |= 1 << i;
                row |= statement.Atoms[i].Tests.Any(test => HttpTests.Holds(test, edit)) ? 1 << i : 0;
            }
        }

        return Enumerable.Range(0, statement.Table.Rows).Any(each => (each & asked) == row && statement.Table[each]);
    }

    private static ImmutableArray<string> LiteralsOf(PlanStatement statement, HttpText text) =>
    [
        .. statement.Atoms.SelectMany(atom => atom.Tests).OfType<PlanTest.HttpTextIs>().Where(test => test.Text == text)
            .Select(test => test.Value).Distinct(StringComparer.Ordinal),
    ];
}
