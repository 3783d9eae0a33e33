using System.Collections.Immutable;
using Leash.Http.Secrets;
using Leash.Plan;

namespace Leash.Http.Rewriting;

/// <summary>Changes of headers, together.</summary>
public static class HeaderEdits
{
    /// <summary>
    /// Whether two changes cannot both be made: both are of one header, and they are not the same, unless both add. Statements have no order, so
    /// neither would win.
    /// </summary>
    public static bool Contradict(HeaderEdit one, HeaderEdit other) =>
        one.Header == other.Header && one != other && !(one.Operation == HeaderOperation.Add && other.Operation == HeaderOperation.Add);

    /// <summary>The first two that contradict each other, or null.</summary>
    public static (PlannedEdit One, PlannedEdit Other)? FindContradiction(ImmutableArray<PlannedEdit> edits)
    {
        for (var i = 0; i < edits.Length; i++)
        {
            for (var j = i + 1; j < edits.Length; j++)
            {
                if (Contradict(edits[i].Edit, edits[j].Edit))
                {
                    return (edits[i], edits[j]);
                }
            }
        }

        return null;
    }

    /// <summary>
    /// The fields after all changes, which do not contradict each other; null with the name of a secret that is not there: a request is never
    /// sent with half of its changes.
    /// </summary>
    public static ImmutableArray<HttpField>? Apply(
        ImmutableArray<HttpField> fields, IEnumerable<HeaderEdit> edits, Func<string, Secret?> find, out string? missingSecret)
    {
        missingSecret = null;
        foreach (var edit in edits.Distinct())
        {
            if (edit.Operation != HeaderOperation.Add)
            {
                fields = fields.RemoveAll(field => field.Name == edit.Header);
            }

            if (edit.Operation == HeaderOperation.Remove)
            {
                continue;
            }

            // The compiler has refused values that cannot be read.
            var value = RewriteValue.Parse(edit.Value, out _);
            if (value?.Reveal(find) is not { } text)
            {
                missingSecret = value?.Secrets.FirstOrDefault(name => find(name) is null) ?? "";
                return null;
            }

            fields = fields.Add(new HttpField(edit.Header, text));
        }

        return fields;
    }
}
