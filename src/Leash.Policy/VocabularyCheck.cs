using Cedar.Diagnostics;
using Cedar.Syntax;
using Leash.Plan;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy;

/// <summary>Reports attributes and context keys that no request for a policy's actions has.</summary>
internal static class VocabularyCheck
{
    public static void Check(CedarPolicy policy, PlanActionMask actions, bool namesUnenforced, DiagnosticBag diagnostics)
    {
        if (policy.Conditions.IsEmpty)
        {
            return;
        }

        Stack<Expr> open = new(policy.Conditions.Select(condition => condition.Body));
        while (open.TryPop(out var expression))
        {
            switch (expression)
            {
                case Expr.GetAttribute { Target: Expr.Var target } access:
                    CheckName(target.Variable, access.Name, access.Span);
                    break;
                case Expr.Has { Target: Expr.Var target } has:
                    CheckName(target.Variable, has.Path[0], has.Span);
                    break;
                default:
                    foreach (var child in expression.Children())
                    {
                        open.Push(child);
                    }

                    break;
            }
        }

        void CheckName(Variable variable, string name, SourceSpan span)
        {
            var isKnown = variable switch
            {
                Variable.Principal => Vocabulary.PrincipalAttribute(name) is not null,
                Variable.Resource => AnyShape(actions, shape => Vocabulary.ResourceAttribute(shape, name) is not null),
                Variable.Context => AnyShape(actions, shape => Vocabulary.ContextKey(shape, name) is not null)
                    || (namesUnenforced && Vocabulary.IsUnenforcedContextKey(name)),
                Variable.Action => false,
            };
            if (!isKnown)
            {
                Report(variable, name, span, actions, policy, diagnostics);
            }
        }
    }

    private static bool AnyShape(PlanActionMask actions, Func<RequestShape, bool> isTrue)
    {
        foreach (var shape in Vocabulary.Shapes)
        {
            if ((actions & Vocabulary.ActionsOf(shape)) != PlanActionMask.None && isTrue(shape))
            {
                return true;
            }
        }

        return false;
    }

    private static void Report(
        Variable variable, string name, SourceSpan span, PlanActionMask actions, CedarPolicy policy, DiagnosticBag diagnostics)
    {
        List<RequestShape> shapes = [.. Vocabulary.Shapes.Where(shape => (actions & Vocabulary.ActionsOf(shape)) != PlanActionMask.None)];
        string[] known = variable switch
        {
            Variable.Principal => ["exe", "lineage", "uid"],
            Variable.Resource => shapes.Any(Vocabulary.HasPath) ? ["path", "name"] : shapes.Any(s => s != RequestShape.Process) ? ["name"] : [],
            Variable.Context => [.. shapes.SelectMany(Vocabulary.ContextKeysOf)],
            Variable.Action => [],
        };
        var help = Suggestion.DidYouMean(name, known)
            ?? (known.Length == 0 ? "for these actions there is none" : $"there is {string.Join(", ", known.Select(k => $"`{k}`"))}");
        if (variable == Variable.Context)
        {
            diagnostics.Error(
                LeashCodes.UnknownContextKey, $"the context of these actions has no `{name}`", help, span, policy.Source);
            return;
        }

        var owner = variable switch
        {
            Variable.Principal => "a principal",
            Variable.Resource => "the resource of these actions",
            Variable.Action or Variable.Context => "an action",
        };
        diagnostics.Error(LeashCodes.UnknownAttribute, $"{owner} has no attribute `{name}`", help, span, policy.Source);
    }
}
