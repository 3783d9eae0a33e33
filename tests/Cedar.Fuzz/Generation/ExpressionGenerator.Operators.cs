namespace Cedar.Fuzz.Generation;

internal sealed partial class ExpressionGenerator
{
    private static readonly string[] s_order = ["<", "<=", ">", ">="];
    private static readonly string[] s_setMethods = ["containsAll", "containsAny"];
    private static readonly string[] s_decimalMethods = ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"];
    private static readonly string[] s_ipMethods = ["isIpv4", "isIpv6", "isLoopback", "isMulticast"];
    private static readonly string[] s_durationMethods = ["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"];
    private static readonly string[] s_tagKeys = ["k1", "k2", "a key"];

    private GenExpr Bool(int depth)
    {
        if (depth <= 0)
        {
            // Below zero it ends soon: the operands of a test may be tests again.
            return depth > -2 && random.Percent(70) ? Simple(depth - 1) : new GenExpr(random.Percent(60) ? "true" : "false", GenExpr.Primary);
        }

        return random.Below(14) switch
        {
            0 => new GenExpr($"!{Generate(GenType.Bool, depth - 1).At(GenExpr.Member)}", GenExpr.Unary),
            1 or 2 => Chain("&&", GenExpr.And, GenExpr.Relation, depth),
            3 => Chain("||", GenExpr.Or, GenExpr.And, depth),
            4 or 5 => WithAttribute(depth),
            6 => WithTag(depth),
            7 => NestedHas(depth),
            _ => Simple(depth - 1),
        };
    }

    private GenExpr Chain(string op, int level, int operand, int depth)
    {
        var operands = Enumerable.Range(0, random.Between(2, 3)).Select(i =>
            Generate(GenType.Bool, depth - 1).At(i == 0 || random.Percent(20) ? level : operand));
        return new GenExpr(string.Join($" {op} ", operands), level);
    }

    // A test without short-circuiting parts.
    private GenExpr Simple(int depth) => random.Below(16) switch
    {
        0 or 1 => Relation(AnyType(depth), random.Percent(75) ? "==" : "!=", depth),
        2 => Relation(GenType.Long, random.Pick(s_order), depth),
        3 => Relation(new GenType.Extension(random.Percent(50) ? "datetime" : "duration"), random.Pick(s_order), depth),
        4 or 5 => In(depth),
        6 => Is(depth),
        7 => Contains(depth),
        8 => SetMethod(depth),
        9 or 10 => Like(depth),
        11 => Method(new GenType.Extension("ipaddr"), random.Pick(s_ipMethods), null, depth),
        12 => Method(new GenType.Extension("ipaddr"), "isInRange", new GenType.Extension("ipaddr"), depth),
        13 => Method(new GenType.Extension("decimal"), random.Pick(s_decimalMethods), new GenType.Extension("decimal"), depth),
        14 => Has(),
        _ => Method(new GenType.Set(AnyType(0)), "isEmpty", null, depth),
    };

    private GenExpr Relation(GenType type, string op, int depth) => new(
        $"{Generate(type, depth).At(GenExpr.Sum)} {op} {Generate(type, depth).At(GenExpr.Sum)}", GenExpr.Relation);

    private GenExpr Method(GenType receiver, string name, GenType? argument, int depth) => new(
        $"{Generate(receiver, depth).At(GenExpr.Member)}.{name}({(argument is null ? "" : Generate(argument, depth).Text)})", GenExpr.Member);

    private GenExpr In(int depth)
    {
        var left = EntityTerm(out var type);
        var ancestors = schema.FindEntityType(type)?.Parents;
        var ancestor = new GenType.Entity(ancestors is { Count: > 0 } && random.Percent(80) ? random.Pick(ancestors) : type);
        if (random.Percent(15))
        {
            return new GenExpr($"action in {random.Pick(schema.Actions).Uid}", GenExpr.Relation);
        }

        return new GenExpr(
            $"{left.At(GenExpr.Sum)} in {Generate(random.Percent(30) ? new GenType.Set(ancestor) : ancestor, depth).At(GenExpr.Sum)}", GenExpr.Relation);
    }

    private GenExpr Is(int depth)
    {
        var left = EntityTerm(out var type);
        var tested = random.Percent(70) ? type : random.Pick(schema.EntityTypes).Name;
        var rest = random.Percent(30) ? $" in {Generate(new GenType.Entity(tested), depth).At(GenExpr.Sum)}" : "";
        return new GenExpr($"{left.At(GenExpr.Sum)} is {tested}{rest}", GenExpr.Relation);
    }

    private GenExpr EntityTerm(out string type)
    {
        var term = random.Pick(_terms.Where(term => term.Type.Resolved is GenType.Entity).ToList());
        type = ((GenType.Entity)term.Type.Resolved).Name;
        return term.Expression;
    }

    private GenExpr Contains(int depth)
    {
        var sets = _terms.Where(term => term.Type.Resolved is GenType.Set).ToList();
        if (sets.Count == 0 || random.Percent(30))
        {
            var element = AnyType(0);
            return Method(new GenType.Set(element), "contains", element, depth);
        }

        var set = random.Pick(sets);
        var argument = Generate(((GenType.Set)set.Type.Resolved).Element, depth);
        return new GenExpr($"{set.Expression.At(GenExpr.Member)}.contains({argument.Text})", GenExpr.Member);
    }

    private GenExpr SetMethod(int depth)
    {
        var sets = _terms.Where(term => term.Type.Resolved is GenType.Set).ToList();
        var type = sets.Count > 0 ? random.Pick(sets).Type : new GenType.Set(AnyType(0));
        return Method(type, random.Pick(s_setMethods), type, depth);
    }

    private GenExpr Like(int depth) => new(
        $"{Generate(GenType.String, depth).At(GenExpr.Sum)} like \"{Literals.Pattern(random)}\"", GenExpr.Relation);

    private GenExpr Has()
    {
        if (_optional.Count == 0 || random.Percent(20))
        {
            return new GenExpr($"{random.Pick(["principal", "resource", "context"])} has {random.Pick(["nope", "name", "\"two words\""])}", GenExpr.Relation);
        }

        var (target, attribute) = random.Pick(_optional);
        return new GenExpr($"{target.At(GenExpr.Sum)} has {CedarText.Name(attribute.Name)}", GenExpr.Relation);
    }

    // target has a && … target.a …
    private GenExpr WithAttribute(int depth)
    {
        if (_optional.Count == 0)
        {
            return Simple(depth - 1);
        }

        var (target, attribute) = random.Pick(_optional);
        var before = AddTerm(Attribute(target, attribute.Name), attribute.Type, 2);
        var used = random.Percent(60) ? Relation(attribute.Type, "==", depth - 1) : Generate(GenType.Bool, depth - 1);
        Forget(before);
        return Guarded($"{target.At(GenExpr.Sum)} has {CedarText.Name(attribute.Name)}", used);
    }

    private GenExpr WithTag(int depth)
    {
        if (_tagged.Count == 0)
        {
            return WithAttribute(depth);
        }

        var (target, type) = random.Pick(_tagged);
        var key = CedarText.Quote(random.Pick(s_tagKeys));
        var owner = target.At(GenExpr.Member);
        var before = AddTerm(new GenExpr($"{owner}.getTag({key})", GenExpr.Member), type, 2);
        var used = random.Percent(60) ? Relation(type, "==", depth - 1) : Generate(GenType.Bool, depth - 1);
        Forget(before);
        return Guarded($"{owner}.hasTag({key})", used);
    }

    // target has a.b && … target.a.b …
    private GenExpr NestedHas(int depth)
    {
        var paths = _optional.Where(o =>
            o.Attribute.Type.Resolved is GenType.Record { Attributes.Count: > 0 } && CedarText.IsIdentifier(o.Attribute.Name)).ToList();
        if (paths.Count == 0)
        {
            return WithAttribute(depth);
        }

        var (target, attribute) = random.Pick(paths);
        var inner = random.Pick(((GenType.Record)attribute.Type.Resolved).Attributes);
        if (!CedarText.IsIdentifier(inner.Name))
        {
            return WithAttribute(depth);
        }

        var before = AddTerm(Attribute(Attribute(target, attribute.Name), inner.Name), inner.Type, 1);
        var used = Relation(inner.Type, "==", depth - 1);
        Forget(before);
        return Guarded($"{target.At(GenExpr.Sum)} has {attribute.Name}.{inner.Name}", used);
    }

    private GenExpr Guarded(string guard, GenExpr used) => random.Percent(12)
        ? new GenExpr($"if {guard} then {used.Text} else {Bool(0).Text}", GenExpr.If)
        : new GenExpr($"{guard} && {used.At(GenExpr.Relation)}", GenExpr.And);

    private GenExpr Long(int depth)
    {
        if (depth <= 0)
        {
            return LongLiteral();
        }

        return random.Below(8) switch
        {
            0 or 1 => new GenExpr($"{Operand(GenExpr.Sum)} + {Operand(GenExpr.Product)}", GenExpr.Sum),
            2 => new GenExpr($"{Operand(GenExpr.Sum)} - {Operand(GenExpr.Product)}", GenExpr.Sum),
            3 => new GenExpr($"{Operand(GenExpr.Product)} * {Operand(GenExpr.Unary)}", GenExpr.Product),
            4 => new GenExpr($"-{Operand(GenExpr.Member)}", GenExpr.Unary),
            5 => Method(new GenType.Extension("duration"), random.Pick(s_durationMethods), null, depth - 1),
            _ => LongLiteral(),
        };

        string Operand(int level) => Generate(GenType.Long, depth - 1).At(level);
    }

    private GenExpr LongLiteral()
    {
        var text = Literals.LongText(random);
        return new GenExpr(text, text[0] == '-' ? GenExpr.Unary : GenExpr.Primary);
    }

    private GenExpr Extension(string name, int depth)
    {
        if (depth > 0 && random.Percent(35))
        {
            switch (name, random.Below(3))
            {
                case ("datetime", 0 or 1):
                    return Method(new GenType.Extension("datetime"), "offset", new GenType.Extension("duration"), depth - 1);
                case ("datetime", _):
                    return Method(new GenType.Extension("datetime"), "toDate", null, depth - 1);
                case ("duration", 0 or 1):
                    return Method(new GenType.Extension("datetime"), "durationSince", new GenType.Extension("datetime"), depth - 1);
                case ("duration", _):
                    return Method(new GenType.Extension("datetime"), "toTime", null, depth - 1);
                default:
                    break;
            }
        }

        return new GenExpr(
            $"{Literals.Constructor(name)}({CedarText.Quote(Literals.Extension(random, name, broken: false))})", GenExpr.Primary);
    }
}
