using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cedar.Diagnostics;
using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Json;

/// <summary>
/// Reads expressions of the JSON policy format (Cedar spec, "JSON policy format"): an object whose only name says what it is. Every method
/// returns null after a report.
/// </summary>
internal sealed class ExpressionReader(JsonShape shape)
{
    private static readonly string[] s_binaryNames = ["left", "right"];

    // What suggestions choose from; extension functions come after these.
    private static readonly string[] s_forms =
    [
        "Value", "Var", "Slot", "Set", "Record", "if-then-else", ".", "has", "like", "is", "!", "neg", "isEmpty", "&&", "||",
        .. BinaryOperators.All.Select(operation => operation.Name()),
    ];

    private readonly ValueReader _values = new(shape);
    private int _depth;

    public Expr? Read(JsonNode node)
    {
        if (_depth >= CedarParser.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            shape.Diagnostics.Error(CedarCodes.TooDeep, $"the expression is nested more than {_depth} deep", new SourceSpan(node.Span.Start, 1));
            return null;
        }

        if (shape.Object(node, "an expression, an object") is not { } form)
        {
            return null;
        }

        if (form.Members is not [var only])
        {
            shape.Diagnostics.Error(
                CedarCodes.InvalidJsonValue, $"an expression has exactly one name, not {form.Members.Length}", new SourceSpan(form.Span.Start, 1));
            return null;
        }

        _depth++;
        var expression = Read(only, form.Span);
        _depth--;
        return expression;
    }

    private Expr? Read(JsonMember form, SourceSpan span) => form.Name switch
    {
        "Value" => Value(form.Value),
        "Var" => Var(form.Value, span),
        "Slot" => Slot(form),
        "Set" => shape.Array(form.Value, "the elements, an array") is { } elements && List(elements) is { } items ? new Expr.Set(items, span) : null,
        "Record" => Record(form.Value, span, Read),
        "if-then-else" => Conditional(form.Value, span),
        "." => Attribute(form.Value, span),
        "has" => Has(form.Value, span),
        "like" => Like(form.Value, span),
        "is" => Is(form.Value, span),
        "!" => Argument(form.Value) is { } operand ? new Expr.Unary(UnaryOperator.Not, operand, span) : null,
        "neg" => Argument(form.Value) is { } operand ? new Expr.Unary(UnaryOperator.Negate, operand, span) : null,
        "isEmpty" => Argument(form.Value) is { } operand ? new Expr.Call("isEmpty", true, [operand], span) : null,
        "&&" => Operands(form.Value) is var (left, right) ? new Expr.And(left, right, span) : null,
        "||" => Operands(form.Value) is var (left, right) ? new Expr.Or(left, right, span) : null,
        _ when BinaryOperators.Find(form.Name) is { } operation =>
            Operands(form.Value) is var (left, right) ? new Expr.Binary(operation, left, right, span) : null,
        _ => Call(form, span),
    };

    private Expr.Var? Var(JsonNode node, SourceSpan span)
    {
        if (shape.Text(node, "a variable, a string") is not { } name)
        {
            return null;
        }

        Variable? variable = name switch
        {
            "principal" => Variable.Principal,
            "action" => Variable.Action,
            "resource" => Variable.Resource,
            "context" => Variable.Context,
            _ => null,
        };
        if (variable is { } known)
        {
            return new Expr.Var(known, span);
        }

        shape.Diagnostics.Error(
            CedarCodes.UnknownVariable, $"unknown variable `{name}`", node.Span,
            Suggestion.DidYouMean(name, ["principal", "action", "resource", "context"]));
        return null;
    }

    private Expr? Slot(JsonMember form)
    {
        shape.Diagnostics.Error(
            CedarCodes.InvalidSlot, "a slot cannot stand in a condition", form.NameSpan, "slots are for `principal` and `resource` of a template");
        return null;
    }

    /// <summary>A value as the expression that has it: what is wrong with an argument shows when it is evaluated, as in Cedar syntax.</summary>
    private Expr? Value(JsonNode node)
    {
        if (_depth >= CedarParser.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            shape.Diagnostics.Error(CedarCodes.TooDeep, $"the value is nested more than {_depth} deep", new SourceSpan(node.Span.Start, 1));
            return null;
        }

        _depth++;
        var expression = node switch
        {
            JsonNode.Array array => List(array, Value) is { } items ? new Expr.Set(items, node.Span) : null,
            JsonNode.Object members => ValueObject(members),
            _ => _values.Value(node, null) is { } value ? new Expr.Literal(value, node.Span) : null,
        };
        _depth--;
        return expression;
    }

    private Expr? ValueObject(JsonNode.Object members)
    {
        if (members.Find(ValueReader.EntityEscape) is not null)
        {
            return _values.Uid(members) is { } uid ? new Expr.Literal(uid, members.Span) : null;
        }

        if (members.Find(ValueReader.ExtensionEscape) is not { } call)
        {
            return Record(members, members.Span, Value);
        }

        if (shape.Object(call, "a call such as {\"fn\": \"ip\", \"arg\": \"10.0.0.1\"}") is not { } given
            || shape.Required(given, "fn") is not { } nameNode || shape.Text(nameNode, "the name of a function, a string") is not { } name)
        {
            return null;
        }

        ImmutableArray<Expr>? arguments = given.Find("args") is { } several
            ? shape.Array(several, "the arguments, an array") is { } list ? List(list, Value) : null
            : shape.Required(given, "arg") is { } one && Value(one) is { } argument ? [argument] : null;
        return arguments is { } all ? Call(name, nameNode.Span, all, members.Span) : null;
    }

    private Expr.Record? Record(JsonNode node, SourceSpan span, Func<JsonNode, Expr?> read)
    {
        if (shape.Object(node, "the fields, an object") is not { } members)
        {
            return null;
        }

        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, Expr>>(members.Members.Length);
        foreach (var member in members.Members)
        {
            if (read(member.Value) is { } value)
            {
                fields.Add(new KeyValuePair<string, Expr>(member.Name, value));
            }
        }

        return fields.Count == members.Members.Length ? new Expr.Record(fields.MoveToImmutable(), span) : null;
    }

    private Expr.If? Conditional(JsonNode node, SourceSpan span)
    {
        if (shape.Object(node, "`if`, `then` and `else`, an object") is not { } parts || !shape.HasOnly(parts, "if", "then", "else"))
        {
            return null;
        }

        var (condition, consequence, alternative) = (Part(parts, "if"), Part(parts, "then"), Part(parts, "else"));
        return condition is null || consequence is null || alternative is null ? null : new Expr.If(condition, consequence, alternative, span);
    }

    private Expr.GetAttribute? Attribute(JsonNode node, SourceSpan span)
    {
        if (shape.Object(node, "`left` and `attr`, an object") is not { } parts || !shape.HasOnly(parts, "left", "attr"))
        {
            return null;
        }

        var target = Part(parts, "left");
        var name = shape.Required(parts, "attr") is { } attribute ? shape.Text(attribute, "the name of an attribute, a string") : null;
        return target is null || name is null ? null : new Expr.GetAttribute(target, name, span);
    }

    private Expr.Has? Has(JsonNode node, SourceSpan span)
    {
        if (shape.Object(node, "`left` and `attr`, an object") is not { } parts || !shape.HasOnly(parts, "left", "attr"))
        {
            return null;
        }

        var target = Part(parts, "left");
        var path = shape.Required(parts, "attr") is { } attribute ? Path(attribute) : null;
        return target is null || path is not { } names ? null : new Expr.Has(target, names, span);
    }

    private ImmutableArray<string>? Path(JsonNode node)
    {
        const string What = "the name of an attribute, a string";
        if (node is not JsonNode.Array { Items: var items } || items.IsEmpty)
        {
            return shape.Text(node, What + " or a path, an array with a name or more") is { } name ? [name] : null;
        }

        var path = items.Select(item => shape.Text(item, What)).OfType<string>().ToImmutableArray();
        return path.Length == items.Length ? path : null;
    }

    private Expr.Like? Like(JsonNode node, SourceSpan span)
    {
        if (shape.Object(node, "`left` and `pattern`, an object") is not { } parts || !shape.HasOnly(parts, "left", "pattern"))
        {
            return null;
        }

        var target = Part(parts, "left");
        if (shape.Required(parts, "pattern") is not { } given || shape.Array(given, "the parts of a pattern, an array") is not { } array)
        {
            return null;
        }

        var elements = array.Items.Select(PatternPart).OfType<PatternElement>().ToList();
        return target is null || elements.Count < array.Items.Length ? null : new Expr.Like(target, new Pattern(elements), span);
    }

    private PatternElement? PatternPart(JsonNode node)
    {
        if (node is JsonNode.Text { Value: "Wildcard" })
        {
            return PatternElement.Wildcard;
        }

        return node is JsonNode.Object { Members: [{ Name: "Literal", Value: JsonNode.Text text }] }
            ? new PatternElement(text.Value)
            : shape.Wrong<PatternElement>(node, "\"Wildcard\" or {\"Literal\": \"a string\"}");
    }

    private Expr.Is? Is(JsonNode node, SourceSpan span)
    {
        if (shape.Object(node, "`left`, `entity_type` and perhaps `in`, an object") is not { } parts
            || !shape.HasOnly(parts, "left", "entity_type", "in"))
        {
            return null;
        }

        var target = Part(parts, "left");
        var type = shape.Required(parts, "entity_type") is { } named ? _values.TypeName(named) : null;
        var ancestor = parts.Find("in") is { } above ? Read(above) : null;
        return target is null || type is null || (ancestor is null && parts.Find("in") is not null) ? null : new Expr.Is(target, type, ancestor, span);
    }

    private Expr.Call? Call(JsonMember form, SourceSpan span)
    {
        if (ExtensionFunction.Find(form.Name) is null)
        {
            shape.Diagnostics.Error(
                CedarCodes.UnknownFunction, $"{CedarString.Quote(form.Name)} is no operator and no function", form.NameSpan,
                Suggestion.DidYouMean(form.Name, s_forms.Concat(ExtensionFunction.All.Select(function => function.Name))));
            return null;
        }

        return shape.Array(form.Value, "the arguments, an array") is { } array && List(array) is { } arguments
            ? Call(form.Name, form.NameSpan, arguments, span)
            : null;
    }

    private Expr.Call? Call(string name, SourceSpan nameSpan, ImmutableArray<Expr> arguments, SourceSpan span)
    {
        var function = ExtensionFunction.Find(name);
        if (function is null)
        {
            shape.Diagnostics.Error(
                CedarCodes.UnknownFunction, $"unknown function `{name}`", nameSpan,
                Suggestion.DidYouMean(name, ExtensionFunction.All.Select(known => known.Name)));
            return null;
        }

        if (function.IsMethod && arguments.IsEmpty)
        {
            shape.Diagnostics.Error(CedarCodes.ArgumentCount, $"`{name}` is a method: it needs what it is called on", span);
            return null;
        }

        return new Expr.Call(name, function.IsMethod, arguments, span);
    }

    private (Expr Left, Expr Right)? Operands(JsonNode node)
    {
        if (shape.Object(node, "`left` and `right`, an object") is not { } parts || !shape.HasOnly(parts, s_binaryNames))
        {
            return null;
        }

        var (left, right) = (Part(parts, "left"), Part(parts, "right"));
        return left is null || right is null ? null : (left, right);
    }

    private Expr? Argument(JsonNode node) =>
        shape.Object(node, "`arg`, an object") is { } parts && shape.HasOnly(parts, "arg") ? Part(parts, "arg") : null;

    private Expr? Part(JsonNode.Object parts, string name) => shape.Required(parts, name) is { } part ? Read(part) : null;

    private ImmutableArray<Expr>? List(JsonNode.Array array) => List(array, Read);

    private static ImmutableArray<Expr>? List(JsonNode.Array array, Func<JsonNode, Expr?> read)
    {
        var items = ImmutableArray.CreateBuilder<Expr>(array.Items.Length);
        foreach (var item in array.Items)
        {
            if (read(item) is { } expression)
            {
                items.Add(expression);
            }
        }

        return items.Count == array.Items.Length ? items.MoveToImmutable() : null;
    }
}
