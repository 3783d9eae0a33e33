using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;
using Cedar.Values;
using Leash.Policy.Http;
using CedarPolicy = Cedar.Syntax.Policy;

namespace Leash.Policy;

/// <summary>
/// Brings a policy into the form that evaluator and compiler agree on: variables replaced, aliases resolved, ids of entities canonical,
/// <c>action == group</c> as <c>in</c>, <c>resource == Host::"address"</c> as <c>in</c>. Reports ids that mean nothing; names are checked against the
/// schema afterwards.
/// </summary>
internal sealed class PolicyLowering(SessionFacts facts, DiagnosticBag diagnostics)
{
    private readonly VariableText _variables = new(facts, diagnostics);
    private SourceText _source = new("");
    private bool _isInert;
    private bool _takesSecrets;
    private HttpLiterals? _http;

    /// <summary>The lowered policy; whether it has errors; whether it has an effect, which it has not when a variable in it has no value.</summary>
    public (CedarPolicy Policy, bool HasErrors, bool HasEffect) Lower(CedarPolicy policy)
    {
        _source = policy.Source;
        _isInert = false;
        _http = null;
        var errorsBefore = diagnostics.ErrorCount;
        if (policy.IsTemplate)
        {
            diagnostics.Error(
                LeashCodes.Template, "a template decides nothing by itself", "write the entity in place of the slot", policy.Span, _source);
        }

        var principal = LowerScope(policy.Principal, Variable.Principal);
        var action = LowerScope(policy.Action, Variable.Action);
        var resource = LowerScope(policy.Resource, Variable.Resource);
        var conditions = policy.Conditions;
        for (var i = 0; i < conditions.Length; i++)
        {
            conditions = conditions.SetItem(i, conditions[i] with { Body = LowerExpr(conditions[i].Body) });
        }

        var lowered = policy with { Principal = principal, Action = action, Resource = resource, Conditions = conditions };
        return (lowered, diagnostics.ErrorCount > errorsBefore, !_isInert);
    }

    private ScopeConstraint LowerScope(ScopeConstraint scope, Variable variable)
    {
        if (scope.Kind == ScopeKind.All)
        {
            return scope;
        }

        var type = scope.EntityType is { } written ? Vocabulary.CanonicalType(written) : null;
        var entities = scope.Entities;
        for (var i = 0; i < entities.Length; i++)
        {
            var lowered = LowerUid(entities[i], scope.Span);
            entities = lowered == entities[i] ? entities : entities.SetItem(i, lowered);
        }

        var kind = scope.Kind;
        if (kind == ScopeKind.Equal && !scope.HasSlot && IsWrittenAsEqual(variable, entities[0], scope.Span))
        {
            kind = ScopeKind.In;
        }

        return scope with { Kind = kind, EntityType = type, Entities = entities };
    }

    /// <summary>
    /// Whether <c>variable == entity</c> means <c>variable in entity</c>: for a group of actions, and for an address, which a host keeps when
    /// its name is known. Reports what no request can be equal to.
    /// </summary>
    private bool IsWrittenAsEqual(Variable variable, EntityUid entity, SourceSpan span)
    {
        switch (variable, entity.Type)
        {
            case (Variable.Action, Vocabulary.ActionType):
                return Vocabulary.IsGroup(entity.Id);
            case (Variable.Resource, "Host"):
                var form = EntityIds.ReadHost(entity.Id).Host?.Form;
                if (form is HostForm.Any or HostForm.Wildcard or HostForm.NameAndPort or HostForm.AddressAndPort)
                {
                    ReportNeverEqual("resource", entity, span);
                }

                return form == HostForm.Address;
            case (Variable.Resource, "Dir" or "Cidr"):
                ReportNeverEqual("resource", entity, span);
                return false;
            case (Variable.Principal, "Exe" or "Agent" or "Session" or "User" or "Team"):
                ReportNeverEqual("principal", entity, span);
                return false;
            default:
                return false;
        }
    }

    private void ReportNeverEqual(string variable, EntityUid entity, SourceSpan span) =>
        diagnostics.Error(
            LeashCodes.NeverEqual, $"no {variable} is ever equal to `{entity}`", $"use `{variable} in {entity}`", span, _source);

    private Expr LowerExpr(Expr expression) => expression switch
    {
        Expr.Literal literal => LowerLiteral(literal),
        Expr.Unary unary => unary with { Operand = LowerExpr(unary.Operand) },
        Expr.Binary binary => LowerBinary(binary),
        Expr.And and => LowerAnd(and),
        Expr.Or or => LowerOr(or),
        Expr.If choice => choice with { Condition = LowerExpr(choice.Condition), Then = LowerExpr(choice.Then), Else = LowerExpr(choice.Else) },
        Expr.GetAttribute access => access with { Target = LowerExpr(access.Target) },
        Expr.Has has => has with { Target = LowerExpr(has.Target) },
        Expr.Like like => LowerLike(like),
        Expr.Is test => test with
        {
            Target = LowerExpr(test.Target),
            EntityType = Vocabulary.CanonicalType(test.EntityType),
            In = test.In is { } ancestor ? LowerExpr(ancestor) : null,
        },
        Expr.Set set => set with { Elements = [.. set.Elements.Select(LowerExpr)] },
        Expr.Record record => record with { Fields = [.. record.Fields.Select(f => KeyValuePair.Create(f.Key, LowerExpr(f.Value)))] },
        Expr.Call call => call with { Arguments = [.. call.Arguments.Select(LowerExpr)] },
        _ => expression,
    };

    private Expr.And LowerAnd(Expr.And and) => and with { Left = LowerExpr(and.Left), Right = LowerExpr(and.Right) };

    private Expr.Or LowerOr(Expr.Or or) => or with { Left = LowerExpr(or.Left), Right = LowerExpr(or.Right) };

    private HttpLiterals Http => _http ??= new HttpLiterals(_source, diagnostics);

    private Expr.Like LowerLike(Expr.Like like)
    {
        _takesSecrets = HttpLiterals.TakesSecrets(like.Target);
        var pattern = LowerPattern(like.Pattern, like.Span);
        _takesSecrets = false;
        return Http.Lower(like with { Target = LowerExpr(like.Target), Pattern = pattern });
    }

    private Expr LowerBinary(Expr.Binary binary)
    {
        _takesSecrets = HttpLiterals.TakesSecrets(binary.Left) || HttpLiterals.TakesSecrets(binary.Right);
        var lowered = binary with { Left = LowerExpr(binary.Left), Right = LowerExpr(binary.Right) };
        _takesSecrets = false;
        lowered = Http.Lower(lowered);
        if (binary.Operator is BinaryOperator.Equal or BinaryOperator.NotEqual)
        {
            return (lowered.Left, lowered.Right) switch
            {
                (Expr.Var variable, Expr.Literal { Value: EntityValue entity } literal) => LowerEqual(lowered, variable, entity.Uid, literal),
                (Expr.Literal { Value: EntityValue entity } literal, Expr.Var variable) => LowerEqual(lowered, variable, entity.Uid, literal),
                _ => lowered,
            };
        }

        if (lowered is { Operator: BinaryOperator.Contains, Left: Expr.Set set, Right: Expr.Var { Variable: Variable.Resource or Variable.Action } var })
        {
            return LowerContains(lowered, set, var);
        }

        return lowered switch
        {
            { Operator: BinaryOperator.In, Right: Expr.Set ancestors } => ByType(ancestors, lowered, part => lowered with { Right = part }),
            { Operator: BinaryOperator.ContainsAll, Left: Expr.GetAttribute { Name: "lineage" or "args" }, Right: Expr.Set { Elements.Length: > 1 } all }
                when all.Elements.All(element => element is Expr.Literal) => LowerContainsAll(lowered, all),
            _ => lowered,
        };
    }

    /// <summary>
    /// A test against entities of several types as one test for each type, joined by <c>||</c>: Cedar's strict types know no list of files and
    /// directories, and executables are a different fact of the principal than what its session has. The same expression, when there is one type.
    /// </summary>
    private static Expr ByType(Expr.Set list, Expr whole, Func<Expr.Set, Expr> test)
    {
        if (!list.Elements.All(element => element is Expr.Literal { Value: EntityValue }))
        {
            return whole;
        }

        Expr? chain = null;
        foreach (var group in list.Elements.GroupBy(element => ((EntityValue)((Expr.Literal)element).Value).Uid.Type))
        {
            var part = test(list with { Elements = [.. group] });
            chain = chain is null ? part : new Expr.Or(chain, part, whole.Span);
        }

        return chain is Expr.Or ? chain : whole;
    }

    /// <summary>One <c>contains</c> for each element: those are tests that enforcers make.</summary>
    private static Expr LowerContainsAll(Expr.Binary binary, Expr.Set all)
    {
        Expr? chain = null;
        foreach (var element in all.Elements)
        {
            Expr test = binary with { Operator = BinaryOperator.Contains, Right = element };
            chain = chain is null ? test : new Expr.And(chain, test, binary.Span);
        }

        return chain!;
    }

    /// <summary>The elements are compared with <c>==</c>, so they are read as <c>==</c> is.</summary>
    private Expr LowerContains(Expr.Binary contains, Expr.Set set, Expr.Var variable)
    {
        List<Expr> equal = [];
        List<Expr> within = [];
        foreach (var element in set.Elements)
        {
            var isWithin = element is Expr.Literal { Value: EntityValue entity }
                && IsWrittenAsEqual(variable.Variable, entity.Uid, element.Span);
            (isWithin ? within : equal).Add(element);
        }

        List<Expr> tests = [];
        if (equal.Count > 0 || within.Count == 0)
        {
            var list = set with { Elements = [.. equal] };
            var test = contains with { Left = list };
            tests.Add(ByType(list, test, part => test with { Left = part }));
        }

        if (within.Count > 0)
        {
            var list = set with { Elements = [.. within] };
            var test = new Expr.Binary(BinaryOperator.In, variable, list, contains.Span);
            tests.Add(ByType(list, test, part => test with { Right = part }));
        }

        return tests is [var only] ? only : new Expr.Or(tests[0], tests[1], contains.Span);
    }

    private Expr LowerEqual(Expr.Binary binary, Expr.Var variable, EntityUid entity, Expr.Literal literal)
    {
        if (!IsWrittenAsEqual(variable.Variable, entity, binary.Span))
        {
            return binary;
        }

        var test = new Expr.Binary(BinaryOperator.In, variable, literal, binary.Span);
        return binary.Operator == BinaryOperator.Equal ? test : new Expr.Unary(UnaryOperator.Not, test, binary.Span);
    }

    private Expr.Literal LowerLiteral(Expr.Literal literal) => literal.Value switch
    {
        StringValue text => literal with { Value = Value.Of(Substitute(text.Value, literal.Span)) },
        EntityValue entity => literal with { Value = Value.Of(LowerUid(entity.Uid, literal.Span)) },
        _ => literal,
    };

    private Pattern LowerPattern(Pattern pattern, SourceSpan span)
    {
        foreach (var element in pattern.Elements)
        {
            if (element.Literal?.Contains("${", StringComparison.Ordinal) == true)
            {
                return new Pattern(pattern.Elements.Select(e => e.Literal is { } text ? new PatternElement(Substitute(text, span)) : e));
            }
        }

        return pattern;
    }

    private string Substitute(string text, SourceSpan span)
    {
        if (_variables.Replace(text, span, _source, _takesSecrets) is { } value)
        {
            return value;
        }

        _isInert = true;
        return "";
    }

    private EntityUid LowerUid(EntityUid uid, SourceSpan span)
    {
        var type = Vocabulary.CanonicalType(uid.Type);
        if (_isInert || _variables.Replace(uid.Id, span, _source) is not { } id)
        {
            _isInert = true;
            return uid;
        }

        var canonical = type switch
        {
            "File" or "Dir" or "Exe" => LowerPath(type, id, span),
            "Host" => LowerHost(id, span),
            "Cidr" => LowerCidr(id, span),
            Vocabulary.ActionType => Vocabulary.CanonicalAction(id),
            _ => id,
        };
        return canonical == uid.Id && type == uid.Type ? uid : new EntityUid(type, canonical);
    }

    private string LowerPath(string type, string id, SourceSpan span)
    {
        var (path, problem) = EntityIds.ReadPath(type, id);
        if (problem is not null)
        {
            diagnostics.Error(LeashCodes.InvalidPath, problem.Message, problem.Help, span, _source);
            return id;
        }

        if (id.Contains('*', StringComparison.Ordinal))
        {
            var attribute = type == "Exe" ? "principal.exe" : "resource.path";
            diagnostics.Warn(
                LeashCodes.WildcardInPath, $"`*` is no wildcard in `{type}::`, so this is the path with a star in its name",
                $"use `{attribute} like \"{id}\"`", span, _source);
        }

        return path!;
    }

    private string LowerHost(string id, SourceSpan span)
    {
        var (host, problem) = EntityIds.ReadHost(id);
        if (problem is null)
        {
            return host!.ToString();
        }

        diagnostics.Error(LeashCodes.InvalidHost, problem.Message, problem.Help, span, _source);
        return id;
    }

    private string LowerCidr(string id, SourceSpan span)
    {
        var (range, problem) = EntityIds.ReadCidr(id);
        if (problem is null)
        {
            return EntityIds.CidrText(range!.Value);
        }

        diagnostics.Error(LeashCodes.InvalidCidr, problem.Message, problem.Help, span, _source);
        return id;
    }
}
