using System.Runtime.CompilerServices;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary>
/// Turns expressions into trees of nodes. What depends neither on the request nor on entities becomes a constant, unless it is an error, which
/// counts only when evaluation gets there.
/// </summary>
internal static class NodeCompiler
{
    // The stack that evaluation is sure of after a check is enough for many more levels than this.
    private const int LevelsPerStackCheck = 32;

    /// <summary>The node of an expression, at any depth of nesting.</summary>
    public static Node Compile(Expr expression) => Compile(expression, 0);

    /// <summary>The node of <c>a &amp;&amp; b &amp;&amp; …</c>; every operand is checked to be a boolean, also a single one.</summary>
    public static Node CompileAll(ReadOnlySpan<Expr> operands, SourceSpan span) => Chain(true, operands, span, 0);

    private static Node Compile(Expr expression, int depth)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return ErrorNode.TooDeep(expression.Span);
        }

        var node = CompileNode(expression, depth + 1);
        return depth % LevelsPerStackCheck == LevelsPerStackCheck - 1 && node is not ConstantNode ? new StackGuardNode(node) : node;
    }

    private static Node CompileNode(Expr expression, int depth) => expression switch
    {
        Expr.Literal literal => new ConstantNode(literal.Value, literal.Span),
        Expr.Var variable => new VariableNode(variable.Variable, variable.Span),
        Expr.Slot slot => new ErrorNode(EvaluationErrorKind.Unbound, "the template's slot is not filled", slot.Span),
        Expr.Unary unary => CompileUnary(unary, Compile(unary.Operand, depth)),
        Expr.Binary binary => CompileBinary(binary, Compile(binary.Left, depth), Compile(binary.Right, depth)),
        Expr.And and => Chain(true, [and], and.Span, depth),
        Expr.Or or => Chain(false, [or], or.Span, depth),
        Expr.If choice => CompileIf(choice, Compile(choice.Condition, depth), depth),
        Expr.GetAttribute access => CompileGetAttribute(access, Compile(access.Target, depth)),
        Expr.Has has => CompileHas(has, Compile(has.Target, depth)),
        Expr.Like like => CompileLike(like, Compile(like.Target, depth)),
        Expr.Is test => CompileIs(test, depth),
        Expr.Set set => CompileSet(set, depth),
        Expr.Record record => CompileRecord(record, depth),
        Expr.Call call => CompileCall(call, depth),
        _ => throw new InvalidOperationException($"The family of expressions is closed; {expression.GetType()} is not in it."),
    };

    private static Node Fold(Node node, params ReadOnlySpan<Node> operands)
    {
        foreach (var operand in operands)
        {
            if (operand is not ConstantNode)
            {
                return node;
            }
        }

        var outcome = node.Evaluate(Frame.Closed);
        return outcome.IsError ? node : new ConstantNode(outcome.ToValue(), node.Span);
    }

    private static Node CompileUnary(Expr.Unary unary, Node operand) => unary.Operator switch
    {
        UnaryOperator.Not => Fold(new NotNode(operand, unary.Span), operand),
        UnaryOperator.Negate => Fold(new NegateNode(operand, unary.Span), operand),
    };

    private static Node CompileBinary(Expr.Binary binary, Node left, Node right) => binary.Operator switch
    {
        BinaryOperator.Equal or BinaryOperator.NotEqual =>
            Fold(new EqualNode(binary.Operator == BinaryOperator.Equal, left, right, binary.Span), left, right),
        BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual =>
            Fold(new OrderNode(binary.Operator, left, right, binary.Span), left, right),
        BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply =>
            Fold(new ArithmeticNode(binary.Operator, left, right, binary.Span), left, right),
        BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny =>
            Fold(new ContainsNode(binary.Operator, left, right, binary.Span), left, right),
        BinaryOperator.In => right is ConstantNode { Value: var value } && EntitySet.Of(value) is { } ancestors
            ? new InConstantNode(left, ancestors, binary.Span)
            : new InNode(left, right, binary.Span),
        BinaryOperator.HasTag or BinaryOperator.GetTag => new TagNode(binary.Operator == BinaryOperator.HasTag, left, right, binary.Span),
    };

    /// <summary>
    /// A chain of one operator as one node, however it is nested to the left: that is how long ones are written. Constants that decide nothing
    /// are left out as long as another operand stays.
    /// </summary>
    private static Node Chain(bool isAnd, ReadOnlySpan<Expr> expressions, SourceSpan span, int depth)
    {
        List<Node> nodes = [];
        Stack<Expr> open = new();
        for (var i = expressions.Length - 1; i >= 0; i--)
        {
            open.Push(expressions[i]);
        }

        while (open.TryPop(out var next))
        {
            if (SidesOf(next, isAnd) is (var left, var right))
            {
                open.Push(right);
                open.Push(left);
                continue;
            }

            var node = Compile(next, depth);
            if (node is not ConstantNode { Value: BoolValue { Value: var value } })
            {
                nodes.Add(node);
            }
            else if (value != isAnd)
            {
                // What follows is never evaluated.
                nodes.Add(node);
                break;
            }
        }

        return nodes.Count == 0 ? new ConstantNode(Value.Of(isAnd), span)
            : nodes is [ConstantNode { Value: BoolValue { Value: var decided } }] ? new ConstantNode(Value.Of(decided), span)
            : new ChainNode(isAnd, [.. nodes], span);
    }

    private static (Expr Left, Expr Right)? SidesOf(Expr expression, bool isAnd) => expression switch
    {
        Expr.And all when isAnd => (all.Left, all.Right),
        Expr.Or any when !isAnd => (any.Left, any.Right),
        _ => null,
    };

    private static Node CompileIf(Expr.If choice, Node condition, int depth)
    {
        var then = Compile(choice.Then, depth);
        var otherwise = Compile(choice.Else, depth);
        var taken = condition is ConstantNode { Value: BoolValue { Value: var holds } } ? holds ? then : otherwise : null;

        // A branch alone would report what is wrong with the value of the whole at a place of its own.
        return taken is ConstantNode { Value: var value }
            ? new ConstantNode(value, choice.Span)
            : new IfNode(condition, then, otherwise, choice.Span);
    }

    private static Node CompileGetAttribute(Expr.GetAttribute access, Node target)
    {
        var node = new GetAttributeNode(target, access.Name, access.Span);
        return target is ConstantNode { Value: RecordValue } ? Fold(node, target) : node;
    }

    private static Node CompileHas(Expr.Has has, Node target)
    {
        // Along a longer path there may be an entity.
        var node = new HasNode(target, has.Path, has.Span);
        return has.Path.Length == 1 && target is ConstantNode { Value: RecordValue } ? Fold(node, target) : node;
    }

    private static Node CompileLike(Expr.Like like, Node target) => Fold(new LikeNode(target, like.Pattern, like.Span), target);

    private static Node CompileIs(Expr.Is test, int depth)
    {
        var target = Compile(test.Target, depth);
        var node = new IsNode(target, test.EntityType, test.In is null ? null : Compile(test.In, depth), test.Span);
        return test.In is null ? Fold(node, target) : node;
    }

    private static Node CompileSet(Expr.Set set, int depth)
    {
        var elements = new Node[set.Elements.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = Compile(set.Elements[i], depth);
        }

        return Fold(new SetNode(elements, set.Span), elements);
    }

    private static Node CompileRecord(Expr.Record record, int depth)
    {
        var fields = new KeyValuePair<string, Node>[record.Fields.Length];
        var nodes = new Node[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            nodes[i] = Compile(record.Fields[i].Value, depth);
            fields[i] = new(record.Fields[i].Key, nodes[i]);
        }

        return Fold(new RecordNode(fields, record.Span), nodes);
    }

    private static Node CompileCall(Expr.Call call, int depth)
    {
        if (call is { Function: "isEmpty", IsMethod: true, Arguments: [var receiver] })
        {
            var set = Compile(receiver, depth);
            return Fold(new IsEmptyNode(set, call.Span), set);
        }

        if (ExtensionFunction.Find(call.Function) is not { } function || function.IsMethod != call.IsMethod)
        {
            return new ErrorNode(EvaluationErrorKind.UnknownFunction, $"there is no function `{call.Function}`", call.Span);
        }

        var arguments = new Node[call.Arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Compile(call.Arguments[i], depth);
        }

        return arguments.Length == function.Arity
            ? Fold(new CallNode(function, arguments[0], arguments.Length > 1 ? arguments[1] : null, call.Span), arguments)
            : new ArgumentCountNode(function, arguments, call.Span);
    }
}
