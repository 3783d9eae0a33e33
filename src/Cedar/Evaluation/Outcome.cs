using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>
/// What evaluating a node comes to: a value or an error, in two registers. Booleans are shared and integers are held here, so that conditions
/// that compute with them allocate nothing.
/// </summary>
internal readonly struct Outcome
{
    // A Value or an EvaluationError; null for the integer in _number.
    private readonly object? _object;
    private readonly long _number;

    private Outcome(object? value, long number)
    {
        _object = value;
        _number = number;
    }

    public bool IsError => _object is EvaluationError;

    /// <summary>The entity's name when the value is an entity.</summary>
    public EntityUid? Uid => (_object as EntityValue)?.Uid;

    public string TypeName => _object is null ? "long" : ((Value)_object).TypeName;

    public static implicit operator Outcome(Value value) => new(value, 0);

    public static implicit operator Outcome(EvaluationError error) => new(error, 0);

    public static Outcome Of(bool value) => new(value ? BoolValue.True : BoolValue.False, 0);

    public static Outcome Of(long value) => new(null, value);

    public bool TryGetBool(out bool value)
    {
        var found = _object as BoolValue;
        value = found is { Value: true };
        return found is not null;
    }

    public bool TryGetLong(out long value)
    {
        var found = _object as LongValue;
        value = found?.Value ?? _number;
        return found is not null || _object is null;
    }

    /// <summary>The value as one of type <typeparamref name="T"/>, or null. Not for integers.</summary>
    public T? As<T>()
        where T : Value => _object as T;

    /// <summary>The value; not to be called on an error.</summary>
    public Value ToValue() => _object is null ? Value.Of(_number) : (Value)_object;

    public EvaluationResult ToResult() => _object is EvaluationError error ? error : ToValue();

    /// <summary>Whether two values are equal; not to be called on errors.</summary>
    public bool ValueEquals(Outcome other) =>
        TryGetLong(out var a) ? other.TryGetLong(out var b) && a == b
        : ReferenceEquals(_object, other._object) || (other._object is not null && _object!.Equals(other._object));
}
