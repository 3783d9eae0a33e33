using System.Collections.Immutable;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation.Nodes;

/// <summary><c>{ name: value, … }</c>.</summary>
internal sealed class RecordNode(KeyValuePair<string, Node>[] fields, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var values = new KeyValuePair<string, Value>[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var outcome = fields[i].Value.Evaluate(frame);
            if (outcome.IsError)
            {
                return outcome;
            }

            values[i] = new(fields[i].Key, outcome.ToValue());
        }

        return Value.RecordOf(values);
    }
}

/// <summary><c>target.name</c> or <c>target["name"]</c>.</summary>
internal sealed class GetAttributeNode(Node target, string name, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = target.Evaluate(frame);
        if (outcome.Uid is { } uid)
        {
            return !frame.Entities.TryGet(uid, out var entity) ? Missing(frame, uid, Span)
                : entity.Attributes.TryGet(name, out var attribute) ? attribute
                : new EvaluationError(EvaluationErrorKind.MissingAttribute, $"entity `{uid}` has no attribute `{name}`", Span);
        }

        if (outcome.As<RecordValue>() is { } record)
        {
            return record.TryGet(name, out var field) ? field
                : new EvaluationError(EvaluationErrorKind.MissingAttribute, $"the record has no attribute `{name}`", Span);
        }

        return outcome.IsError ? outcome : WrongType(target, "record or entity", outcome);
    }
}

/// <summary><c>target has a.b.c</c>.</summary>
internal sealed class HasNode(Node target, ImmutableArray<string> path, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var current = target.Evaluate(frame);
        if (current.IsError)
        {
            return current;
        }

        foreach (var name in path)
        {
            Value? next = null;
            if (current.Uid is { } uid)
            {
                if (frame.Entities.TryGet(uid, out var entity))
                {
                    entity.Attributes.TryGet(name, out next);
                }
            }
            else if (current.As<RecordValue>() is { } record)
            {
                record.TryGet(name, out next);
            }
            else
            {
                return WrongType(target, "record or entity", current);
            }

            if (next is null)
            {
                return Outcome.Of(false);
            }

            current = next;
        }

        return Outcome.Of(true);
    }
}

/// <summary><c>target like "pattern"</c>.</summary>
internal sealed class LikeNode(Node target, Pattern pattern, SourceSpan span) : Node(span)
{
    public override Outcome Evaluate(in Frame frame)
    {
        var outcome = target.Evaluate(frame);
        return outcome.As<StringValue>() is { } text ? Outcome.Of(pattern.Matches(text.Value))
            : outcome.IsError ? outcome
            : WrongType(target, "string", outcome);
    }
}
