using System.Diagnostics.CodeAnalysis;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>Why an expression has no value.</summary>
public enum EvaluationErrorKind
{
    /// <summary>An operand is of a kind that the operator does not take.</summary>
    TypeMismatch,

    /// <summary>A record or entity has no attribute of that name.</summary>
    MissingAttribute,

    /// <summary>An entity has no tag of that name.</summary>
    MissingTag,

    /// <summary>An attribute or tag of an entity that does not exist was read.</summary>
    MissingEntity,

    /// <summary>An integer operation left the range of 64 bits.</summary>
    Overflow,

    /// <summary>An extension function cannot read its argument.</summary>
    ExtensionArgument,

    /// <summary>There is no such function or method.</summary>
    UnknownFunction,

    /// <summary>A function or method was given too few or too many arguments.</summary>
    ArgumentCount,

    /// <summary>A variable or slot has no value here.</summary>
    Unbound,

    /// <summary>The expression is nested deeper than the evaluator goes.</summary>
    TooDeep,
}

/// <summary>Why an expression has no value, and which part of it is the cause.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">A lower-case line without period.</param>
/// <param name="Span">The part, in the text that the expression was parsed from.</param>
public sealed record EvaluationError(EvaluationErrorKind Kind, string Message, SourceSpan Span);

/// <summary>A value or an error.</summary>
public readonly struct EvaluationResult
{
    private EvaluationResult(Value? value, EvaluationError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value; null when there is an error.</summary>
    public Value? Value { get; }

    /// <summary>The error; null when there is a value.</summary>
    public EvaluationError? Error { get; }

    /// <summary>Whether there is no value.</summary>
    [MemberNotNullWhen(false, nameof(Value))]
    [MemberNotNullWhen(true, nameof(Error))]
    public bool IsError => Error is not null;

    /// <summary>The result that is a value.</summary>
    public static EvaluationResult Of(Value value) => new(value, null);

    /// <summary>The result that is an error.</summary>
    public static EvaluationResult Failed(EvaluationError error) => new(null, error);

    /// <inheritdoc cref="Of"/>
    public static implicit operator EvaluationResult(Value value) => Of(value);

    /// <inheritdoc cref="Failed"/>
    public static implicit operator EvaluationResult(EvaluationError error) => Failed(error);
}
