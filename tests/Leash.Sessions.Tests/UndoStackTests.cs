namespace Leash.Sessions.Tests;

public sealed class UndoStackTests
{
    [Fact]
    public void Dispose_UndoesLastFirstAndOnce()
    {
        List<int> order = [];
        UndoStack stack = new();
        stack.Push(() => order.Add(1));
        stack.Push(() => order.Add(2));
        stack.Dispose();
        stack.Dispose();
        Assert.Equal([2, 1], order);
    }

    [Fact]
    public void Dispose_FailureInOne_UndoesTheRestAndTells()
    {
        var isUndone = false;
        UndoStack stack = new();
        stack.Push(() => isUndone = true);
        stack.Push(() => throw new InvalidOperationException("one"));
        var failure = Assert.Throws<AggregateException>(stack.Dispose);
        Assert.True(isUndone);
        Assert.Equal("one", Assert.Single(failure.InnerExceptions).Message);
    }
}
