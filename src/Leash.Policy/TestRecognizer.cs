using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;
using Leash.Plan;

namespace Leash.Policy;

/// <summary>What an expression that enforcers can test comes to.</summary>
/// <param name="Constant">Its value when it is always the same for the shape.</param>
/// <param name="Tests">Otherwise the tests, of one domain, of which any must hold.</param>
/// <param name="IsNegated">Whether none must hold instead.</param>
internal sealed record TestOutcome(bool? Constant, IReadOnlyList<PlanTest> Tests, bool IsNegated)
{
    public static TestOutcome Always(bool value) => new(value, [], false);

    /// <summary>Any of these; never when there is none.</summary>
    public static TestOutcome AnyOf(IReadOnlyList<PlanTest> tests) => tests.Count == 0 ? Always(false) : new(null, tests, false);

    public TestOutcome Negate() => Constant is { } constant ? Always(!constant) : this with { IsNegated = !IsNegated };

    public bool CanJoin(TestOutcome next, bool isNegated) =>
        IsNegated == isNegated && next.IsNegated == isNegated && Tests[0].Domain == next.Tests[0].Domain;
}

/// <summary>Recognises the expressions that enforcers can test, for requests of one shape.</summary>
internal sealed class TestRecognizer(RequestShape shape, SourceText source, DiagnosticBag diagnostics, ReportedPlaces reported)
{
    /// <summary>What the expression comes to; null when it is no single test.</summary>
    public TestOutcome? Recognize(Expr expression) => (shape == RequestShape.Http ? HeaderTests.Recognize(expression) : null) ?? expression switch
    {
        Expr.Unary { Operator: UnaryOperator.Not, Operand: not (Expr.And or Expr.Or) } not => Recognize(not.Operand)?.Negate(),
        Expr.GetAttribute { Target: Expr.Var { Variable: Variable.Context }, Name: "abstract" } when shape == RequestShape.UnixConnect =>
            TestOutcome.AnyOf([new PlanTest.PathIsAbstract()]),
        Expr.Has { Target: Expr.Var target, Path: [var name] } => RecognizeHas(target.Variable, name),
        Expr.Like like => FactNames.Of(like.Target, shape) is { } fact && TestFactory.Like(fact, like.Pattern) is { } tests
            ? TestOutcome.AnyOf(tests)
            : null,
        Expr.Is { Target: Expr.Var target } test => RecognizeIs(test, target.Variable),
        Expr.Binary binary => RecognizeBinary(binary),
        Expr.Call { IsMethod: true } call => RecognizeMethod(call),
        _ => null,
    };

    /// <summary><c>resource in …</c> or <c>principal in …</c>.</summary>
    public TestOutcome? RecognizeIn(Variable variable, Value? ancestors, Expr place)
    {
        List<EntityUid> entities = [];
        switch (ancestors)
        {
            case EntityValue one:
                entities.Add(one.Uid);
                break;
            case SetValue set:
                foreach (var element in set.Elements)
                {
                    if (element is not EntityValue entity)
                    {
                        Mismatch(place, "`in` takes entities", null);
                        return TestOutcome.Always(false);
                    }

                    entities.Add(entity.Uid);
                }

                break;
            default:
                return null;
        }

        return variable switch
        {
            Variable.Resource => shape == RequestShape.Process ? ProcessIn(entities) : ResourceIn(entities),
            Variable.Principal => PrincipalIn(entities),
            Variable.Action or Variable.Context => null,
        };
    }

    private static BinaryOperator Mirror(BinaryOperator comparison) => comparison switch
    {
        BinaryOperator.Less => BinaryOperator.Greater,
        BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
        BinaryOperator.Greater => BinaryOperator.Less,
        BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
        _ => comparison,
    };

    private static bool IsLineage(Expr expression) =>
        expression is Expr.GetAttribute { Target: Expr.Var { Variable: Variable.Principal }, Name: "lineage" };

    /// <summary>Null when an element is a constant of the session: the evaluator knows those.</summary>
    private static TestOutcome? PrincipalIn(List<EntityUid> entities) =>
        entities.All(entity => entity.Type == "Exe")
            ? TestOutcome.AnyOf([.. entities.Select(entity => new PlanTest.LineageHas(entity.Id))])
            : null;

    private static TestOutcome? ProcessIn(List<EntityUid> entities) =>
        entities.Any(entity => entity.Type == "Process") ? null : TestOutcome.Always(false);

    private TestOutcome ResourceIn(List<EntityUid> entities)
    {
        List<PlanTest> tests = [];
        foreach (var entity in entities)
        {
            tests.AddRange(TestFactory.ResourceIn(entity, shape, out var isAlways));
            if (isAlways)
            {
                return TestOutcome.Always(true);
            }
        }

        return TestOutcome.AnyOf(tests);
    }

    private TestOutcome? RecognizeHas(Variable variable, string name) => variable switch
    {
        Variable.Principal => TestOutcome.Always(Vocabulary.PrincipalAttribute(name) is not null),
        Variable.Resource => TestOutcome.Always(Vocabulary.ResourceAttribute(shape, name) is not null),
        Variable.Context => TestOutcome.Always(Vocabulary.ContextKey(shape, name) is not null),
        Variable.Action => null,
    };

    private TestOutcome? RecognizeIs(Expr.Is test, Variable variable)
    {
        var type = variable switch
        {
            Variable.Principal => "Process",
            Variable.Resource => Vocabulary.ResourceTypeOf(shape),
            Variable.Action or Variable.Context => null,
        };
        if (type is null)
        {
            return null;
        }

        if (type != test.EntityType)
        {
            return TestOutcome.Always(false);
        }

        return test.In is { } ancestor ? RecognizeIn(variable, ancestor.ConstantValue(), ancestor) : TestOutcome.Always(true);
    }

    private TestOutcome? RecognizeBinary(Expr.Binary binary) => binary.Operator switch
    {
        BinaryOperator.Equal => RecognizeEqual(binary),
        BinaryOperator.NotEqual => RecognizeEqual(binary)?.Negate(),
        BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual =>
            RecognizeComparison(binary),
        BinaryOperator.In => binary.Left is Expr.Var variable ? RecognizeIn(variable.Variable, binary.Right.ConstantValue(), binary.Right) : null,
        BinaryOperator.Contains => RecognizeContains(binary),
        BinaryOperator.ContainsAny => RecognizeContainsAny(binary),
        BinaryOperator.ContainsAll => RecognizeContainsAll(binary),
        BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.HasTag or BinaryOperator.GetTag => null,
    };

    private TestOutcome? RecognizeEqual(Expr.Binary binary)
    {
        if (shape == RequestShape.Process && OtherSideOfResource(binary) is { } other)
        {
            return IsProcess(other) ? null : TestOutcome.Always(false);
        }

        var (fact, value) = FactNames.Of(binary.Left, shape) is { } left
            ? (left, binary.Right.ConstantValue())
            : (FactNames.Of(binary.Right, shape), binary.Left.ConstantValue());
        return fact is { } known && value is not null ? Equal(known, value, binary) : null;
    }

    /// <summary>What a resource is compared with, when that is constant.</summary>
    private static Value? OtherSideOfResource(Expr.Binary binary) => binary switch
    {
        { Left: Expr.Var { Variable: Variable.Resource } } => binary.Right.ConstantValue(),
        { Right: Expr.Var { Variable: Variable.Resource } } => binary.Left.ConstantValue(),
        _ => null,
    };

    private static bool IsProcess(Value value) => value is EntityValue { Uid.Type: "Process" };

    private TestOutcome Equal(Fact fact, Value value, Expr place)
    {
        if (TestFactory.Equal(fact, value, shape) is { } tests)
        {
            return TestOutcome.AnyOf(tests);
        }

        Mismatch(place, $"the left side is {fact.TypeName()}, which is never equal to `{value}`", null);
        return TestOutcome.Always(false);
    }

    private TestOutcome? RecognizeComparison(Expr.Binary binary)
    {
        if (FactNames.Of(binary.Left, shape) == Fact.Port && binary.Right.ConstantValue() is LongValue right)
        {
            return TestOutcome.AnyOf(TestFactory.ComparePort(binary.Operator, right.Value));
        }

        return FactNames.Of(binary.Right, shape) == Fact.Port && binary.Left.ConstantValue() is LongValue left
            ? TestOutcome.AnyOf(TestFactory.ComparePort(Mirror(binary.Operator), left.Value))
            : null;
    }

    private TestOutcome? RecognizeContains(Expr.Binary binary)
    {
        if (SetTest(binary.Left) is { } setTest && binary.Right.ConstantValue() is { } element)
        {
            return ElementOf(setTest, element, binary);
        }

        if (binary.Left.ConstantValue() is not SetValue set)
        {
            return null;
        }

        if (shape == RequestShape.Process && binary.Right is Expr.Var { Variable: Variable.Resource } && !set.Elements.Any(IsProcess))
        {
            return TestOutcome.Always(false);
        }

        if (FactNames.Of(binary.Right, shape) is not { } fact)
        {
            return null;
        }

        List<PlanTest> tests = [];
        foreach (var value in set.Elements)
        {
            tests.AddRange(Equal(fact, value, binary).Tests);
        }

        return TestOutcome.AnyOf(tests);
    }

    private TestOutcome? RecognizeContainsAny(Expr.Binary binary)
    {
        var (setTest, value) = SetTest(binary.Left) is { } left
            ? (left, binary.Right.ConstantValue())
            : (SetTest(binary.Right), binary.Left.ConstantValue());
        if (setTest is null || value is not SetValue set)
        {
            return null;
        }

        List<PlanTest> tests = [];
        foreach (var element in set.Elements)
        {
            tests.AddRange(ElementOf(setTest, element, binary).Tests);
        }

        return TestOutcome.AnyOf(tests);
    }

    /// <summary>Of one element only: more are a conjunction, which is no single test.</summary>
    private TestOutcome? RecognizeContainsAll(Expr.Binary binary)
    {
        if (SetTest(binary.Left) is not { } setTest || binary.Right.ConstantValue() is not SetValue set)
        {
            return null;
        }

        return set.Elements switch
        {
            [] => TestOutcome.Always(true),
            [var element] => ElementOf(setTest, element, binary),
            _ => null,
        };
    }

    private Func<string, PlanTest>? SetTest(Expr expression)
    {
        if (IsLineage(expression))
        {
            return path => new PlanTest.LineageHas(path);
        }

        return IsArguments(expression) ? argument => new PlanTest.ArgsContain(argument) : null;
    }

    private TestOutcome ElementOf(Func<string, PlanTest> setTest, Value element, Expr place)
    {
        if (element is StringValue text)
        {
            return TestOutcome.AnyOf([setTest(text.Value)]);
        }

        Mismatch(place, $"the set has strings, and never `{element}`", null);
        return TestOutcome.Always(false);
    }

    private bool IsArguments(Expr expression) =>
        shape == RequestShape.ProcessExec
        && expression is Expr.GetAttribute { Target: Expr.Var { Variable: Variable.Context }, Name: "args" };

    private TestOutcome? RecognizeMethod(Expr.Call call)
    {
        if (call is { Function: "isEmpty", Arguments: [var set] } && IsArguments(set))
        {
            return TestOutcome.AnyOf([new PlanTest.ArgsEmpty()]);
        }

        if (call.Arguments.Length == 0 || FactNames.Of(call.Arguments[0], shape) != Fact.Address)
        {
            return null;
        }

        if (call is { Function: "isInRange", Arguments: [_, var range] })
        {
            return range.ConstantValue() is IPAddressValue ip ? TestOutcome.AnyOf([new PlanTest.AddressIn(TestFactory.RangeOf(ip))]) : null;
        }

        return call.Arguments.Length == 1 && TestFactory.AddressMethod(call.Function) is { } tests ? TestOutcome.AnyOf(tests) : null;
    }

    private void Mismatch(Expr place, string message, string? help)
    {
        if (reported.Add(place.Span))
        {
            diagnostics.Error(LeashCodes.TypeMismatch, message, help, place.Span, source);
        }
    }
}
