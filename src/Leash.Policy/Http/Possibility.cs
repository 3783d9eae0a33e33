using Cedar.Formatting;
using Cedar.Syntax;
using Cedar.Values;

namespace Leash.Policy.Http;

/// <summary>
/// Whether an expression over unknowns can be true, when each different test in it may turn out either way, for itself. Tests that contradict each
/// other count as possible together: that is the definition of the question, see docs/policy.md.
/// </summary>
internal static class Possibility
{
    /// <summary>Tests that occur more than once are tried with both answers; beyond this number they count as independent.</summary>
    private const int MaxTried = 16;

    public static bool CanBeTrue(Expr expression)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        Count(expression, counts);
        var repeated = counts.Where(pair => pair.Value > 1).Select(pair => pair.Key).Take(MaxTried).ToList();
        Dictionary<string, bool> answers = new(StringComparer.Ordinal);
        for (var row = 0; row < 1 << repeated.Count; row++)
        {
            for (var i = 0; i < repeated.Count; i++)
            {
                answers[repeated[i]] = (row >> i & 1) != 0;
            }

            if (Values(expression, answers).CanBeTrue)
            {
                return true;
            }
        }

        return false;
    }

    private static void Count(Expr expression, Dictionary<string, int> counts)
    {
        if (Parts(expression) is { } parts)
        {
            foreach (var part in parts)
            {
                Count(part, counts);
            }
        }
        else if (expression is not Expr.Literal)
        {
            var test = CedarPrinter.Print(expression);
            counts[test] = counts.GetValueOrDefault(test) + 1;
        }
    }

    /// <summary>The parts of what combines booleans; null of a test.</summary>
    private static Expr[]? Parts(Expr expression) => expression switch
    {
        Expr.And and => [and.Left, and.Right],
        Expr.Or or => [or.Left, or.Right],
        Expr.Unary { Operator: UnaryOperator.Not } not => [not.Operand],
        Expr.If choice => [choice.Condition, choice.Then, choice.Else],
        Expr.Binary { Operator: BinaryOperator.Equal } equal when IsBoolean(equal.Left) && IsBoolean(equal.Right) => [equal.Left, equal.Right],
        Expr.Binary { Operator: BinaryOperator.NotEqual } other => [other with { Operator = BinaryOperator.Equal }],
        Expr.Binary { Operator: BinaryOperator.Contains, Left: var list } contains when Elements(list) is { } elements =>
            [.. elements.Select(element => new Expr.Binary(BinaryOperator.Equal, contains.Right, element, contains.Span))],
        _ => null,
    };

    private static Outcomes Values(Expr expression, Dictionary<string, bool> answers)
    {
        if (expression is Expr.Literal { Value: BoolValue value })
        {
            return Outcomes.Only(value == BoolValue.True);
        }

        if (Parts(expression) is not { } parts)
        {
            return answers.TryGetValue(CedarPrinter.Print(expression), out var answer) ? Outcomes.Only(answer) : new Outcomes(true, true);
        }

        Outcomes[] values = [.. parts.Select(part => Values(part, answers))];
        return expression switch
        {
            Expr.And => new(values[0].CanBeTrue && values[1].CanBeTrue, values[0].CanBeFalse || values[1].CanBeFalse),
            Expr.Unary or Expr.Binary { Operator: BinaryOperator.NotEqual } => new(values[0].CanBeFalse, values[0].CanBeTrue),
            Expr.If => new(
                (values[0].CanBeTrue && values[1].CanBeTrue) || (values[0].CanBeFalse && values[2].CanBeTrue),
                (values[0].CanBeTrue && values[1].CanBeFalse) || (values[0].CanBeFalse && values[2].CanBeFalse)),
            Expr.Binary { Operator: BinaryOperator.Equal } => new(
                (values[0].CanBeTrue && values[1].CanBeTrue) || (values[0].CanBeFalse && values[1].CanBeFalse),
                (values[0].CanBeTrue && values[1].CanBeFalse) || (values[0].CanBeFalse && values[1].CanBeTrue)),
            _ => new(values.Any(part => part.CanBeTrue), values.All(part => part.CanBeFalse)),
        };
    }

    private static bool IsBoolean(Expr expression) => expression switch
    {
        Expr.Literal { Value: BoolValue } or Expr.And or Expr.Or or Expr.Has or Expr.Like or Expr.Is => true,
        Expr.Unary { Operator: UnaryOperator.Not } => true,
        Expr.If choice => IsBoolean(choice.Then),
        Expr.Binary binary => binary.Operator
            is not (BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.GetTag),
        Expr.Call call => call.IsMethod,
        _ => false,
    };

    private static IEnumerable<Expr>? Elements(Expr list) => list switch
    {
        Expr.Set set => set.Elements,
        Expr.Literal { Value: SetValue set } => set.Elements.Select(element => new Expr.Literal(element, list.Span)),
        _ => null,
    };

    private readonly record struct Outcomes(bool CanBeTrue, bool CanBeFalse)
    {
        public static Outcomes Only(bool value) => new(value, !value);
    }
}
