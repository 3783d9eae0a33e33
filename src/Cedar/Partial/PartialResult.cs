using Cedar.Evaluation;
using Cedar.Syntax;
using Cedar.Values;

namespace Cedar.Partial;

/// <summary>
/// What evaluation with unknowns comes to: a value, an error that comes whatever the unknowns are, or an expression that is left. Exactly one of
/// the three is there.
/// </summary>
public readonly struct PartialResult
{
    private PartialResult(Value? value, EvaluationError? error, Expr? residual)
    {
        Value = value;
        Error = error;
        Residual = residual;
    }

    /// <summary>The value, the same for all values of the unknowns.</summary>
    public Value? Value { get; }

    /// <summary>Why there is no value for any values of the unknowns; where several reasons are possible, one of them.</summary>
    public EvaluationError? Error { get; }

    /// <summary>
    /// An expression over what is unknown, with what is known put in. For every request and every entities that agree with what is known, it
    /// has the value that the whole expression has, and an error where that has one.
    /// </summary>
    public Expr? Residual { get; }

    public static implicit operator PartialResult(Value value) => new(value, null, null);

    public static implicit operator PartialResult(EvaluationError error) => new(null, error, null);

    public static implicit operator PartialResult(Expr residual) => new(null, null, residual);

    public static implicit operator PartialResult(EvaluationResult result) => new(result.Value, result.Error, null);
}
