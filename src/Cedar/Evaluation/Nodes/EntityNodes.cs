using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary><c>a in b</c> where b is not known before.</summary>
internal sealed class InNode(Node left, Node right, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var child = left.Evaluate(frame);
        if (child.IsError)
        {
            return child;
        }

        var ancestors = right.Evaluate(frame);
        return ancestors.IsError ? ancestors
            : child.Uid is not { } uid ? WrongType(left, "entity", child)
            : IsIn(frame, uid, ancestors, right);
    }

    /// <summary>Whether an entity is in another one or in any of a set.</summary>
    public static Outcome IsIn(in Frame frame, EntityUid child, Outcome ancestors, Node place)
    {
        if (ancestors.Uid is { } ancestor)
        {
            return Outcome.Of(frame.IsIn(child, ancestor));
        }

        if (ancestors.As<SetValue>() is not { } set)
        {
            return WrongType(place, "entity or set of entities", ancestors);
        }

        // Every element is checked first: a set with a wrong element is an error also when another one would match.
        foreach (var element in set.Elements)
        {
            if (element is not EntityValue)
            {
                return WrongType(place, "set of entities", element);
            }
        }

        foreach (var element in set.Elements)
        {
            if (frame.IsIn(child, ((EntityValue)element).Uid))
            {
                return Outcome.Of(true);
            }
        }

        return Outcome.Of(false);
    }
}

/// <summary><c>a in b</c> where b is a constant entity or set of entities.</summary>
internal sealed class InConstantNode(Node left, EntitySet ancestors, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var child = left.Evaluate(frame);
        return child.Uid is { } uid ? Outcome.Of(ancestors.HasOrIsAbove(uid, frame.Entities))
            : child.IsError ? child
            : WrongType(left, "entity", child);
    }
}

/// <summary><c>target is Type</c> or <c>target is Type in ancestor</c>.</summary>
internal sealed class IsNode(Node target, string type, Node? ancestors, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = target.Evaluate(frame);
        if (outcome.Uid is not { } uid)
        {
            return outcome.IsError ? outcome : WrongType(target, "entity", outcome);
        }

        if (uid.Type != type || ancestors is null)
        {
            return Outcome.Of(uid.Type == type);
        }

        var above = ancestors.Evaluate(frame);
        return above.IsError ? above : InNode.IsIn(frame, uid, above, ancestors);
    }
}

/// <summary><c>e.hasTag(t)</c> and <c>e.getTag(t)</c>.</summary>
internal sealed class TagNode(bool isTest, Node left, Node right, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var target = left.Evaluate(frame);
        if (target.IsError)
        {
            return target;
        }

        var name = right.Evaluate(frame);
        if (name.IsError)
        {
            return name;
        }

        if (target.Uid is not { } uid)
        {
            return WrongType(left, "entity", target);
        }

        if (name.As<StringValue>() is not { Value: var tag })
        {
            return WrongType(right, "string", name);
        }

        Value? value = null;
        var exists = frame.Entities.TryGet(uid, out var entity);
        entity?.Tags.TryGet(tag, out value);
        if (isTest)
        {
            return Outcome.Of(value is not null);
        }

        return value is not null ? value
            : exists ? new EvaluationError(EvaluationErrorKind.MissingTag, $"entity `{uid}` has no tag `{tag}`", Span)
            : Missing(frame, uid, Span);
    }
}
