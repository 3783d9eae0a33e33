using System.Text;
using Cedar.Authorization;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Formatting;

/// <summary>
/// Writes syntax trees as Cedar text, laid out as <see cref="CedarFormatter"/> does. Reading the text gives the same trees, but for
/// spans, ids, literals that no text has (sets, records and extension values become the expressions that make them) and paths of
/// <c>has</c> with a name that is no identifier, which Cedar syntax cannot say. Never throws.
/// </summary>
public static class CedarPrinter
{
    /// <summary>The expression on one line.</summary>
    public static string Print(Expr expression)
    {
        var builder = new StringBuilder();
        new ExpressionText(builder).Write(expression);
        return builder.ToString();
    }

    /// <summary>The policy or template with its annotations; the id is not part of it. A linked policy has its entities instead of slots.</summary>
    public static string Print(Policy policy, FormatOptions? options = null)
    {
        var text = new StringBuilder();
        Write(text, policy);
        return Format(text.ToString(), options);
    }

    /// <summary>The policies one below the other, an empty line between.</summary>
    public static string Print(IEnumerable<Policy> policies, FormatOptions? options = null)
    {
        // One after the other: a policy that is nested too deeply for the formatter leaves the others formatted.
        return string.Join('\n', policies.Select(policy => Print(policy, options)));
    }

    /// <summary>
    /// The templates and then the policies, those that are linked too. Text has no links and no ids: what keeps them is the JSON form.
    /// </summary>
    public static string Print(PolicySet policies, FormatOptions? options = null) => Print(policies.Templates.Concat(policies.Policies), options);

    /// <summary>What no text can have (too deep, too long) stays on one line.</summary>
    private static string Format(string text, FormatOptions? options) => CedarFormatter.Format(new SourceText(text), options).Text ?? text + "\n";

    private static void Write(StringBuilder text, Policy policy)
    {
        foreach (var annotation in policy.Annotations)
        {
            text.Append('@').Append(annotation.Name);
            if (annotation.Value.Length > 0)
            {
                text.Append('(').Append(CedarString.Quote(annotation.Value)).Append(')');
            }

            text.Append('\n');
        }

        text.Append(policy.Effect == Effect.Permit ? "permit (" : "forbid (");
        Write(text, "principal", policy.Principal);
        Write(text.Append(", "), "action", policy.Action);
        Write(text.Append(", "), "resource", policy.Resource);
        text.Append(')');
        foreach (var condition in policy.Conditions)
        {
            text.Append(condition.IsUnless ? " unless { " : " when { ");
            new ExpressionText(text).Write(condition.Body);
            text.Append(" }");
        }

        text.Append(';');
    }

    private static void Write(StringBuilder text, string variable, ScopeConstraint constraint)
    {
        text.Append(variable).Append(constraint.Kind switch
        {
            ScopeKind.All => "",
            ScopeKind.Equal => " == ",
            ScopeKind.In or ScopeKind.InSet => " in ",
            ScopeKind.Is => $" is {constraint.EntityType}",
            ScopeKind.IsIn => $" is {constraint.EntityType} in ",
        });
        if (constraint.HasSlot)
        {
            text.Append('?').Append(variable);
        }
        else if (constraint.Kind == ScopeKind.InSet)
        {
            text.Append('[').AppendJoin<EntityUid>(", ", constraint.Entities).Append(']');
        }
        else if (!constraint.Entities.IsEmpty)
        {
            text.Append(constraint.Entities[0]);
        }
    }
}
