using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Tests.Evaluation;

public sealed class CompiledExpressionTests
{
    private static readonly EntityUid s_alice = new("User", "alice");

    [Fact]
    public void OneExpression_ServesManyRequests()
    {
        var compiled = CompiledExpression.Compile(Parse("principal == User::\"alice\" && context.n + 1 > 2"));

        Assert.Equal("true", Evaluate(compiled, s_alice, 2).Value!.ToString());
        Assert.Equal("false", Evaluate(compiled, s_alice, 1).Value!.ToString());
        Assert.Equal("false", Evaluate(compiled, new EntityUid("User", "bob"), 2).Value!.ToString());
        Assert.Equal(EvaluationErrorKind.Overflow, Evaluate(compiled, s_alice, long.MaxValue).Error!.Kind);
    }

    [Theory]
    [InlineData("if true then 1 else principal.x", "1 + (if true then 1 else 2) + \"a\"", "\"a\"")]
    [InlineData("[1, 2].contains(2) && {a: ip(\"::1\")}.a.isLoopback()", "if (true && true) then context.n && true else false", "context.n")]
    [InlineData("false || (1 < 2 && !(2 < 1))", "(if 1 < 2 then context.n else 0) && true", "if 1 < 2 then context.n else 0")]
    public void ConstantParts_KeepMeaningAndPlaces(string closed, string failing, string place)
    {
        Assert.Null(Evaluator.EvaluateClosed(Parse(closed)).Error);
        var error = Evaluate(CompiledExpression.Compile(Parse(failing)), s_alice, 1).Error!;
        Assert.Equal(EvaluationErrorKind.TypeMismatch, error.Kind);
        Assert.Equal(place, failing.Substring(error.Span.Start, error.Span.Length));
    }

    [Fact]
    public void ConstantThatFails_FailsOnlyWhenReached()
    {
        var compiled = CompiledExpression.Compile(Parse("context.n == 1 || ip(\"nonsense\").isIpv4()"));

        Assert.Equal("true", Evaluate(compiled, s_alice, 1).Value!.ToString());
        Assert.Equal(EvaluationErrorKind.ExtensionArgument, Evaluate(compiled, s_alice, 2).Error!.Kind);
    }

    [Fact]
    public void LongChains_AreNotDeep()
    {
        Expr chain = new Expr.Var(Variable.Context, default);
        chain = new Expr.Has(chain, ["n"], default);
        var all = chain;
        for (var i = 0; i < 200_000; i++)
        {
            all = new Expr.And(all, chain, default);
        }

        Assert.Equal("true", Evaluate(CompiledExpression.Compile(all), s_alice, 1).Value!.ToString());
    }

    [Fact]
    public void CompiledOnALargeStack_EvaluatedOnASmallOne_IsAnErrorNotACrash()
    {
        Expr deep = new Expr.Has(new Expr.Var(Variable.Context, default), ["n"], default);
        for (var i = 0; i < 20_000; i++)
        {
            deep = new Expr.Unary(UnaryOperator.Not, deep, default);
        }

        var compiled = OnStack(256 * 1024 * 1024, () => CompiledExpression.Compile(deep));

        Assert.Equal("true", OnStack(256 * 1024 * 1024, () => Evaluate(compiled, s_alice, 1)).Value!.ToString());
        Assert.Equal(EvaluationErrorKind.TooDeep, OnStack(256 * 1024, () => Evaluate(compiled, s_alice, 1)).Error!.Kind);
    }

    private static T OnStack<T>(int bytes, Func<T> function)
    {
        T? result = default;
        var thread = new Thread(() => result = function(), bytes);
        thread.Start();
        thread.Join();
        return result!;
    }

    private static EvaluationResult Evaluate(CompiledExpression expression, EntityUid principal, long n)
    {
        var context = Value.RecordOf(new KeyValuePair<string, Value>("n", n));
        return new Evaluator(new Request(principal, new("Action", "a"), new("R", "r"), context), EntityStore.Empty).Evaluate(expression);
    }

    private static Expr Parse(string text)
    {
        var parsed = CedarParser.ParseExpression(new SourceText(text));
        Assert.Empty(parsed.Diagnostics);
        return parsed.Expression!;
    }
}
