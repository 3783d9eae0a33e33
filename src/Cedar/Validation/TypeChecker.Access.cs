using System.Collections.Immutable;
using Cedar.Diagnostics;
using Cedar.Syntax;

namespace Cedar.Validation;

/// <content>Attributes and tags.</content>
internal sealed partial class TypeChecker
{
    private StaticType? CheckGetAttribute(Expr.GetAttribute access, ImmutableHashSet<string> known)
    {
        var target = Check(access.Target, known).Type;
        if (target is null)
        {
            return null;
        }

        if (schema.AttributesOf(target) is not { } attributes)
        {
            return Mismatch(access.Target, "entity or record", target);
        }

        if (!attributes.TryGetValue(access.Name, out var attribute))
        {
            findings.Error(
                CedarCodes.UnknownAttribute, access.Span, $"attribute `{access.Name}` {Owner(access.Target, target)} not found",
                Suggestion.DidYouMean(access.Name, attributes.Keys));
            return null;
        }

        if (!attribute.IsRequired && !known.Contains(ExpressionKeys.Attribute(keys.Of(access.Target), access.Name)))
        {
            findings.Error(
                CedarCodes.UncheckedAttribute, access.Span,
                $"attribute `{access.Name}` {Owner(access.Target, target)} is optional and may be missing",
                findings.Written(access.Target.Span) is { } written ? $"test `{written} has {NameAsWritten(access)}` first" : null);
        }

        return attribute.Type;
    }

    private string Owner(Expr expression, StaticType type) => (expression, type) switch
    {
        (_, StaticType.Entity { Name: { } name }) => $"on entity type `{name}`",
        (Expr.Var { Variable: Variable.Context }, _) => $"in the context of action `{_environment.Action.Uid}`",
        _ => findings.Written(expression.Span) is { } written ? $"in record `{written}`" : "in the record",
    };

    private string NameAsWritten(Expr.GetAttribute access) =>
        findings.Written(access.Span) is { } written && written.EndsWith("." + access.Name, StringComparison.Ordinal)
            ? access.Name
            : CedarString.Quote(access.Name);

    private Typed CheckHas(Expr.Has has, ImmutableHashSet<string> known)
    {
        var target = Check(has.Target, known).Type;
        if (target is null)
        {
            return Just(StaticType.Bool);
        }

        if (target is not (StaticType.Entity or StaticType.Record))
        {
            Mismatch(has.Target, "entity or record", target, HelpForHas(target));
            return Just(StaticType.Bool);
        }

        return CheckPath(has, target, known);
    }

    private static string? HelpForHas(StaticType target) => target switch
    {
        StaticType.Set => "use `contains` to test what a set has",
        _ => null,
    };

    /// <summary><c>e has a.b</c> is <c>e has a &amp;&amp; e.a has b</c>.</summary>
    private Typed CheckPath(Expr.Has has, StaticType target, ImmutableHashSet<string> known)
    {
        var isSure = true;
        var gained = s_none;
        var key = keys.Of(has.Target);
        for (var i = 0; i < has.Path.Length; i++)
        {
            var name = has.Path[i];
            if (schema.AttributesOf(target) is not { } attributes)
            {
                Mismatch(has, "entity or record", target, $"`{has.Path[i - 1]}` has no attributes");
                return Just(StaticType.Bool);
            }

            if (!attributes.TryGetValue(name, out var attribute))
            {
                return Just(target is StaticType.Entity { Name: null } ? StaticType.Bool : StaticType.False);
            }

            // An entity need not exist, whatever its type says.
            var capability = ExpressionKeys.Attribute(key, name);
            isSure &= known.Contains(capability) || (attribute.IsRequired && target is StaticType.Record);
            gained = gained.Add(capability);
            key = keys.OfAttribute(key, name);
            target = attribute.Type;
        }

        return new Typed(isSure ? StaticType.True : StaticType.Bool, gained);
    }

    private Typed CheckTag(Expr.Binary binary, ImmutableHashSet<string> known)
    {
        var target = Check(binary.Left, known).Type;
        if (target is not (null or StaticType.Entity))
        {
            target = Mismatch(binary.Left, "entity", target);
        }

        var isGet = binary.Operator == BinaryOperator.GetTag;
        if (!Expect(binary.Right, StaticType.String, known) || target is not StaticType.Entity entity)
        {
            return Just(isGet ? null : StaticType.Bool);
        }

        var tags = schema.TagsOf(entity);
        var capability = ExpressionKeys.Tag(keys.Of(binary.Left), keys.Of(binary.Right));
        if (isGet)
        {
            return Just(CheckGetTag(binary, entity, tags, known.Contains(capability)));
        }

        var type = tags is null ? StaticType.False : known.Contains(capability) ? StaticType.True : StaticType.Bool;
        return new Typed(type, s_none.Add(capability));
    }

    private StaticType? CheckGetTag(Expr.Binary binary, StaticType.Entity entity, StaticType? tags, bool isTested)
    {
        if (tags is null)
        {
            findings.Error(CedarCodes.NoTags, binary.Span, $"entity type `{entity.Describe()}` has no tags");
        }
        else if (!isTested)
        {
            var test = findings.Written(binary.Left.Span) is { } target && findings.Written(binary.Right.Span) is { } tag
                ? $"test `{target}.hasTag({tag})` first"
                : null;
            findings.Error(CedarCodes.UncheckedTag, binary.Span, $"the tag on entity type `{entity.Describe()}` may be missing", test);
        }

        return tags;
    }
}
