using System.Collections.Immutable;
using Cedar.Evaluation;
using Cedar.Values;

namespace Cedar.Tests.Evaluation;

public sealed class EntityStoreTests
{
    [Fact]
    public void Ancestors_AreFoundThroughTheWholeHierarchy()
    {
        var store = new EntityStore(Make("a", "b", "c"), Make("b", "d"), Make("d", "e"), Make("e"), Make("lone"));

        Assert.All(["b", "c", "d", "e"], ancestor => Assert.True(store.IsAncestor(Uid("a"), Uid(ancestor))));
        Assert.False(store.IsAncestor(Uid("e"), Uid("a")));
        Assert.False(store.IsAncestor(Uid("a"), Uid("lone")));
        Assert.False(store.IsAncestor(Uid("absent"), Uid("a")));
        Assert.Equal(5, store.Entities.Count);
        Assert.False(EntityStore.Empty.TryGet(Uid("a"), out _));
    }

    [Fact]
    public void Cycle_Ends()
    {
        var store = new EntityStore(Make("a", "b"), Make("b", "c"), Make("c", "a"));

        Assert.True(store.IsAncestor(Uid("a"), Uid("c")));
        Assert.True(store.IsAncestor(Uid("c"), Uid("b")));
        Assert.True(store.IsAncestor(Uid("b"), Uid("b")));
    }

    [Fact]
    public void CycleOfWhichOneIsKnown_IsStillComplete()
    {
        // The ancestors of b are computed while those of a are unfinished, and the other way round.
        var store = new EntityStore(Make("a", "b", "x"), Make("b", "a", "y"), Make("x", "z"));

        Assert.All(["a", "x", "y", "z"], ancestor => Assert.True(store.IsAncestor(Uid("b"), Uid(ancestor))));
        Assert.All(["b", "x", "y", "z"], ancestor => Assert.True(store.IsAncestor(Uid("a"), Uid(ancestor))));
    }

    [Fact]
    public void DeepHierarchy_IsNoProblem()
    {
        const int Depth = 500;
        var store = new EntityStore(Enumerable.Range(0, Depth).Select(i => Make($"{i}", $"{i + 1}")));

        Assert.True(store.IsAncestor(Uid("0"), Uid($"{Depth}")));
    }

    private static EntityUid Uid(string id) => new("T", id);

    private static Entity Make(string id, params string[] parents) => new(Uid(id), RecordValue.Empty, parents.Select(Uid).ToImmutableArray());
}
