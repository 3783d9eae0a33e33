using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>
/// Finds the tests in conditions, for requests of one shape: what enforcers can test becomes an input, <c>context.t0</c>, <c>context.t1</c>, …;
/// what is left depends on these inputs and on constants only, and the evaluator is asked about it for every combination of inputs.
/// </summary>
internal sealed class ConditionReducer(RequestShape shape, SourceText source, DiagnosticBag diagnostics, ReportedPlaces reported)
{
    private readonly List<PlanAtom> _atoms = [];
    private readonly TestRecognizer _recognizer = new(shape, source, diagnostics, reported);

    /// <summary>The inputs, in order.</summary>
    public IReadOnlyList<PlanAtom> Atoms => _atoms;

    /// <summary>The name of an input in reduced expressions.</summary>
    public static string InputName(int index) => $"t{index}";

    /// <summary>A conjunction whose operands are all inputs, negated inputs or constants; null when it is not that simple.</summary>
    /// <returns>The input and the value it must have, for each operand; empty for always, null in <c>Inputs</c> for never.</returns>
    public Conjunction? TryReduceConjunction(IReadOnlyList<Expr> operands)
    {
        List<TestOutcome> outcomes = [];
        foreach (var operand in operands)
        {
            if (_recognizer.Recognize(operand) is not { } outcome)
            {
                return null;
            }

            outcomes.Add(outcome);
        }

        List<RequiredInput> inputs = [];
        foreach (var outcome in outcomes)
        {
            if (outcome.Constant is { } constant)
            {
                if (!constant)
                {
                    return new Conjunction(null);
                }
            }
            else
            {
                inputs.Add(new RequiredInput(InputOf(outcome.Tests), !outcome.IsNegated));
            }
        }

        return new Conjunction(inputs);
    }

    /// <summary>The expression over inputs. What cannot be tested is reported.</summary>
    public Expr Reduce(Expr expression) => Reduce(expression, null);

    private Expr Reduce(Expr expression, Expr? enclosing)
    {
        if (expression is Expr.Or or Expr.And)
        {
            return ReduceChain(expression);
        }

        if (_recognizer.Recognize(expression) is { } outcome)
        {
            return ToExpr(outcome, expression.Span);
        }

        return expression switch
        {
            Expr.Unary { Operator: UnaryOperator.Not } not => not with { Operand = Reduce(not.Operand, null) },
            Expr.If choice => choice with
            {
                Condition = Reduce(choice.Condition, null),
                Then = Reduce(choice.Then, enclosing),
                Else = Reduce(choice.Else, enclosing),
            },
            Expr.GetAttribute access => ReduceAttribute(access, enclosing ?? access),
            Expr.Var variable => ReduceVariable(variable, enclosing ?? variable),
            _ => ReduceChildren(expression, enclosing ?? expression),
        };
    }

    private Expr ReduceChildren(Expr expression, Expr enclosing) => expression switch
    {
        Expr.Unary unary => unary with { Operand = Reduce(unary.Operand, enclosing) },
        Expr.Binary binary => binary with { Left = Reduce(binary.Left, enclosing), Right = Reduce(binary.Right, enclosing) },
        Expr.Has has => has with { Target = Reduce(has.Target, enclosing) },
        Expr.Like like => like with { Target = Reduce(like.Target, enclosing) },
        Expr.Is test => test with
        {
            Target = Reduce(test.Target, enclosing),
            In = test.In is { } ancestor ? Reduce(ancestor, enclosing) : null,
        },
        Expr.Set set => set with { Elements = [.. set.Elements.Select(element => Reduce(element, enclosing))] },
        Expr.Record record => record with
        {
            Fields = [.. record.Fields.Select(field => KeyValuePair.Create(field.Key, Reduce(field.Value, enclosing)))],
        },
        Expr.Call call => call with { Arguments = [.. call.Arguments.Select(argument => Reduce(argument, enclosing))] },
        _ => expression,
    };

    private Expr ReduceAttribute(Expr.GetAttribute access, Expr enclosing)
    {
        if (access.Target is not Expr.Var target)
        {
            return access with { Target = Reduce(access.Target, enclosing) };
        }

        var isFact = target.Variable switch
        {
            Variable.Principal => access.Name is "exe" or "lineage",
            Variable.Resource => Vocabulary.ResourceAttribute(shape, access.Name) is not null,
            Variable.Context => Vocabulary.ContextKey(shape, access.Name) is not null,
            Variable.Action => false,
        };

        // An attribute that requests of this shape do not have is left to the evaluator, which says so.
        return isFact ? NotEnforceable(enclosing) : access;
    }

    private Expr ReduceVariable(Expr.Var variable, Expr enclosing) => variable.Variable switch
    {
        Variable.Principal or Variable.Action => variable,
        Variable.Resource or Variable.Context => NotEnforceable(enclosing),
    };

    private Expr.Literal NotEnforceable(Expr expression)
    {
        if (FailingConstant(expression) is { } error)
        {
            if (reported.Add(error.Span))
            {
                diagnostics.Error(LeashCodes.ConditionFails, $"the condition has no value: {error.Message}", null, error.Span, source);
            }
        }
        else if (reported.Add(expression.Span))
        {
            var text = source.Text.AsSpan(expression.Span.Start, expression.Span.Length);
            diagnostics.Add(new Diagnostic(
                LeashCodes.NotEnforceable, Severity.Error, $"`{Shorten(text)}` cannot be enforced exactly", HelpFor(expression),
                expression.Span, source));
        }

        return new Expr.Literal(BoolValue.False, expression.Span);
    }

    /// <summary>Why a part without variables has no value, when there is such a part: then that is the mistake.</summary>
    private static EvaluationError? FailingConstant(Expr expression)
    {
        foreach (var child in expression.Children())
        {
            var error = child.IsClosed() ? Evaluator.EvaluateClosed(child).Error : FailingConstant(child);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static string HelpFor(Expr expression) => expression switch
    {
        Expr.Binary { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.In or BinaryOperator.Contains } =>
            "compare one fact of the request with literals, as in `resource.path == \"/a\"` or `resource in [Dir::\"/a\", Dir::\"/b\"]`",
        Expr.Binary { Operator: BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual } =>
            "compare `context.port` itself with a number",
        _ when expression.Children().Any(HeaderTests.IsHeaders) =>
            "test one header by a literal name, as in `context.headers.hasTag(\"accept\") && context.headers.getTag(\"accept\") like \"text/*\"`",
        Expr.Call => "test `context.ip` with `isInRange(ip(\"…\"))`, `isLoopback()`, `isIpv4()` and the like",
        _ => "use `==`, `in`, `like` or `contains` between one fact of the request and literals",
    };

    private static string Shorten(ReadOnlySpan<char> text)
    {
        const int MaxLength = 60;
        return text.Length <= MaxLength ? text.ToString() : string.Concat(text[..MaxLength], "…");
    }

    /// <summary>
    /// A chain of <c>||</c> or <c>&amp;&amp;</c>. Neighbouring tests of one domain become one input: tests have no errors, so neither order nor
    /// short circuit can be told apart.
    /// </summary>
    private Expr ReduceChain(Expr expression)
    {
        var isOr = expression is Expr.Or;
        List<Expr> operands = [];
        Flatten(expression, isOr, operands);
        Expr? chain = null;
        TestOutcome? pending = null;
        foreach (var operand in operands)
        {
            var outcome = operand is Expr.Or or Expr.And ? null : _recognizer.Recognize(operand);
            if (outcome is { Constant: null } next && pending is { } before && before.CanJoin(next, isNegated: !isOr))
            {
                pending = before with { Tests = [.. before.Tests, .. next.Tests] };
                continue;
            }

            Append(ref pending);
            if (outcome is { Constant: null })
            {
                pending = outcome;
                continue;
            }

            var reduced = outcome is { } constant ? ToExpr(constant, operand.Span) : Reduce(operand, null);
            chain = Join(chain, reduced);
        }

        Append(ref pending);
        return chain!;

        void Append(ref TestOutcome? tests)
        {
            if (tests is { } outcome)
            {
                chain = Join(chain, ToExpr(outcome, expression.Span));
                tests = null;
            }
        }

        Expr Join(Expr? left, Expr right) =>
            left is null ? right : isOr ? new Expr.Or(left, right, expression.Span) : new Expr.And(left, right, expression.Span);
    }

    /// <summary>The operands in order. Both operators are associative, errors included.</summary>
    internal static void Flatten(Expr expression, bool isOr, List<Expr> operands)
    {
        Stack<Expr> open = new([expression]);
        while (open.TryPop(out var next))
        {
            if (isOr && next is Expr.Or or)
            {
                open.Push(or.Right);
                open.Push(or.Left);
            }
            else if (!isOr && next is Expr.And and)
            {
                open.Push(and.Right);
                open.Push(and.Left);
            }
            else
            {
                operands.Add(next);
            }
        }
    }

    private Expr ToExpr(TestOutcome outcome, SourceSpan span)
    {
        if (outcome.Constant is { } constant)
        {
            return new Expr.Literal(Value.Of(constant), span);
        }

        Expr input = new Expr.GetAttribute(new Expr.Var(Variable.Context, span), InputName(InputOf(outcome.Tests)), span);
        return outcome.IsNegated ? new Expr.Unary(UnaryOperator.Not, input, span) : input;
    }

    private int InputOf(IReadOnlyList<PlanTest> tests)
    {
        for (var i = 0; i < _atoms.Count; i++)
        {
            if (_atoms[i].Tests.AsSpan().SequenceEqual([.. tests]))
            {
                return i;
            }
        }

        _atoms.Add(new PlanAtom([.. tests]));
        return _atoms.Count - 1;
    }
}

/// <summary>Inputs with the values that they must have; null for a conjunction that is never true.</summary>
internal sealed record Conjunction(IReadOnlyList<RequiredInput>? Inputs);

/// <summary>An input and the value that it must have.</summary>
internal sealed record RequiredInput(int Input, bool Value);
