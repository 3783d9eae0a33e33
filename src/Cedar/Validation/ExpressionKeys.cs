using System.Globalization;
using System.Text;
using Cedar.Syntax;

namespace Cedar.Validation;

/// <summary>
/// Gives expressions that are written alike, wherever they stand, one number: what was tested of one holds for the other. Each expression
/// is looked at once.
/// </summary>
internal sealed class ExpressionKeys
{
    private readonly Dictionary<Expr, string> _keys = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);

    /// <summary>The capability to read an attribute.</summary>
    public static string Attribute(string target, string name) => $"{target}.{name}";

    /// <summary>The capability to read a tag.</summary>
    public static string Tag(string target, string tag) => $"{target}#{tag}";

    public string Of(Expr expression)
    {
        if (!_keys.TryGetValue(expression, out var key))
        {
            key = Number(Describe(expression));
            _keys.Add(expression, key);
        }

        return key;
    }

    /// <summary>The number of <c>target.name</c>.</summary>
    public string OfAttribute(string target, string name) => Number($"get {target} {name}");

    private string Number(string description)
    {
        if (!_numbers.TryGetValue(description, out var number))
        {
            number = _numbers.Count.ToString(CultureInfo.InvariantCulture);
            _numbers.Add(description, number);
        }

        return number;
    }

    private string Describe(Expr expression) => expression switch
    {
        Expr.Literal literal => $"literal {literal.Value}",
        Expr.Var variable => $"variable {variable.Variable}",
        Expr.Slot slot => $"slot {slot.Variable}",
        Expr.Unary unary => $"{unary.Operator} {Of(unary.Operand)}",
        Expr.Binary binary => $"{binary.Operator} {Of(binary.Left)} {Of(binary.Right)}",
        Expr.And and => $"and {Of(and.Left)} {Of(and.Right)}",
        Expr.Or or => $"or {Of(or.Left)} {Of(or.Right)}",
        Expr.If choice => $"if {Of(choice.Condition)} {Of(choice.Then)} {Of(choice.Else)}",
        Expr.GetAttribute access => $"get {Of(access.Target)} {access.Name}",
        Expr.Has has => $"has {Of(has.Target)} {string.Join('.', has.Path.Select(CedarString.Quote))}",
        Expr.Like like => $"like {Of(like.Target)} {like.Pattern}",
        Expr.Is test => $"is {Of(test.Target)} {test.EntityType}{(test.In is null ? "" : " " + Of(test.In))}",
        Expr.Set set => List("set", set.Elements),
        Expr.Call call => List($"call {call.Function}", call.Arguments),
        Expr.Record record => Fields(record),
        _ => throw new InvalidOperationException($"The family of expressions is closed; {expression.GetType()} is not in it."),
    };

    private string List(string kind, IEnumerable<Expr> parts)
    {
        var builder = new StringBuilder(kind);
        foreach (var part in parts)
        {
            builder.Append(' ').Append(Of(part));
        }

        return builder.ToString();
    }

    private string Fields(Expr.Record record)
    {
        var builder = new StringBuilder("record");
        foreach (var (name, value) in record.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            builder.Append(' ').Append(CedarString.Quote(name)).Append(Of(value));
        }

        return builder.ToString();
    }
}
