using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <content>Attributes and tags.</content>
public sealed partial class PartialEvaluator
{
    private PartialResult EvaluateGetAttribute(Expr.GetAttribute access)
    {
        var target = Evaluate(access.Target);
        if (target.Error is not null)
        {
            return target;
        }

        if (target.Residual is { } open)
        {
            return open is Expr.Var { Variable: Variable.Context }
                ? Read(request.Context, access.Name, access, "the record has no attribute", EvaluationErrorKind.MissingAttribute)
                : access with { Target = open };
        }

        if (target.Value is not EntityValue { Uid: var uid })
        {
            return Evaluator.EvaluateClosed(access with { Target = new Expr.Literal(target.Value!, access.Target.Span) });
        }

        var residual = access with { Target = new Expr.Literal(target.Value, access.Target.Span) };
        return !entities.MayExist(uid, out var entity) ? Missing(uid, access)
            : entity is null ? residual
            : Read(entity.Attributes, access.Name, residual, $"entity `{uid}` has no attribute", EvaluationErrorKind.MissingAttribute);
    }

    /// <summary>A field of what may be known in part; <paramref name="residual"/> where it is not.</summary>
    private static PartialResult Read(PartialRecord record, string name, Expr residual, string missing, EvaluationErrorKind kind) =>
        record.Find(name, out var value) switch
        {
            FieldKnowledge.Known => value!,
            FieldKnowledge.Absent => new EvaluationError(kind, $"{missing} `{name}`", residual.Span),
            FieldKnowledge.Present or FieldKnowledge.Unknown => residual,
        };

    private static EvaluationError Missing(EntityUid uid, Expr place) =>
        new(EvaluationErrorKind.MissingEntity, $"entity `{uid}` does not exist", place.Span);

    private PartialResult EvaluateHas(Expr.Has has)
    {
        var target = Evaluate(has.Target);
        if (target.Error is not null)
        {
            return target;
        }

        var residual = has with { Target = Operand(target, has.Target.Span) };
        if (target.Residual is not null and not Expr.Var { Variable: Variable.Context })
        {
            return residual;
        }

        var current = target.Value;
        for (var i = 0; i < has.Path.Length; i++)
        {
            PartialRecord? record;
            switch (current)
            {
                case null:
                    record = request.Context;
                    break;
                case RecordValue known:
                    record = PartialRecord.Of(known);
                    break;
                case EntityValue { Uid: var uid }:
                    if (!entities.MayExist(uid, out var entity))
                    {
                        return BoolValue.False;
                    }

                    record = entity?.Attributes ?? PartialRecord.Anything;
                    break;
                default:
                    return WrongType(has.Target, "record or entity", current);
            }

            switch (record.Find(has.Path[i], out current))
            {
                case FieldKnowledge.Known:
                    break;
                case FieldKnowledge.Absent:
                    return BoolValue.False;
                case FieldKnowledge.Present when i == has.Path.Length - 1:
                    return BoolValue.True;
                case FieldKnowledge.Present or FieldKnowledge.Unknown:
                    return residual;
            }
        }

        return BoolValue.True;
    }

    private PartialResult EvaluateHasTag(Expr.Binary residual, EntityUid uid, string tag)
    {
        if (!entities.MayExist(uid, out var entity))
        {
            return BoolValue.False;
        }

        return (entity?.Tags ?? PartialRecord.Anything).Find(tag, out _) switch
        {
            FieldKnowledge.Known or FieldKnowledge.Present => BoolValue.True,
            FieldKnowledge.Absent => BoolValue.False,
            FieldKnowledge.Unknown => residual,
        };
    }

    private PartialResult EvaluateGetTag(Expr.Binary residual, EntityUid uid, string tag) =>
        !entities.MayExist(uid, out var entity) ? Missing(uid, residual)
        : entity is null ? residual
        : Read(entity.Tags, tag, residual, $"entity `{uid}` has no tag", EvaluationErrorKind.MissingTag);
}
