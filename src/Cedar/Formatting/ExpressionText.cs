using System.Collections.Immutable;
using System.Text;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Formatting;

/// <summary>
/// Writes expressions in Cedar syntax with no more parentheses than it takes to read the same tree back. Works off a list of what is left to
/// write, so that no depth overflows the stack: trees need not come from a text.
/// </summary>
internal sealed class ExpressionText(StringBuilder builder)
{
    // How tightly an expression binds; where another stands in it, at least how tightly that has to (Cedar spec, "Grammar").
    private const int Conditional = 0;
    private const int Disjunction = 1;
    private const int Conjunction = 2;
    private const int Relation = 3;
    private const int Sum = 4;
    private const int Product = 5;
    private const int Signed = 6;
    private const int Member = 7;

    // The grammar allows so many signs in a row.
    private const int MaxSigns = 4;

    private readonly Stack<Part> _left = new();

    /// <summary>What is left to write: a text, or an expression, with the signs that stand directly before it.</summary>
    private readonly record struct Part(string? Text, Expr? Expression, int Place, UnaryOperator Sign = default, int Signs = 0);

    public void Write(Expr expression)
    {
        Push(expression, Conditional);
        while (_left.TryPop(out var part))
        {
            if (part.Expression is { } inner)
            {
                Write(inner, part);
            }
            else
            {
                builder.Append(part.Text);
            }
        }
    }

    private void Write(Expr expression, Part part)
    {
        if (NeedsParentheses(expression, part))
        {
            builder.Append('(');
            Push(")");
            part = default;
        }

        switch (expression)
        {
            case Expr.Literal { Value: var value }:
                value.Write(builder);
                break;
            case Expr.Var { Variable: var variable }:
                builder.Append(ScopeParser.NameOf(variable));
                break;
            case Expr.Slot { Variable: var variable }:
                builder.Append('?').Append(ScopeParser.NameOf(variable));
                break;
            case Expr.Unary unary:
                builder.Append(unary.Operator == UnaryOperator.Not ? '!' : '-');
                _left.Push(new Part(null, unary.Operand, Signed, unary.Operator, part.Signs + 1));
                break;
            case Expr.Set set:
                WriteList("[", set.Elements.AsSpan(), "]");
                break;
            case Expr.Record record:
                WriteRecord(record.Fields);
                break;
            case Expr.Call call:
                WriteCall(call);
                break;
            case Expr.If conditional:
                builder.Append("if ");
                Push(conditional.Else, Conditional);
                Push(" else ");
                Push(conditional.Then, Conditional);
                Push(" then ");
                Push(conditional.Condition, Conditional);
                break;
            case Expr.GetAttribute access:
                Push(Identifiers.IsName(access.Name) ? $".{access.Name}" : $"[{CedarString.Quote(access.Name)}]");
                Push(access.Target, Member);
                break;
            default:
                WriteOperation(expression);
                break;
        }
    }

    private void WriteOperation(Expr expression)
    {
        switch (expression)
        {
            case Expr.And and:
                Push(and.Left, Conjunction, " && ", and.Right, Relation);
                break;
            case Expr.Or or:
                Push(or.Left, Disjunction, " || ", or.Right, Conjunction);
                break;
            case Expr.Has has:
                Push($" has {PathText(has.Path)}");
                Push(has.Target, Sum);
                break;
            case Expr.Like like:
                Push($" like {like.Pattern}");
                Push(like.Target, Sum);
                break;
            case Expr.Is { In: { } ancestor } test:
                Push(test.Target, Sum, $" is {test.EntityType} in ", ancestor, Sum);
                break;
            case Expr.Is test:
                Push($" is {test.EntityType}");
                Push(test.Target, Sum);
                break;
            case Expr.Binary binary when BindingOf(binary.Operator) is Member:
                Push(")");
                Push(binary.Right, Conditional);
                Push($".{binary.Operator.Name()}(");
                Push(binary.Left, Member);
                break;
            case Expr.Binary binary:
                // Relations do not chain; sums and products do, to the left.
                var binding = BindingOf(binary.Operator);
                Push(binary.Left, binding == Relation ? Sum : binding, $" {binary.Operator.Name()} ", binary.Right, binding + 1);
                break;
        }
    }

    private void WriteCall(Expr.Call call)
    {
        var arguments = call.Arguments.AsSpan();
        if (!call.IsMethod || arguments.IsEmpty)
        {
            WriteList($"{call.Function}(", arguments, ")");
            return;
        }

        PushList(arguments[1..], ")");
        Push($".{call.Function}(");
        Push(arguments[0], Member);
    }

    private void WriteList(string open, ReadOnlySpan<Expr> items, string close)
    {
        builder.Append(open);
        PushList(items, close);
    }

    private void WriteRecord(ImmutableArray<KeyValuePair<string, Expr>> fields)
    {
        builder.Append('{');
        Push("}");
        for (var i = fields.Length - 1; i >= 0; i--)
        {
            var (name, value) = fields[i];
            Push(value, Conditional);
            Push($"{(i > 0 ? ", " : "")}{NameText(name)}: ");
        }
    }

    private void PushList(ReadOnlySpan<Expr> items, string close)
    {
        Push(close);
        for (var i = items.Length - 1; i >= 0; i--)
        {
            Push(items[i], Conditional);
            if (i > 0)
            {
                Push(", ");
            }
        }
    }

    private void Push(Expr left, int leftPlace, string sign, Expr right, int rightPlace)
    {
        Push(right, rightPlace);
        Push(sign);
        Push(left, leftPlace);
    }

    private void Push(Expr expression, int place) => _left.Push(new Part(null, expression, place));

    private void Push(string text) => _left.Push(new Part(text, null, Conditional));

    private static bool NeedsParentheses(Expr expression, Part part) => expression switch
    {
        // Signs of two kinds do not follow each other.
        Expr.Unary { Operator: var sign } => part.Place > Signed || part.Signs >= MaxSigns || (part.Signs > 0 && part.Sign != sign),

        // A minus before digits belongs to the number, unless an access follows them.
        Expr.Literal { Value: LongValue { Value: var number } } =>
            part.Signs > 0 ? number < 0 || part.Sign == UnaryOperator.Negate : number < 0 && part.Place >= Member,
        _ => BindingOf(expression) < part.Place,
    };

    private static int BindingOf(Expr expression) => expression switch
    {
        Expr.If => Conditional,
        Expr.Or => Disjunction,
        Expr.And => Conjunction,
        Expr.Has or Expr.Like or Expr.Is => Relation,
        Expr.Binary binary => BindingOf(binary.Operator),
        _ => Member,
    };

    private static int BindingOf(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater
            or BinaryOperator.GreaterOrEqual or BinaryOperator.In => Relation,
        BinaryOperator.Add or BinaryOperator.Subtract => Sum,
        BinaryOperator.Multiply => Product,
        BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny or BinaryOperator.HasTag
            or BinaryOperator.GetTag => Member,
    };

    private static string NameText(string name) => Identifiers.IsName(name) ? name : CedarString.Quote(name);

    private static string PathText(ImmutableArray<string> path) => string.Join('.', path.Select(NameText));
}
