using Cedar.Values;

namespace Cedar.Tests.Values;

public sealed class ValueTests
{
    [Fact]
    public void Set_IsWithoutOrderAndRepetition()
    {
        var many = Enumerable.Range(0, 20).Select(i => Value.Of(i)).ToArray<Value>();

        Assert.Equal(Value.SetOf(1, 2), Value.SetOf(2, 1, 2));
        Assert.Equal(Value.SetOf(1, 2).GetHashCode(), Value.SetOf(2, 1, 2).GetHashCode());
        Assert.Equal(Value.SetOf(many), Value.SetOf(many.Reverse().Concat(many)));
        Assert.NotEqual(Value.SetOf(1, 2), Value.SetOf(1));
        Assert.NotEqual(Value.SetOf(1, 2), Value.SetOf(1, 3));
        Assert.False(Value.SetOf().Equals(null));
    }

    [Fact]
    public void Record_IsByField()
    {
        var record = Value.RecordOf(new("b", 1), new("a", "x"), new("b", 2));

        Assert.Equal("{\"a\": \"x\", \"b\": 2}", record.ToString());
        Assert.True(record.TryGet("b", out var b));
        Assert.Equal(Value.Of(2), b);
        Assert.False(record.TryGet("c", out _));
        Assert.False(record.TryGet("", out _));
        Assert.Equal(record, Value.RecordOf(new("a", "x"), new("b", 2)));
        Assert.Equal(record.GetHashCode(), Value.RecordOf(new("a", "x"), new("b", 2)).GetHashCode());
        Assert.NotEqual(record, Value.RecordOf(new("a", "x"), new("c", 2)));
        Assert.NotEqual(record, RecordValue.Empty);
        Assert.Same(RecordValue.Empty, Value.RecordOf());
    }

    [Fact]
    public void Values_AreWrittenAsCedar()
    {
        Value[] values = [true, false, -1, "a\n", new EntityUid("A::B", "\""), Value.SetOf(1, "x"), Value.RecordOf(new KeyValuePair<string, Value>("k k", Value.SetOf()))];

        Assert.Equal(
            ["true", "false", "-1", "\"a\\n\"", "A::B::\"\\\"\"", "[1, \"x\"]", "{\"k k\": []}"],
            values.Select(v => v.ToString()));
    }

    [Fact]
    public void ValuesOfDifferentKinds_AreNeverEqual()
    {
        Value[] values = [true, 1, "1", new EntityUid("A", "1"), Value.SetOf(1), RecordValue.Empty, new DecimalValue(1), new IPAddressValue(false, 1, 32)];

        Assert.Equal(values.Length, values.Distinct().Count());
    }
}
