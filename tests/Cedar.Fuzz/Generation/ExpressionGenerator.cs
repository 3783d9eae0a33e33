namespace Cedar.Fuzz.Generation;

/// <summary>An expression's text and how tightly its outermost operator binds.</summary>
internal readonly record struct GenExpr(string Text, int Level)
{
    public const int If = 0, Or = 1, And = 2, Relation = 3, Sum = 4, Product = 5, Unary = 6, Member = 7, Primary = 8;

    /// <summary>The text where an operand of that tightness has to stand.</summary>
    public string At(int level) => Level >= level ? Text : $"({Text})";
}

/// <summary>An expression that is known to have a type where the policy applies.</summary>
internal sealed record Term(GenExpr Expression, GenType Type);

/// <summary>
/// Random expressions of a wanted type, over what principal, resource and context have according to the schema. With the chance of
/// <paramref name="mistakes"/> percent a part has another type, an attribute does not exist, or evaluating it fails.
/// </summary>
internal sealed partial class ExpressionGenerator(SeededRandom random, GenSchema schema, RequestShape shape, EntityPool pool, int mistakes)
{
    private readonly List<Term> _terms = [];
    private readonly List<(GenExpr Target, GenAttribute Attribute)> _optional = [];
    private readonly List<(GenExpr Target, GenType Tags)> _tagged = [];
    private bool _isReady;

    /// <summary>An expression of the type.</summary>
    public GenExpr Generate(GenType type, int depth)
    {
        if (!_isReady)
        {
            _isReady = true;
            AddTerm(new GenExpr("principal", GenExpr.Primary), new GenType.Entity(shape.Principal), 3);
            AddTerm(new GenExpr("resource", GenExpr.Primary), new GenType.Entity(shape.Resource), 3);
            AddTerm(new GenExpr("context", GenExpr.Primary), shape.Action.Context, 3);
        }

        if (random.Percent(mistakes))
        {
            return Mistake(type, depth);
        }

        var resolved = type.Resolved;
        if (random.Percent(depth <= 0 ? 60 : 25) && FindTerm(resolved) is { } term)
        {
            return term;
        }

        if (depth > 0 && random.Percent(7))
        {
            return new GenExpr(
                $"if {Bool(depth - 1).Text} then {Generate(type, depth - 1).Text} else {Generate(type, depth - 1).Text}", GenExpr.If);
        }

        return resolved switch
        {
            GenType.Primitive { Name: "Bool" } => Bool(depth),
            GenType.Primitive { Name: "Long" } => Long(depth),
            GenType.Primitive => new GenExpr(CedarText.Quote(Literals.String(random)), GenExpr.Primary),
            GenType.Extension x => Extension(x.Name, depth),
            GenType.Entity x => new GenExpr(pool.Pick(random, x.Name).ToString(), GenExpr.Primary),
            GenType.Set x => new GenExpr(
                $"[{string.Join(", ", Enumerable.Range(0, random.Between(1, depth < 0 ? 1 : 3)).Select(_ => Generate(x.Element, depth - 1).Text))}]", GenExpr.Primary),
            GenType.Record x => Record(x, depth),
            _ => throw new InvalidOperationException(),
        };
    }

    private GenExpr? FindTerm(GenType type)
    {
        var key = type.Key;
        var matching = _terms.Where(term => term.Type.Key == key).ToList();
        return matching.Count == 0 ? null : random.Pick(matching).Expression;
    }

    /// <summary>Makes an expression and what can be reached from it known; returns how much was known before.</summary>
    private (int Terms, int Optional, int Tagged) AddTerm(GenExpr expression, GenType type, int depth)
    {
        var before = (_terms.Count, _optional.Count, _tagged.Count);
        _terms.Add(new Term(expression, type));
        if (depth == 0)
        {
            return before;
        }

        IReadOnlyList<GenAttribute> attributes = [];
        if (type.Resolved is GenType.Record record)
        {
            attributes = record.Attributes;
        }
        else if (type.Resolved is GenType.Entity entity && schema.FindEntityType(entity.Name) is { } entityType)
        {
            attributes = entityType.Attributes;
            if (entityType.Tags is { } tags)
            {
                _tagged.Add((expression, tags));
            }
        }

        foreach (var attribute in attributes)
        {
            if (attribute.Required)
            {
                AddTerm(Attribute(expression, attribute.Name), attribute.Type, depth - 1);
            }
            else
            {
                _optional.Add((expression, attribute));
            }
        }

        return before;
    }

    private void Forget((int Terms, int Optional, int Tagged) before)
    {
        _terms.RemoveRange(before.Terms, _terms.Count - before.Terms);
        _optional.RemoveRange(before.Optional, _optional.Count - before.Optional);
        _tagged.RemoveRange(before.Tagged, _tagged.Count - before.Tagged);
    }

    private GenExpr Attribute(GenExpr target, string name) =>
        new($"{target.At(GenExpr.Member)}{(random.Percent(10) ? $"[{CedarText.Quote(name)}]" : CedarText.Access(name))}", GenExpr.Member);

    private GenType AnyType(int depth)
    {
        if (_terms.Count > 0 && random.Percent(60))
        {
            return random.Pick(_terms).Type;
        }

        return random.Below(depth > 0 ? 8 : 7) switch
        {
            0 => GenType.Bool,
            1 => GenType.Long,
            2 => GenType.String,
            3 => new GenType.Entity(random.Pick(schema.EntityTypes).Name),
            4 => new GenType.Extension("ipaddr"),
            5 => new GenType.Extension("decimal"),
            6 => new GenType.Extension(random.Percent(50) ? "datetime" : "duration"),
            _ => new GenType.Set(AnyType(0)),
        };
    }

    private GenExpr Record(GenType.Record type, int depth)
    {
        var fields = type.Attributes.Where(a => a.Required || random.Percent(50)).Select(a =>
            $"{(random.Percent(20) ? CedarText.Quote(a.Name) : CedarText.Name(a.Name))}: {Generate(a.Type, depth - 1).Text}");
        return new GenExpr($"{{{string.Join(", ", fields)}}}", GenExpr.Primary);
    }

    private GenExpr Mistake(GenType type, int depth)
    {
        switch (random.Below(6))
        {
            case 0:
                return Attribute(Generate(AnyType(depth - 1), depth - 1), random.Percent(50) ? "nope" : "name");
            case 1 when _optional.Count > 0:
                var (target, attribute) = random.Pick(_optional);
                return Attribute(target, attribute.Name);
            case 2:
                var name = random.Pick(["ipaddr", "decimal", "datetime", "duration"]);
                return new GenExpr($"{Literals.Constructor(name)}({CedarText.Quote(Literals.Extension(random, name, broken: true))})", GenExpr.Primary);
            case 3:
                return new GenExpr($"{Generate(GenType.Long, depth - 1).At(GenExpr.Sum)} + 9223372036854775807", GenExpr.Sum);
            case 4:
                return new GenExpr(random.Pick(["[]", "{}", "Nowhere::\"x\"", "principal.getTag(\"k1\")", "resource", "action"]), GenExpr.Primary);
            default:
                var other = AnyType(depth);
                return other.Key == type.Key ? new GenExpr("\"other\"", GenExpr.Primary) : new GenExpr(other.Resolved is GenType.Primitive { Name: "Long" } ? "7" : "{odd: [1]}.odd", GenExpr.Member);
        }
    }
}
