using System.Text;

namespace Cedar.Fuzz.Generation;

/// <summary>Random policies and templates, mostly well typed for some request of the schema.</summary>
internal sealed class PolicyGenerator(SeededRandom random, GenSchema schema, EntityPool pool, int mistakes)
{
    public static RequestShape Shape(SeededRandom random, GenSchema schema)
    {
        var action = random.Pick(schema.Actions.Where(action => action.Applies).ToList());
        return new RequestShape(random.Pick(action.Principals), action, random.Pick(action.Resources));
    }

    /// <summary>A policy, or a template with one or both slots.</summary>
    public string Generate(bool isTemplate)
    {
        var shape = Shape(random, schema);
        var slots = isTemplate ? random.Between(1, 3) : 0;
        var text = new StringBuilder();
        Annotations(text);
        text.Append(random.Percent(70) ? "permit" : "forbid")
            .Append($" (\n  principal{Scope(shape.Principal, (slots & 1) != 0 ? "?principal" : null)}")
            .Append($",\n  action{ActionScope(shape.Action)}")
            .Append($",\n  resource{Scope(shape.Resource, (slots & 2) != 0 ? "?resource" : null)}\n)");
        for (var i = random.Percent(80) ? random.Between(1, 2) : 0; i > 0; i--)
        {
            var expression = new ExpressionGenerator(random, schema, shape, pool, mistakes).Generate(GenType.Bool, random.Between(1, 4));
            text.Append($"\n{(random.Percent(80) ? "when" : "unless")} {{ {expression.Text} }}");
            if (random.Percent(5))
            {
                text.Append(" // why");
            }
        }

        return text.Append("\n;\n").ToString();
    }

    private void Annotations(StringBuilder text)
    {
        if (random.Percent(15))
        {
            text.Append($"@id({CedarText.Quote(Literals.String(random))})\n");
        }

        if (random.Percent(8))
        {
            text.Append("@if\n");
        }

        if (random.Percent(8))
        {
            text.Append("// about the next policy\n");
        }
    }

    private string Scope(string type, string? slot)
    {
        var choice = random.Below(10);
        if (slot is not null)
        {
            return choice switch
            {
                < 4 => $" == {slot}",
                < 8 => $" in {slot}",
                _ => $" is {type} in {slot}",
            };
        }

        var parents = schema.FindEntityType(type)?.Parents;
        var ancestor = parents is { Count: > 0 } && random.Percent(80) ? random.Pick(parents) : type;
        return choice switch
        {
            < 3 => "",
            < 6 => $" is {type}",
            6 => $" == {pool.Pick(random, type)}",
            7 or 8 => $" in {pool.Pick(random, ancestor)}",
            _ => $" is {type} in {pool.Pick(random, ancestor)}",
        };
    }

    private string ActionScope(GenAction action) => random.Below(10) switch
    {
        < 2 => "",
        < 7 => $" == {action.Uid}",
        7 when action.Groups.Count > 0 => $" in {random.Pick(action.Groups)}",
        8 when random.Percent(20) => " == Action::\"unknown\"",
        8 => $" in {action.Uid}",
        _ => $" in [{string.Join(", ", random.Some(schema.Actions, 1, 2).Append(action).Select(a => a.Uid))}]",
    };
}
