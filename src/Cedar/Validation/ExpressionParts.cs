using Cedar.Syntax;

namespace Cedar.Validation;

/// <summary>The parts of expressions, for walks that must not use the stack of the thread.</summary>
internal static class ExpressionParts
{
    /// <summary>Puts the direct parts of an expression on a stack, the first on top.</summary>
    public static void PushTo(Stack<Expr> stack, Expr expression)
    {
        switch (expression)
        {
            case Expr.Unary unary:
                stack.Push(unary.Operand);
                break;
            case Expr.Binary binary:
                PushPair(stack, binary.Left, binary.Right);
                break;
            case Expr.And and:
                PushPair(stack, and.Left, and.Right);
                break;
            case Expr.Or or:
                PushPair(stack, or.Left, or.Right);
                break;
            case Expr.If choice:
                stack.Push(choice.Else);
                PushPair(stack, choice.Condition, choice.Then);
                break;
            case Expr.GetAttribute access:
                stack.Push(access.Target);
                break;
            case Expr.Has has:
                stack.Push(has.Target);
                break;
            case Expr.Like like:
                stack.Push(like.Target);
                break;
            case Expr.Is { In: null } test:
                stack.Push(test.Target);
                break;
            case Expr.Is test:
                PushPair(stack, test.Target, test.In);
                break;
            default:
                PushList(stack, expression);
                break;
        }
    }

    private static void PushPair(Stack<Expr> stack, Expr first, Expr second)
    {
        stack.Push(second);
        stack.Push(first);
    }

    private static void PushList(Stack<Expr> stack, Expr expression)
    {
        IEnumerable<Expr> parts = expression switch
        {
            Expr.Set set => set.Elements,
            Expr.Call call => call.Arguments,
            Expr.Record record => record.Fields.Select(field => field.Value),
            _ => [],
        };
        foreach (var part in parts.Reverse())
        {
            stack.Push(part);
        }
    }
}
