using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cedar.Partial;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>
/// Writes expressions. Works off a list of what is left to write, so that no depth overflows the stack: trees need not come from a text.
/// </summary>
internal sealed class ExpressionWriter
{
    // Deeper ones are written without line breaks: indentation would make the text grow with the square of the depth.
    private const int MostIndented = 64;

    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = int.MaxValue };

    private readonly Utf8JsonWriter _json;
    private readonly Stack<Step> _left = new();
    private int _deepest;

    private ExpressionWriter(Utf8JsonWriter json)
    {
        _json = json;
    }

    /// <summary>
    /// What is left to write: an expression with the name before it, what a test says of its target, the end of so many objects, or the end of
    /// an array.
    /// </summary>
    private readonly record struct Step(string? Name, Expr? Expression, Expr? Said = null, int Objects = 0);

    public static void Write(Utf8JsonWriter json, Expr expression)
    {
        var buffer = new ArrayBufferWriter<byte>();
        int deepest;
        using (var compact = new Utf8JsonWriter(buffer, s_compact))
        {
            deepest = new ExpressionWriter(compact).Write(expression);
        }

        if (deepest <= MostIndented)
        {
            new ExpressionWriter(json).Write(expression);
        }
        else
        {
            json.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
        }
    }

    private int Write(Expr expression)
    {
        Push(null, expression);
        while (_left.TryPop(out var step))
        {
            if (step.Name is { } name)
            {
                _json.WritePropertyName(name);
            }

            if (step.Expression is { } inner)
            {
                WriteForm(inner);
                _deepest = Math.Max(_deepest, _json.CurrentDepth);
            }
            else if (step.Said is { } test)
            {
                WriteSaid(test);
            }
            else if (step.Objects == 0)
            {
                _json.WriteEndArray();
            }

            for (var i = 0; i < step.Objects; i++)
            {
                _json.WriteEndObject();
            }
        }

        return _deepest;
    }

    private void WriteForm(Expr expression)
    {
        switch (expression)
        {
            case Expr.Literal { Value: var value }:
                WriteLiteral(value);
                break;
            case Expr.Var { Variable: var variable }:
                WriteText("Var", ScopeParser.NameOf(variable));
                break;
            case Expr.Slot { Variable: var variable }:
                WriteText("Slot", $"?{ScopeParser.NameOf(variable)}");
                break;
            case Expr.Set set:
                WriteList("Set", set.Elements);
                break;
            case Expr.Record record:
                Start("Record");
                PushEnd();
                for (var i = record.Fields.Length - 1; i >= 0; i--)
                {
                    Push(record.Fields[i].Key, record.Fields[i].Value);
                }

                break;
            case Expr.If conditional:
                Start("if-then-else");
                PushEnd();
                Push("else", conditional.Else);
                Push("then", conditional.Then);
                Push("if", conditional.Condition);
                break;
            case Expr.Call { Function: "isEmpty", Arguments: [var set] }:
                WriteArgument("isEmpty", set);
                break;
            case Expr.Call call:
                WriteList(call.Function, call.Arguments);
                break;
            case Expr.Unary { Operator: var operation, Operand: var operand }:
                WriteArgument(operation == UnaryOperator.Not ? "!" : "neg", operand);
                break;
            case Expr.Binary binary:
                WriteOperands(binary.Operator.Name(), binary.Left, binary.Right);
                break;
            case Expr.And and:
                WriteOperands("&&", and.Left, and.Right);
                break;
            case Expr.Or or:
                WriteOperands("||", or.Left, or.Right);
                break;
            default:
                WriteTest(expression);
                break;
        }
    }

    /// <summary>What has a target and says something of it.</summary>
    private void WriteTest(Expr expression)
    {
        var (name, target) = expression switch
        {
            Expr.GetAttribute access => (".", access.Target),
            Expr.Has has => ("has", has.Target),
            Expr.Like like => ("like", like.Target),
            Expr.Is test => ("is", test.Target),
            _ => throw new InvalidOperationException("the family of expressions is closed"),
        };
        Start(name);
        PushEnd();
        if (expression is Expr.Is { In: { } ancestor })
        {
            Push("in", ancestor);
        }

        _left.Push(new Step(null, null, Said: expression));
        Push("left", target);
    }

    private void WriteSaid(Expr expression)
    {
        switch (expression)
        {
            case Expr.GetAttribute access:
                _json.WriteString("attr", access.Name);
                break;
            case Expr.Has { Path: [var name] }:
                _json.WriteString("attr", name);
                break;
            case Expr.Has has:
                _json.WriteStartArray("attr");
                foreach (var name in has.Path)
                {
                    _json.WriteStringValue(name);
                }

                _json.WriteEndArray();
                break;
            case Expr.Like like:
                WritePattern(like.Pattern);
                break;
            case Expr.Is test:
                _json.WriteString("entity_type", test.EntityType);
                break;
        }
    }

    private void WriteLiteral(Value value)
    {
        if (value is SetValue or RecordValue or ExtensionValue)
        {
            // A record as a value could be taken for an escape by the names of its fields.
            Push(null, ValueExpression.Of(value, default));
            return;
        }

        _json.WriteStartObject();
        _json.WritePropertyName("Value");
        ValueWriter.Write(_json, value);
        _json.WriteEndObject();
    }

    private void WriteText(string name, string value)
    {
        _json.WriteStartObject();
        _json.WriteString(name, value);
        _json.WriteEndObject();
    }

    /// <summary>One literal for each character, as the reference implementation writes them.</summary>
    private void WritePattern(Pattern pattern)
    {
        _json.WriteStartArray("pattern");
        foreach (var element in pattern.Elements)
        {
            if (element.Literal is not { } literal)
            {
                _json.WriteStringValue("Wildcard");
                continue;
            }

            foreach (var character in literal.EnumerateRunes())
            {
                WriteText("Literal", character.ToString());
            }
        }

        _json.WriteEndArray();
    }

    private void WriteArgument(string name, Expr operand)
    {
        Start(name);
        PushEnd();
        Push("arg", operand);
    }

    private void WriteOperands(string name, Expr left, Expr right)
    {
        Start(name);
        PushEnd();
        Push("right", right);
        Push("left", left);
    }

    private void WriteList(string name, ImmutableArray<Expr> items)
    {
        _json.WriteStartObject();
        _json.WriteStartArray(name);
        _left.Push(new Step(null, null, Objects: 1));
        _left.Push(new Step(null, null));
        for (var i = items.Length - 1; i >= 0; i--)
        {
            Push(null, items[i]);
        }
    }

    private void Start(string name)
    {
        _json.WriteStartObject();
        _json.WriteStartObject(name);
    }

    private void PushEnd() => _left.Push(new Step(null, null, Objects: 2));

    private void Push(string? name, Expr expression) => _left.Push(new Step(name, expression));
}
